using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server.Security;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Maker and checker over the wire, and the log from which proposals are rebuilt.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private const long Threshold = 1_000_000;
    private readonly string audit = Directory.CreateTempSubdirectory("creditgrains-audit-").FullName;
    private SecuredServer server = null!;
    private RpcChannel maker = null!;
    private RpcChannel checker = null!;
    private string makerKey = "";

    public async Task InitializeAsync()
    {
        server = await StartAsync(settings => settings with { Audit = audit, Approvals = new ApprovalSettings { SetLimitAbove = Threshold } });
        makerKey = server.AddKey("maker", tenant: 1, "risk,read,operate");
        var key = server.AddKey("checker", tenant: 1, "risk,read");
        await RoleTests.SettleAsync(server, key);
        (maker, checker) = (server.Client(makerKey), server.Client(key));
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(audit, recursive: true);
    }

    [Fact]
    public async Task SetLimit_AboveTheThreshold_NeedsApprovalByWhateverCallItComes()
    {
        var set = SetLimit(Threshold + 1, withId: true);
        foreach (var call in (Func<Task>[])
        [
            () => maker.UnaryAsync(Method<V1.SetLimitRequest, V1.Decision>("ControlService", "SetLimit"), set.SetLimit),
            () => maker.UnaryAsync(Method<V1.Command, V1.Decision>("LimitService", "Execute"), set),
            () => maker.UnaryAsync(Method<V1.ExecuteBatchRequest, V1.ExecuteBatchReply>("LimitService", "ExecuteBatch"), new V1.ExecuteBatchRequest { Commands = { set } }),
            () => ImportAsync(maker, SetLimit(Threshold + 1, withId: false)),
        ])
        {
            var refused = await RefusalOf(call);
            Assert.Equal(StatusCode.FailedPrecondition, refused.Code);
            Assert.StartsWith("ApprovalNeeded", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(5_000_00, await LimitAsync());
        Assert.Equal(V1.OutcomeKind.Posted, (await maker.UnaryAsync(Method<V1.SetLimitRequest, V1.Decision>("ControlService", "SetLimit"), SetLimit(Threshold, withId: true).SetLimit)).Kind);
    }

    [Fact]
    public async Task Approve_ByAnother_ExecutesOnceHoweverOftenItIsSent()
    {
        var proposal = await ProposeAsync(Threshold + 7);
        Assert.Equal(("key:maker", V1.ProposalState.Open), (proposal.Maker, proposal.State));
        var first = await ApproveAsync(checker, proposal.ProposalId);
        Assert.Equal((V1.OutcomeKind.Posted, V1.ProposalState.Executed, "key:checker"), (first.Decision.Kind, first.Proposal.State, first.Proposal.Checker));
        Assert.Equal(Threshold + 7, await LimitAsync());
        var again = await RefusalOf(() => ApproveAsync(checker, proposal.ProposalId));
        Assert.StartsWith("AlreadyResolved", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_ByItsMaker_IsRefused()
    {
        var proposal = await ProposeAsync(Threshold + 1);
        var refused = await RefusalOf(() => ApproveAsync(maker, proposal.ProposalId));
        Assert.Equal(StatusCode.PermissionDenied, refused.Code);
        Assert.StartsWith("SamePrincipal", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5_000_00, await LimitAsync());
    }

    [Fact]
    public async Task Activation_ProposedAndApproved_IsOfWhoSentItAndWhoApproved()
    {
        var file = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "policy-authorize.dmn"));
        await maker.UnaryAsync(Method<V1.RegisterPolicyFileRequest, V1.RegisterReply>("RiskService", "RegisterPolicy"), new V1.RegisterPolicyFileRequest
        {
            Tenant = 1, LegalEntity = 1, Name = "card", Version = 1, File = Google.Protobuf.ByteString.CopyFrom(file), Decision = "Request",
        });
        var propose = Method<V1.ProposeRequest, V1.Proposal>("ApprovalService", "Propose");
        var direct = await RefusalOf(() => maker.UnaryAsync(Method<V1.ActivatePolicyRequest, V1.Decision>("RiskService", "ActivatePolicy"), Activate("key:maker", "key:checker", withId: true).ActivatePolicy));
        Assert.StartsWith("CheckerIsNotCaller", direct.Message, StringComparison.Ordinal);
        var forged = await RefusalOf(() => maker.UnaryAsync(propose, new V1.ProposeRequest { Command = Activate("key:checker", "", withId: false) }));
        Assert.StartsWith("MakerIsNotCaller", forged.Message, StringComparison.Ordinal);

        var proposal = await maker.UnaryAsync(propose, new V1.ProposeRequest { Command = Activate("key:maker", "", withId: false) });
        Assert.StartsWith("SamePrincipal", (await RefusalOf(() => ApproveAsync(maker, proposal.ProposalId))).Message, StringComparison.Ordinal);
        Assert.Equal(V1.OutcomeKind.Posted, (await ApproveAsync(checker, proposal.ProposalId)).Decision.Kind);
        var listed = await checker.UnaryAsync(Method<V1.ListVersionsRequest, V1.ListVersionsReply>("RiskService", "ListVersions"), new V1.ListVersionsRequest { Tenant = 1, LegalEntity = 1 });
        var activation = Assert.Single(listed.Activations);
        Assert.Equal(("key:maker", "key:checker", V1.VersionRole.Acting), (activation.Maker, activation.Checker, activation.Role));
    }

    private static V1.Command Activate(string maker, string checker, bool withId)
    {
        var activate = new V1.ActivatePolicyRequest { Tenant = 1, LegalEntity = 1, Name = "card", Version = 1, Role = V1.VersionRole.Acting, Maker = maker, Checker = checker };
        if (withId) activate.RequestUuid = NewId();
        return new V1.Command { ActivatePolicy = activate };
    }

    [Fact]
    public async Task Proposal_OfAnotherTenant_IsUnknownAndNotListed()
    {
        var key = server.AddKey("stranger", tenant: 2, "admin");
        await RoleTests.SettleAsync(server, key);
        var proposal = await ProposeAsync(Threshold + 1);
        var stranger = server.Client(key);
        Assert.Equal(StatusCode.NotFound, (await RefusalOf(() => ApproveAsync(stranger, proposal.ProposalId))).Code);
        Assert.Empty((await ListAsync(stranger)).Proposals);
        Assert.Equal([proposal.ProposalId], (await ListAsync(checker)).Proposals.Select(p => p.ProposalId));
        var foreign = await RefusalOf(() => stranger.UnaryAsync(Method<V1.ProposeRequest, V1.Proposal>("ApprovalService", "Propose"), new V1.ProposeRequest { Command = SetLimit(1, withId: false) }));
        Assert.Equal(StatusCode.PermissionDenied, foreign.Code);
    }

    [Fact]
    public async Task Reject_ThenApprove_IsRefused()
    {
        var proposal = await ProposeAsync(Threshold + 1);
        var rejected = await checker.UnaryAsync(Method<V1.RejectRequest, V1.Proposal>("ApprovalService", "Reject"), new V1.RejectRequest { ProposalId = proposal.ProposalId });
        Assert.Equal(V1.ProposalState.Rejected, rejected.State);
        Assert.StartsWith("AlreadyResolved", (await RefusalOf(() => ApproveAsync(checker, proposal.ProposalId))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"command":{}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"command":{"authorize":{"facility":{"tenant":1,"legal_entity":1,"id":1001},"amount":1,"currency":"EUR"}}}""")]
    [InlineData("""{"command":{"set_limit":{"node":{"tenant":1,"legal_entity":1,"id":1001,"kind":"NODE_KIND_FACILITY"}}}}""")]
    [InlineData("""{"command":{"set_limit":{"node":{"tenant":1,"legal_entity":1,"id":1001,"kind":"NODE_KIND_FACILITY"},"limit":"-5"}}}""")]
    public async Task Propose_WhatCouldNotBeExecuted_IsRefusedAtOnce(string json)
    {
        var (status, body, _) = await server.PostAsync("/creditgrains.v1.ApprovalService/Propose", json, makerKey);
        Assert.Equal((System.Net.HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), (status, (string)body["code"]!));
    }

    [Fact]
    public async Task Log_AfterAllOfThis_GivesTheSameBookAndNamesEveryActor()
    {
        var executed = await ProposeAsync(Threshold + 7);
        await ApproveAsync(checker, executed.ProposalId);
        var open = await ProposeAsync(Threshold + 8);
        var before = (await ListAsync(checker)).Proposals;
        var approvals = new CreditGrains.Api.Security.Approvals.ChangeApprovals(new CreditGrains.Domain.Approvals.ApprovalRules(), TimeProvider.System);
        var acts = new List<string>();
        AuditChain.Read(Path.Combine(audit, AuditLog.FileName), (entry, _) =>
        {
            approvals.Replay(entry);
            acts.Add($"{entry.Principal} {entry.Act}");
        });
        Assert.Equal(["key:maker Propose", "key:checker Approve", "key:checker Execute", "key:maker Propose"], acts);
        var rebuilt = approvals.List(CreditGrains.Api.Security.Access.Principal.Local, onlyOpen: false, 0, 10);
        Assert.Equal(before.Select(p => (p.ProposalId, (int)p.State, p.Maker, p.Checker, p.DecisionId)), rebuilt.Select(p => (p.Id, (int)p.State, p.Maker, p.Checker, p.DecisionId)));
        Assert.Equal(2, open.ProposalId);
    }

    private static V1.Command SetLimit(long limit, bool withId)
    {
        var set = new V1.SetLimitRequest { Node = new() { Tenant = 1, LegalEntity = 1, Id = 1001, Kind = V1.NodeKind.Facility }, Limit = limit };
        if (withId) set.RequestUuid = NewId();
        return new V1.Command { SetLimit = set };
    }

    private async Task<V1.Proposal> ProposeAsync(long limit) => await maker.UnaryAsync(
        Method<V1.ProposeRequest, V1.Proposal>("ApprovalService", "Propose"), new V1.ProposeRequest { Command = SetLimit(limit, withId: false), Note = "more business" });

    private static Task<V1.ApproveReply> ApproveAsync(RpcChannel by, long id) =>
        by.UnaryAsync(Method<V1.ApproveRequest, V1.ApproveReply>("ApprovalService", "Approve"), new V1.ApproveRequest { ProposalId = id });

    private static Task<V1.ListProposalsReply> ListAsync(RpcChannel by) =>
        by.UnaryAsync(Method<V1.ListProposalsRequest, V1.ListProposalsReply>("ApprovalService", "ListProposals"), new V1.ListProposalsRequest());

    private async Task<long> LimitAsync() => (await server.Running.Engine.GetFacilityAsync(CreditGrains.Domain.Limits.NodeKey.Facility(1, 1, 1001)))!.Node.Limit;

    private static async Task ImportAsync(RpcChannel by, V1.Command row)
    {
        using var call = by.ClientStreaming(Method<V1.ImportRecord, V1.ImportReply>("ControlService", "Import"));
        await call.WriteAsync(new V1.ImportRecord { Header = new() { FileSha256 = Google.Protobuf.ByteString.CopyFrom(new byte[32]), Tenant = 1 } });
        await call.WriteAsync(new V1.ImportRecord { Batch = new() { FirstRow = 1, Commands = { row } } });
        await call.CompleteAsync();
    }
}
