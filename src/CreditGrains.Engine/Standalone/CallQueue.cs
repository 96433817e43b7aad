using CreditGrains.Engine.Execution;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Calls on their way to the writer. Any thread adds; the writer takes over what has arrived in one go and walks through it, announcing what
/// comes next. Members are the writer's own but where they say otherwise.
/// </summary>
/// <param name="commandsMax">Commands that may wait.</param>
internal sealed class CallQueue(int commandsMax)
{
    private const int CallLead = 8;

    private readonly Lock arrival = new();
    private List<EngineCall> arriving = new(1024);
    private List<EngineCall> taken = new(1024);
    private int next;
    private int announced;
    private int arrivedCalls;
    private long commandCount;
    private bool isClosed;

    /// <summary>Commands waiting; any thread.</summary>
    public long CommandCount => Interlocked.Read(ref commandCount);

    /// <summary>Whether calls have arrived that were not taken over; any thread.</summary>
    public bool HasArrivals => Volatile.Read(ref arrivedCalls) > 0;

    /// <summary>Whether there is a call to run among those taken over.</summary>
    public bool HasNext => next < taken.Count;

    /// <summary>Whether nothing of what was taken over was passed yet.</summary>
    public bool IsFresh => next == 0;

    /// <summary>The call to run.</summary>
    public EngineCall Next => taken[next];

    /// <summary>Adds a call; any thread.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isFirst">Whether it is the first to arrive since the writer looked, which may sleep.</param>
    /// <returns>False when the queue is full or closed.</returns>
    public bool TryAdd(EngineCall call, out bool isFirst)
    {
        lock (arrival)
        {
            isFirst = false;
            if (isClosed || (call.CommandCount > 0 && commandCount >= commandsMax)) return false;
            Interlocked.Add(ref commandCount, call.CommandCount);
            arriving.Add(call);
            arrivedCalls = arriving.Count;
            isFirst = arrivedCalls == 1;
            return true;
        }
    }

    /// <summary>Takes no more calls; any thread.</summary>
    public void Close()
    {
        lock (arrival) isClosed = true;
    }

    /// <summary>Takes over what has arrived; once all taken over before was passed.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool TryTakeArrivals()
    {
        taken.Clear();
        next = announced = 0;
        lock (arrival)
        {
            if (arriving.Count == 0) return false;
            (arriving, taken) = (taken, arriving);
            arrivedCalls = 0;
        }
        return true;
    }

    /// <summary>Goes on to the call after this one.</summary>
    public void Pass() => next++;

    /// <summary>Says that commands do not wait any more.</summary>
    public void Release(long commands) => Interlocked.Add(ref commandCount, -commands);

    /// <summary>Has the rows of coming calls loaded while those before them run.</summary>
    public void LookAhead(Partition partition)
    {
        var end = Math.Min(next + 1 + RowPrefetch.Lead, taken.Count);
        if (announced >= end) partition.Executor.Advance();
        for (; announced < end; announced++)
        {
            // The calls themselves were written by other processors: they come first.
            if (announced + CallLead < taken.Count) taken[announced + CallLead].Prefetch();
            taken[announced].Announce(partition);
        }
    }

    /// <summary>Fails all that was not passed; after <see cref="Close"/>.</summary>
    public void Fail(Exception fault)
    {
        for (; HasNext; Pass()) Next.Fail(fault);
        lock (arrival)
        {
            foreach (var call in arriving) call.Fail(fault);
            arriving.Clear();
        }
    }
}
