using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Standalone;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// A backtest over the whole of one journal, up to what is durable when it begins: beside the book under the policy it replays one as it was, to compare them at the end. One thread; two books of memory.
/// </summary>
internal sealed class BacktestRun : IDisposable
{
    private readonly IEventJournal journal;
    private readonly PartitionOptions options;
    private readonly NodeKey entity;
    private readonly Backtest test;
    private readonly PartitionState then = new();
    private readonly Executor replayed;

    /// <param name="journal">Is read and not changed.</param>
    /// <param name="options">Settings of its partition.</param>
    /// <param name="entity">Tenant and legal entity that it is about.</param>
    /// <param name="files">What is tested.</param>
    /// <param name="fromMicros">Writer time from which on it is in force.</param>
    public BacktestRun(IEventJournal journal, PartitionOptions options, NodeKey entity, BacktestFiles files, long fromMicros)
    {
        (this.journal, this.options, this.entity) = (journal, options, entity);
        test = new Backtest(options, entity, files, fromMicros);
        replayed = new Executor(then, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax) { LastSequence = options.FirstSequence - 1 };
    }

    /// <summary>What a backtest is called.</summary>
    public static string TitleOf(VersionName policy, VersionName? model) => $"backtest of policy {policy}{(model is null ? "" : $" with model {model}")}";

    /// <summary>Runs on a thread of its own, below the priority of decisions: it takes as long as the history is, and threads of the pool answer callers.</summary>
    public static Task<T> OnThread<T>(Func<T> run) => Task.Factory.StartNew(
        () =>
        {
            LowPriority.Take();
            return run();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Reads the journal and executes it again.</summary>
    /// <param name="progress">Told how far it is, in parts of a thousand.</param>
    /// <param name="cancelled">Ends it between two events.</param>
    /// <exception cref="JournalException">The journal does not begin at its first event any more, or is damaged.</exception>
    /// <exception cref="InvalidDataException">The files are not what can be tested.</exception>
    public void Execute(Action<int> progress, CancellationToken cancelled)
    {
        var (first, end) = (options.FirstSequence, journal.DurableSequence);
        if (journal.OldestSequence > first)
            throw new JournalException(JournalErrorCode.NotRetained, $"NotRetained: the journal's oldest event is {journal.OldestSequence}, not its first any more, and a backtest needs the whole history. Keep the journal longer, or restore a copy that has it.");
        // An empty journal of a database has no frame to begin with.
        if (end < first) return;
        var next = first;
        journal.ReadFrames(first, frame =>
        {
            var payload = frame.Payload;
            for (next = frame.Header.FirstSequence; !payload.IsEmpty && next <= end; next++)
            {
                cancelled.ThrowIfCancellationRequested();
                var length = EventCodec.LengthOf(payload);
                EventCodec.Read(payload[..length], next, frame.Header.RecordedAt, out var e);
                test.Take(e);
                replayed.Replay(e);
                if (e is { Control: SetLimit { Key.IsFacility: false }, Outcome: OutcomeKind.Posted }) CompareLimit(e);
                payload = payload[length..];
            }

            progress((int)((next - first) * 1_000 / (end - first + 1)));
            return next <= end;
        });
        test.Settle();
        if (next <= end) throw new JournalException(JournalErrorCode.EndsTooEarly, $"EndsTooEarly: the journal could be read up to {next - 1} only, and {end} was durable. Start the backtest again.");
    }

    /// <summary>What was executed.</summary>
    /// <param name="labels">What became of accounts, as far as was told: whether the bad event happened.</param>
    public BacktestPart Part(IReadOnlyDictionary<NodeKey, bool> labels) => test.Tally.Part(Backtest.ExposureOf(then, entity), test.Exposure(), labels);

    /// <summary>Balances of all facilities under the policy, after what was executed.</summary>
    public IEnumerable<(NodeKey Facility, FacilityBalances Balances)> BalancesNow() => test.Balances();

    /// <inheritdoc/>
    public void Dispose()
    {
        test.Dispose();
        then.Dispose();
    }

    private void CompareLimit(in LedgerEvent e)
    {
        if (test.IsAboveLimit(e.Key, e.RecordedAtMicros) && !Backtest.IsAboveLimit(then, replayed.Exposures, e.Key, e.RecordedAtMicros)) test.Tally.NoteLimitBelow();
    }
}
