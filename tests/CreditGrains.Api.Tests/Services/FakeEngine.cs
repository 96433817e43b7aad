using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Api.Tests.Services;

/// <summary>
/// An engine of lists: one limit for all, ids and sessions as the rules say. It shows what the API does with answers; what
/// answers are right is the real engine's to show.
/// </summary>
public sealed class FakeEngine : ICreditEngine
{
    public const long Limit = 100_000;

    /// <summary>Models and policies of every legal entity.</summary>
    public Engine.Queries.RiskView Risk { get; set; } = Engine.Queries.RiskView.Empty;

    /// <inheritdoc/>
    public ValueTask<Engine.Queries.RiskView> GetRiskAsync(ushort tenant, ushort legalEntity) => new(Risk);

    /// <summary>Commands of this scenario are refused as malformed for a reason only the engine knows.</summary>
    public const ushort RefusedScenario = 666;

    private readonly Lock gate = new();
    private readonly List<(EventRecord Event, Command Command, Outcome Outcome)> journal = [];
    private readonly Dictionary<(ushort, RequestId), int> ids = [];
    private readonly Dictionary<(ushort, ulong), long> sessions = [];
    private TaskCompletionSource appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When set, every command is refused with it.</summary>
    public Reason Refuse { get; set; }

    /// <summary>When set, outcomes are durable only once it completes.</summary>
    public Task Flush { get; set; } = Task.CompletedTask;

    /// <summary>Called with the length of each submission.</summary>
    public Action<int>? OnSubmitted { get; set; }

    /// <summary>The deadline of the submission made last.</summary>
    public long DeadlineMicros { get; private set; }

    /// <summary>When set, the engine is broken.</summary>
    public string? Fault { get; set; }

    /// <summary>When set, snapshots fail with it.</summary>
    public Exception? SnapshotFailure { get; set; }

    public bool IsDisposed { get; private set; }

    public TaskCompletionSource StatusAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count
    {
        get { lock (gate) return journal.Count; }
    }

    public async ValueTask<Outcome> ExecuteAsync(Command command, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        var outcome = new Outcome[1];
        await ExecuteAsync(new[] { command }, outcome, deadlineMicros);
        return outcome[0];
    }

    ValueTask<Outcome> ICreditEngine.ExecuteAsync(in Command command, long deadlineMicros) => ExecuteAsync(command, deadlineMicros);

    public async ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        DeadlineMicros = deadlineMicros;
        lock (gate)
        {
            for (var i = 0; i < commands.Length; i++) outcomes.Span[i] = Decide(commands.Span[i]);
        }

        OnSubmitted?.Invoke(commands.Length);
        await Flush;
        TaskCompletionSource old;
        lock (gate) (old, appended) = (appended, new(TaskCreationOptions.RunContinuationsAsynchronously));
        old.SetResult();
    }

    public ValueTask<FacilityView?> GetFacilityAsync(NodeKey key)
    {
        var last = Last(key);
        return new(last is null ? null : new FacilityView(Node(key), last.Balances, true, [Node(key with { Kind = NodeKind.Borrower })],
            [new OpenItemView(last.Sequence, OpenItemKind.Hold, 5, 4, 9, Channel.Cash, 6011)], [new SubLimitView(Channel.Cash, 0, 9999, 50, 5)], last.Sequence, 77));
    }

    public ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros)
    {
        lock (gate) return new(journal.Select(row => row.Event).LastOrDefault(e => e.Key == key && e.RecordedAtMicros <= asOfMicros));
    }

    public ValueTask<NodeView?> GetNodeAsync(NodeKey key) => new(key.Id == 404 ? null : Node(key));

    public ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken) =>
        new(asOfMicros < 1_000 ? null : Node(key) with { Exposure = asOfMicros });

    public ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take) =>
        new([.. Enumerable.Range(1, 25).Select(id => Node(new NodeKey(id, tenant, 1, NodeKind.Product))).Where(n => n.Key.Id > after.Id).Take(take)]);

    public ValueTask<EventRecord?> GetDecisionAsync(long sequence)
    {
        lock (gate) return new(sequence <= journal.Count ? journal[(int)sequence - 1].Event : null);
    }

    public ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id)
    {
        lock (gate) return new(ids.TryGetValue((tenant, id), out var place) ? journal[place].Event : null);
    }

    public ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take)
    {
        lock (gate)
        {
            var rows = journal.Select(row => row.Event).Reverse().Where(e => e.Key == key && (before == 0 || e.Sequence < before)).Take(take + 1).ToList();
            return new(new HistoryPage([.. rows.Take(take)], rows.Count > take ? rows[take - 1].Sequence : 0));
        }
    }

    public async IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            EventRecord? next;
            Task more;
            lock (gate)
            {
                next = afterSequence < journal.Count ? journal[(int)afterSequence].Event : null;
                more = appended.Task;
            }

            if (next is null)
            {
                await more.WaitAsync(cancellationToken);
                continue;
            }

            afterSequence++;
            yield return next;
        }
    }

    public ValueTask ConfirmClockAsync()
    {
        Refuse = Reason.None;
        return default;
    }

    public ValueTask<long> SnapshotAsync() => SnapshotFailure is { } failure ? ValueTask.FromException<long>(failure) : new(Count);

    public ValueTask<EngineStatus> GetStatusAsync()
    {
        StatusAsked.TrySetResult();
        return new(new EngineStatus(Count, 1, 2, 3, 4, 5, 6, 7, Refuse == Reason.ClockStepUnconfirmed, Fault));
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }

    private EventRecord? Last(NodeKey key)
    {
        lock (gate) return journal.Select(row => row.Event).LastOrDefault(e => e.Key == key);
    }

    private static NodeView Node(NodeKey key) => new(key, Currency.Parse("EUR"), NodeStatus.Active, new ExposureBasis(ExposureMeasure.Committed, true, 0), Limit, null,
        null, Share.WholePpm, -1, 1, [new ParentShare(key with { Kind = NodeKind.Product }, 500_000)], [new DatedLimitView(1, 2, 3)],
        [new VelocityLimitView(3600, -1, 5, 0, 1)]);

    private Outcome Decide(in Command command)
    {
        if (Refuse != Reason.None) return Refused(Refuse);
        var (reason, _) = CommandValidation.Check(command);
        if (reason != Reason.None) return Refused(reason);
        if (command.Scenario == RefusedScenario) return Refused(Reason.InvalidField);
        if (ids.TryGetValue((command.Facility.Tenant, command.Id), out var place))
        {
            var (_, first, outcome) = journal[place];
            if (first.Kind != command.Kind || first.Amount != command.Amount) return Refused(Reason.RequestIdReused);
            outcome.Duplicate = true;
            return outcome;
        }

        if (command.Id.IsSession && command.Id.SessionSequence != sessions.GetValueOrDefault((command.Facility.Tenant, command.Id.Session)) + 1)
            return Refused(Reason.SessionGap);
        return Append(command);
    }

    private Outcome Append(in Command command)
    {
        var sequence = journal.Count + 1;
        var outcome = new Outcome { Kind = OutcomeKind.Posted, Sequence = sequence, RecordedAtMicros = sequence * 1_000, Amount = command.Amount };
        if (command.Kind.IsRequest()) outcome.Kind = OutcomeKind.Approved;
        if (command.Kind == CommandKind.Authorize) outcome.ExpiresAtMicros = 1_000_000;
        outcome.Balances = new FacilityBalances(1, 2, 3, 4, command.Amount & long.MaxValue, 6, 7, 8);
        outcome.Headroom = Limit - command.Amount;
        if (command.Kind.IsRequest() && command.Amount > Limit)
        {
            outcome = new Outcome
            {
                Kind = OutcomeKind.Declined, Reason = Reason.LimitExceeded, Sequence = sequence, RecordedAtMicros = sequence * 1_000,
                Limits = [new FailingLimit(command.Facility, LimitKind.Node, Limit, Limit, 0)],
            };
        }

        var record = new EventRecord
        {
            Sequence = sequence, RecordedAtMicros = sequence * 1_000, Kind = command.Kind, Outcome = outcome.Kind, Reason = outcome.Reason, Id = command.Id,
            Key = command.Facility, Currency = command.Currency, AmountAsked = command.Amount, Amount = outcome.Amount, Balances = outcome.Balances,
            Headroom = outcome.Headroom, Control = command.Control, Options = command.Options, Limits = outcome.Limits ?? [],
        };
        ids[(command.Facility.Tenant, command.Id)] = journal.Count;
        if (command.Id.IsSession) sessions[(command.Facility.Tenant, command.Id.Session)] = command.Id.SessionSequence;
        journal.Add((record, command, outcome));
        return outcome;
    }

    private static Outcome Refused(Reason reason) => new() { Kind = OutcomeKind.Refused, Reason = reason, Message = reason.ToString() };
}
