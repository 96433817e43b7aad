namespace CreditGrains.Cluster.Simulation.World;

/// <summary>What happens when, in one order: the only thread, and the only time there is. Microseconds from the start of a run.</summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<Action, (long At, long Order)> due = new();
    private long order;

    /// <summary>Now.</summary>
    public long Now { get; private set; }

    /// <summary>Things that happened.</summary>
    public long Steps { get; private set; }

    /// <summary>Mixes what happened and when, so that two runs can be compared.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    /// <summary>Lets something happen after a while.</summary>
    public void After(long micros, Action act) => due.Enqueue(act, (Now + micros, order++));

    /// <summary>The next thing happens.</summary>
    /// <returns>False when it is later than a time; then it is that time.</returns>
    public bool Step(long until)
    {
        if (!due.TryPeek(out _, out var next) || next.At > until)
        {
            Now = Math.Max(Now, until);
            return false;
        }
        Now = next.At;
        Steps++;
        due.Dequeue()();
        return true;
    }

    /// <summary>Notes something that a repetition of the run must do too.</summary>
    public void Note(long what)
    {
        unchecked
        {
            Trace = (Trace ^ (ulong)what ^ ((ulong)Now << 20)) * 1099511628211;
        }
    }
}
