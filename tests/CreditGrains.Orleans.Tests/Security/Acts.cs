using CreditGrains.Api.Transport.Client;
using CreditGrains.Contract;
using CreditGrains.Domain.Limits;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Orleans.Tests.Security;

/// <summary>The calls of maker, checker and reviewer.</summary>
internal static class Acts
{
    public static Task<V1.Proposal> ProposeAsync(RpcChannel by, NodeKey node, long limit) => by.UnaryAsync(
        SecuredSilos.Method<V1.ProposeRequest, V1.Proposal>(V1.ApprovalServiceReflection.Descriptor, "Propose"),
        new V1.ProposeRequest { Command = new V1.Command { SetLimit = new V1.SetLimitRequest { Node = Wire(node), Limit = limit } }, Note = "more business" });

    public static Task<V1.ApproveReply> ApproveAsync(RpcChannel by, long id) =>
        by.UnaryAsync(SecuredSilos.Method<V1.ApproveRequest, V1.ApproveReply>(V1.ApprovalServiceReflection.Descriptor, "Approve"), new V1.ApproveRequest { ProposalId = id });

    public static Task<V1.Proposal> RejectAsync(RpcChannel by, long id) =>
        by.UnaryAsync(SecuredSilos.Method<V1.RejectRequest, V1.Proposal>(V1.ApprovalServiceReflection.Descriptor, "Reject"), new V1.RejectRequest { ProposalId = id });

    public static async Task<V1.Proposal?> FindAsync(RpcChannel by, long id) =>
        (await by.UnaryAsync(SecuredSilos.Method<V1.ListProposalsRequest, V1.ListProposalsReply>(V1.ApprovalServiceReflection.Descriptor, "ListProposals"), new V1.ListProposalsRequest()))
        .Proposals.FirstOrDefault(proposal => proposal.ProposalId == id);

    public static Task<V1.Decision> AuthorizeAsync(RpcChannel by, NodeKey facility, long amount) => by.UnaryAsync(
        SecuredSilos.Method<V1.AuthorizeRequest, V1.Decision>(V1.LimitServiceReflection.Descriptor, "Authorize"),
        new V1.AuthorizeRequest { RequestUuid = NewId(), Facility = Account(facility), Amount = amount, Currency = "EUR" });

    public static Task<V1.Decision> FreezeAsync(RpcChannel by, NodeKey node) => by.UnaryAsync(
        SecuredSilos.Method<V1.FreezeRequest, V1.Decision>(V1.ControlServiceReflection.Descriptor, "Freeze"), new V1.FreezeRequest { RequestUuid = NewId(), Node = Wire(node) });

    public static Task<V1.Decision> RequestReviewAsync(RpcChannel by, NodeKey facility, long declined) => by.UnaryAsync(
        SecuredSilos.Method<V1.RequestReviewRequest, V1.Decision>(V1.RiskServiceReflection.Descriptor, "RequestReview"),
        new V1.RequestReviewRequest { RequestUuid = NewId(), Facility = Account(facility), DeclinedId = declined });

    public static Task<V1.Decision> ResolveAsync(RpcChannel by, NodeKey facility, long review) => by.UnaryAsync(
        SecuredSilos.Method<V1.ResolveReferralRequest, V1.Decision>(V1.LimitServiceReflection.Descriptor, "ResolveReferral"),
        new V1.ResolveReferralRequest { RequestUuid = NewId(), Facility = Account(facility), ReferralId = review });

    /// <summary>Facility 1 of a new tenant, limit 1,000.</summary>
    public static async Task<Book> OpenBookAsync(SecuredSilos silos)
    {
        var book = new Book(silos.Silos[0].Engine);
        await book.OpenLine(1, 1_000, await book.Open(NodeKind.Borrower, 1, 100_000_000));
        return book;
    }

    private static string NewId() => Guid.CreateVersion7().ToString();

    private static V1.FacilityKey Account(NodeKey key) => new() { Tenant = key.Tenant, LegalEntity = key.LegalEntity, Id = key.Id };

    private static V1.NodeKey Wire(NodeKey key) => new() { Tenant = key.Tenant, LegalEntity = key.LegalEntity, Id = key.Id, Kind = (V1.NodeKind)(int)key.Kind };
}
