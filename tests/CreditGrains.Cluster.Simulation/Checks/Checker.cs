using CreditGrains.Cluster.Simulation.Store;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Cluster.Simulation.Checks;

/// <summary>
/// Looks only at what is durable, in the order in which it became so, and at what callers were told. Knows nothing of grants, epochs or messages. Each event is held against what
/// the events before it left; each answer against its event.
/// </summary>
internal sealed class Checker(Cluster cluster)
{
    private readonly Dictionary<long, Decided> bySequence = [];
    private readonly Dictionary<RequestId, long> effects = [];
    private readonly Dictionary<RequestId, long> told = [];
    private readonly Dictionary<int, long> ends = [];
    private readonly Dictionary<NodeKey, long> openedAt = [];
    private readonly Dictionary<NodeKey, List<(long At, long Amount)>> recorded = [];

    /// <summary>Windows of shared nodes.</summary>
    public Velocities Velocities { get; } = new();

    /// <summary>Sums of shared nodes.</summary>
    public Exposures Exposures { get; } = new(cluster.PartitionCount);

    /// <summary>Sequences that the feed must show, and no others.</summary>
    public HashSet<long> Shown { get; } = [];

    /// <summary>Balances of facilities after their last event.</summary>
    public Dictionary<NodeKey, FacilityBalances> Balances { get; } = [];

    /// <summary>When requests were first sent.</summary>
    public Dictionary<RequestId, long> SentAt { get; } = [];

    /// <summary>Events that have become durable.</summary>
    public long EventsTaken { get; private set; }

    public int Approved { get; private set; }

    public int DeclinedByShared { get; private set; }

    public int Acknowledged { get; private set; }

    public int NodesLeft { get; private set; }

    public int EpochsRaised { get; private set; }

    /// <summary>Reports of leases that were sent while the same report was on its way.</summary>
    public int ReportsBeside { get; set; }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new SimulationFailedException(otherwise);
    }

    /// <summary>The moment as of which nodes are asked for at rest, microseconds of the timeline.</summary>
    public long MomentAsked => cluster.Options.TroubledMicros / 2;

    /// <summary>Exposure of a shared node by events recorded up to a writer time; null when it was opened later.</summary>
    public long? ExposureAsOf(NodeKey node, long micros) =>
        openedAt.TryGetValue(node, out var opened) && opened <= micros ? Exposures.FacilitiesUnder(node).Sum(f => recorded.TryGetValue(f, out var events) ? events.LastOrDefault(e => e.At <= micros).Amount : 0) : null;

    /// <summary>An epoch was raised.</summary>
    public void Raised(int partition, long epoch)
    {
        EpochsRaised++;
        cluster.Time.Note(partition * 31 + epoch);
    }

    /// <summary>A node's activation ended because its state could not be stored.</summary>
    public void NodeLeft(NodeKey node, Exception cause)
    {
        NodesLeft++;
        cluster.Log($"{node} ends: {cause.Message}");
    }

    /// <summary>A node's state became durable.</summary>
    public void Stored(NodeKey node, byte[] book)
    {
        if (book.Length == 0) return;
        Exposures.LimitIs(node, LeaseBookCodec.Read(book).Limit, cluster.Time.Now);
    }

    /// <summary>A journal row became durable.</summary>
    public void Appended(JournalRow row)
    {
        cluster.Time.Note(row.Partition * 1_000_003L + row.Sequence);
        Require(row.Sequence == ends.GetValueOrDefault(row.Partition, PartitionMap.FirstSequenceOf(row.Partition) - 1) + 1, $"partition {row.Partition}: a row begins at {row.Sequence}, not after the one before");
        ends[row.Partition] = row.LastSequence;
        var frame = StoredFrame.Check(row.Frame, row.Partition, row.Sequence);
        var payload = frame.Payload;
        for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
        {
            var length = EventCodec.LengthOf(payload);
            EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
            Take(row.Partition, e);
            payload = payload[length..];
        }
    }

    /// <summary>A caller was told.</summary>
    public void Told(in Command command, in Outcome outcome)
    {
        if (outcome.Sequence == 0 || outcome.Reason == Reason.Tombstoned) return;
        Acknowledged++;
        if (command.Kind == CommandKind.SetVelocityLimit) Velocities.Told(command.Id, cluster.Time.Now);
        var what = $"{command.Kind} {command.Id} of {command.Facility}, told as {outcome.Kind} {outcome.Reason} {outcome.Amount} at {outcome.Sequence}";
        Require(bySequence.TryGetValue(outcome.Sequence, out var decided), $"{what}, is not in the journal");
        Require(decided!.Id == command.Id && decided.Kind == command.Kind, $"{what}, is another in the journal: {decided}");
        Require(decided.Outcome == outcome.Kind && decided.Amount == outcome.Amount, $"{what}, is different in the journal: {decided}");
        // A reversal of what nobody has seen is noted by every partition.
        if (command.Kind == CommandKind.Reverse) return;
        Require(told.TryAdd(command.Id, outcome.Sequence) || told[command.Id] == outcome.Sequence, $"{what}, was told before as {told[command.Id]}");
    }

    private void Take(int partition, in LedgerEvent e)
    {
        var isCopy = partition != PartitionMap.Register && e.Control is not null && PartitionMap.IsShared(e.Key.Kind);
        var isTombstone = (e.Effects & EventEffects.Tombstone) != 0;
        EventsTaken++;
        bySequence.Add(e.Sequence, new Decided(e.Id, e.Kind, e.Outcome, e.Amount, partition));
        if (!isCopy)
        {
            Shown.Add(e.Sequence);
            if (e.Id != default && !isTombstone && e.HasEffect)
                Require(effects.TryAdd(e.Id, e.Sequence), $"{e.Kind} {e.Id} took effect twice: at {effects.GetValueOrDefault(e.Id)} and at {e.Sequence}");
        }
        if (e is { Control: OpenNode node, Outcome: OutcomeKind.Posted } && !isCopy)
        {
            Exposures.Open(node);
            openedAt[node.Key] = e.RecordedAtMicros;
        }
        if (e is { Control: SetVelocityLimit velocity, Outcome: OutcomeKind.Posted })
        {
            if (isCopy) Velocities.Mirrored(velocity, partition);
            else Velocities.LimitIs(velocity, e.Id);
        }
        if (e is { Control: OpenFacility facility, Outcome: OutcomeKind.Posted }) Exposures.Open(facility, partition);
        if (e.Key.IsFacility && e.Control is null) Follow(e);
    }

    private void Follow(in LedgerEvent e)
    {
        if (e.HasEffect)
        {
            Balances[e.Key] = e.Balances;
            if (!recorded.TryGetValue(e.Key, out var events)) recorded[e.Key] = events = [];
            events.Add((e.RecordedAtMicros, Contribution.Of(default, e.Balances, 0)));
        }
        var isApproval = e.Kind.IsRequest() && e.IsApproval;
        if (e.HasEffect) Exposures.Change(e.Key, Contribution.Of(default, e.Balances, 0), isApproval, cluster.Time.Now, $"{e.Kind} {e.Id} of {e.Amount}, event {e.Sequence}");
        if (isApproval)
        {
            Approved++;
            UseWindows(e, e.Amount, e.Kind == CommandKind.IncreaseHold ? 0 : 1, isApproval: true);
        }
        else if (e is { Outcome: OutcomeKind.Posted, Kind: CommandKind.ClearWithoutHold }) UseWindows(e, e.Amount, 1, isApproval: false);
        else if (e is { Outcome: OutcomeKind.Posted, Kind: CommandKind.Capture }) UseWindows(e, e.Uncovered, (e.Effects & EventEffects.WithoutHold) != 0 ? 1 : 0, isApproval: false);
        CheckDecline(e);
    }

    private void UseWindows(in LedgerEvent e, long amount, int count, bool isApproval)
    {
        foreach (var node in Exposures.NodesOf(e.Key))
            Velocities.Used(node, PartitionMap.OfSequence(e.Sequence), amount, count, isApproval, e.RecordedAtMicros, cluster.Time.Now, $"{e.Kind} {e.Id} of {amount}, event {e.Sequence}");
    }

    private void CheckDecline(in LedgerEvent e)
    {
        if (e.Kind.IsRequest() && e is { Reason: Reason.VelocityExceeded, Limits: { } windows })
            Velocities.CheckDecline(windows, e.AmountAsked, e.Kind == CommandKind.IncreaseHold ? 0 : 1, World.SimClock.StartMicros + SentAt[e.Id], SentAt[e.Id], $"{e.Kind} {e.Id} of {e.AmountAsked}, event {e.Sequence}");
        if (!e.Kind.IsRequest() || e.Reason != Reason.LimitExceeded || e.Limits is not { Length: > 0 } limits) return;
        if (!Array.TrueForAll(limits, l => l.Kind == LimitKind.Node && PartitionMap.IsShared(l.Node.Kind))) return;
        DeclinedByShared++;
        Exposures.CheckDecline([.. limits.Select(l => l.Node)], e.AmountAsked, SentAt[e.Id], cluster.Time.Now, $"{e.Kind} {e.Id} of {e.AmountAsked}, event {e.Sequence}");
    }

    private sealed record Decided(RequestId Id, CommandKind Kind, OutcomeKind Outcome, long Amount, int Partition);
}
