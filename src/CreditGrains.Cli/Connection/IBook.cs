using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Connection;

/// <summary>What a facility owes now.</summary>
internal readonly record struct FacilityState(Currency Currency, FacilityBalances Balances);

/// <summary>How far a node is used now; exposure is null when a rate is missing.</summary>
internal sealed record NodeUse(NodeKey Key, Currency Currency, long Limit, long? Exposure, long FacilityCount);

/// <summary>
/// A running engine, in this process or at an address: what replays and reconciliations need of it. Safe for concurrent reads.
/// </summary>
internal interface IBook : IAsyncDisposable
{
    /// <summary>Where it is, for the reader.</summary>
    string Place { get; }

    /// <summary>Executes commands in order; at most <see cref="BatchLengthMax"/>.</summary>
    Task ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, CancellationToken cancellationToken);

    /// <summary>A facility; null when unknown.</summary>
    Task<FacilityState?> GetFacilityAsync(NodeKey facility, CancellationToken cancellationToken);

    /// <summary>A node; null when unknown.</summary>
    Task<NodeUse?> GetNodeAsync(NodeKey node, CancellationToken cancellationToken);

    /// <summary>The kind of the command that took a request id; null when none did.</summary>
    Task<CommandKind?> GetDecisionKindAsync(ushort tenant, RequestId id, CancellationToken cancellationToken);

    /// <summary>Every facility of a tenant ever opened, from the journal's first event to its newest at the time of the call.</summary>
    IAsyncEnumerable<NodeKey> ReadOpenedFacilitiesAsync(ushort tenant, CancellationToken cancellationToken);

    /// <summary>Most commands of one call.</summary>
    const int BatchLengthMax = 5_000;
}
