using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;
using Orleans.Concurrency;

namespace CreditGrains.Orleans.Borrowers;

/// <summary>An address beside the partition: maps calls to the partition's bytes, and keeps no state.</summary>
[Reentrant]
[PartitionPlacement]
[GrainType("borrower")]
internal sealed class BorrowerGrain(SiloServices silo) : Grain, IBorrowerGrain
{
    private NodeKey key;
    private IPartitionGrain partition = null!;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!BorrowerKey.TryParse(this.GetPrimaryKeyString(), out key))
            throw new FormatException($"'{this.GetPrimaryKeyString()}' is not the key of a borrower; use tenant/legal entity/number, such as 1/1/42.");
        partition = GrainFactory.GetGrain<IPartitionGrain>(silo.Map.PointedBy(key));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<BorrowerStanding?> GetStandingAsync()
    {
        var view = ViewWire.Read<NodeView>(await partition.AskAsync(PartitionQuestion.Of(QuestionKind.Node, key)));
        return view is null ? null : new BorrowerStanding(view.Limit, view.Exposure, view.FacilityCount);
    }

    /// <inheritdoc/>
    public Task<BorrowerDecision> AuthorizeAsync(BorrowerRequest request) => ExecuteAsync(CommandKind.Authorize, request);

    /// <inheritdoc/>
    public Task<BorrowerDecision> RepayAsync(BorrowerRequest request) => ExecuteAsync(CommandKind.Repay, request);

    private async Task<BorrowerDecision> ExecuteAsync(CommandKind kind, BorrowerRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // An unknown code stays none, which validation refuses by name.
        var currency = Currency.TryParse(request.Currency, out var known) ? known : Currency.None;
        var command = new Command
        {
            Kind = kind, Id = RequestId.FromGuid(request.RequestId), Facility = NodeKey.Facility(key.Tenant, key.LegalEntity, request.Facility), Amount = request.Amount, Currency = currency,
        };
        var (reason, message) = CommandValidation.Check(command);
        if (reason != Reason.None) return new BorrowerDecision(OutcomeKind.Refused, reason, 0, 0, message);
        var outcome = new Outcome[1];
        if (OutcomeWire.Read(await partition.ExecuteAsync(CommandWire.Write([command])), outcome) is not null)
            return new BorrowerDecision(OutcomeKind.Refused, Reason.InvalidKey, 0, 0, $"facility {request.Facility} is not of borrower {key.Id}");
        return new BorrowerDecision(outcome[0].Kind, outcome[0].Reason, outcome[0].Sequence, outcome[0].Headroom, outcome[0].Message);
    }
}
