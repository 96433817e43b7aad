using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.ApprovalService: maker and checker. The calls are described in its proto.</summary>
internal sealed class ApprovalService(EngineAccess access, ChangeApprovals? approvals)
{
    private const int PageSizeUsual = 100;
    private const int PageSizeMax = 1_000;

    private ChangeApprovals Approvals => approvals ?? throw new RpcException(
        StatusCode.FailedPrecondition, "ApprovalsNotConfigured: this server has no approvals; give \"approvals\" in its security file (docs/security.md).");

    public void Bind(ServiceTable table) => table.Bind(V1.ApprovalServiceReflection.Descriptor.Services[0])
        .Unary<V1.ProposeRequest, V1.Proposal>("Propose", (request, context) => new(Propose(request, access.For(context))))
        .Unary<V1.ApproveRequest, V1.ApproveReply>("Approve", ApproveAsync)
        .Unary<V1.RejectRequest, V1.Proposal>("Reject", (request, context) => new(Write(Approvals.Reject(access.For(context), request.ProposalId, request.Reason))))
        .Unary<V1.ListProposalsRequest, V1.ListProposalsReply>("ListProposals", (request, context) => new(List(request, access.For(context).Principal)));

    private V1.Proposal Propose(V1.ProposeRequest request, PrincipalEngine maker)
    {
        var note = request.Note;
        if (note.Length > ChangeApprovals.NoteLengthMax) throw Invalid($"note has {note.Length} characters; use at most {ChangeApprovals.NoteLengthMax}");
        if (request.Command is null) throw Invalid("command is missing");
        var refusal = CommandMapping.TryReadRow(request.Command, default, out var command);
        if (!refusal.IsNone) throw Invalid(refusal.Message!);
        if (command.Control is null) throw Invalid($"{command.Kind} is no control command; only those are proposed");
        // Checked as it will be executed, so that a checker is not asked about what cannot be.
        var tried = Activating.Checked(command, Activating.SomebodyElse);
        tried.Id = Domain.Requests.RequestId.FromGuid(Guid.CreateVersion7());
        var (reason, message) = CommandValidation.Check(tried);
        if (reason != Reason.None) throw Invalid(message ?? ReasonNames.Of(reason));
        return Write(Approvals.Propose(maker, command, note));
    }

    private async ValueTask<V1.ApproveReply> ApproveAsync(V1.ApproveRequest request, CallContext context)
    {
        var (proposal, outcome) = await Guarded(Approvals.ApproveAsync(access.For(context), request.ProposalId, request.Reason, context.DeadlineMicros));
        Statuses.ThrowIfUnavailable(outcome);
        return new V1.ApproveReply { Proposal = Write(proposal), Decision = DecisionMapping.Write(proposal.Command.Kind, 0, outcome) };
    }

    private V1.ListProposalsReply List(V1.ListProposalsRequest request, Principal principal)
    {
        var take = request.PageSize switch
        {
            0 => PageSizeUsual,
            >= 1 and <= PageSizeMax => request.PageSize,
            _ => throw Invalid($"page_size is {request.PageSize}; use 1 to {PageSizeMax}, or 0 for {PageSizeUsual}"),
        };
        return new V1.ListProposalsReply { Proposals = { Approvals.List(principal, request.OnlyOpen, request.BeforeId, take).Select(Write) } };
    }

    private V1.Proposal Write(Proposal proposal) => new()
    {
        ProposalId = proposal.Id,
        State = (V1.ProposalState)(int)proposal.StateAt(Approvals.NowMicros()),
        Maker = proposal.Maker,
        Checker = proposal.Checker,
        Command = CommandMapping.Write(proposal.Command),
        Note = proposal.Note,
        ProposedAtMicros = proposal.ProposedAtMicros,
        ExpiresAtMicros = proposal.ExpiresAtMicros,
        DecisionId = proposal.DecisionId,
        Reason = proposal.Reason,
        CheckedAtMicros = proposal.CheckedAtMicros,
    };

    private static ValueTask<T> Guarded<T>(ValueTask<T> answer) => FaultBorder.Guarded(answer);

    private static RpcException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
