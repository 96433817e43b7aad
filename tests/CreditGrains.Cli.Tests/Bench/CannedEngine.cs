using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>An engine that approves (or refuses) everything at once and remembers nothing but a count.</summary>
internal sealed class CannedEngine : ICreditEngine
{
    private long sequence;

    /// <summary>Why everything is refused; none: everything is approved.</summary>
    public Reason Refuses { get; set; }

    public long Decisions => Interlocked.Read(ref sequence);

    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros) => new(Approve(command));

    public ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros)
    {
        for (var i = 0; i < commands.Length; i++) outcomes.Span[i] = Approve(commands.Span[i]);
        return default;
    }

    public ValueTask<FacilityView?> GetFacilityAsync(NodeKey key) => throw new NotSupportedException();

    public ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros) => throw new NotSupportedException();

    public ValueTask<NodeView?> GetNodeAsync(NodeKey key) => throw new NotSupportedException();

    public ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take) => throw new NotSupportedException();

    public ValueTask<EventRecord?> GetDecisionAsync(long sequence) => throw new NotSupportedException();

    public ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id) => throw new NotSupportedException();

    public ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take) => throw new NotSupportedException();

    public IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ConfirmClockAsync() => default;

    public ValueTask<long> SnapshotAsync() => throw new NotSupportedException();

    public ValueTask<EngineStatus> GetStatusAsync() => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;

    private Outcome Approve(in Command command) => Refuses != Reason.None ? new Outcome { Kind = OutcomeKind.Refused, Reason = Refuses } : new()
    {
        Kind = command.Kind < CommandKind.OpenNode ? OutcomeKind.Approved : OutcomeKind.Posted,
        Sequence = Interlocked.Increment(ref sequence),
        RecordedAtMicros = 1_700_000_000_000_000,
        Amount = command.Amount,
        Headroom = 1_000_000,
    };
}
