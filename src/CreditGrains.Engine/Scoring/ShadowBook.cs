using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// A second book that follows the journal: before an event is replayed in it, its state and features are those that the decision saw, so models beside the engine
/// see the same bits without a word from the writer. It takes as much memory as the first.
/// </summary>
internal sealed class ShadowBook : IDisposable
{
    private readonly PartitionState state;
    private readonly Executor executor;
    private readonly RequestScoring scoring;
    private readonly Action<string> tell;

    /// <param name="state">At some sequence; belongs to the book from here on.</param>
    /// <param name="sequence">That sequence, 0 for an empty state.</param>
    /// <param name="recordedAtMicros">Its writer time.</param>
    /// <param name="options">Settings of the partition.</param>
    /// <param name="tell">Told what an operator should know.</param>
    public ShadowBook(PartitionState state, long sequence, long recordedAtMicros, PartitionOptions options, Action<string> tell)
    {
        this.state = state;
        this.tell = tell;
        executor = new Executor(state, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax) { LastSequence = sequence, LastRecordedAtMicros = recordedAtMicros };
        scoring = new RequestScoring(state, executor.Limits, executor.Features);
    }

    /// <summary>The state, for who asks between events.</summary>
    public PartitionState State => state;

    /// <summary>Replays the events.</summary>
    public Executor Executor => executor;

    /// <summary>Sequence of the event taken last.</summary>
    public long LastSequence => executor.LastSequence;

    /// <summary>Scores an event by what runs beside, then replays it.</summary>
    public void Take(in LedgerEvent e, IShadowScores scores)
    {
        if (e.Seen.Amount != 0 && e.Kind is (CommandKind.Authorize or CommandKind.Drawdown) && state.FindFacility(e.Key) is var row and not 0) scoring.ScoreBeside(e, row, tell, scores);
        executor.Replay(e);
    }

    /// <summary>Replays an event that nothing is asked of.</summary>
    public void Skip(in LedgerEvent e) => executor.Replay(e);

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();
}
