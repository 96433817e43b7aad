using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Alerts;

/// <summary>The second book as those see it who watch it.</summary>
/// <param name="State">Its state.</param>
/// <param name="Executor">Replays events in it.</param>
/// <param name="Between">Runs something between two events, on the thread that asks, also in the middle of a frame; false, and nothing is run, when the book is no more.</param>
/// <param name="DurableSequence">Newest event that is durable. Any thread.</param>
internal sealed record AlertSight(PartitionState State, Executor Executor, Func<Action, bool> Between, Func<long> DurableSequence);

/// <summary>How far a desk has looked.</summary>
/// <param name="Rules">In force.</param>
/// <param name="Sequence">Event up to which the journal was looked at.</param>
/// <param name="Micros">Its event time.</param>
/// <param name="Fault">Why nothing is looked at any more; null while it is.</param>
internal readonly record struct AlertMoment(AlertRules Rules, long Sequence, long Micros, string? Fault);

/// <summary>Watches the second book event by event, on the thread that follows the journal.</summary>
internal interface IBookObserver
{
    /// <summary>The book is there, at some sequence; another one after <see cref="Lose"/>.</summary>
    void Begin(AlertSight sight);

    /// <summary>The book is no more, and another one begins soon.</summary>
    void Lose();

    /// <summary>Before an event is replayed.</summary>
    void Before(in LedgerEvent e);

    /// <summary>After it.</summary>
    void After(in LedgerEvent e);

    /// <summary>After the last event of a frame.</summary>
    void FrameEnd(long sequence, long recordedAtMicros);

    /// <summary>Nothing is followed any more.</summary>
    void End(string why);
}
