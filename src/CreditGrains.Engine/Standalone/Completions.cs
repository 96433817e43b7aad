using System.Collections.Concurrent;

namespace CreditGrains.Engine.Standalone;

/// <summary>Answers callers on pool threads, several to a work item: at hundreds of thousands a second one item each would cost more than the decision.</summary>
internal sealed class Completions(Partition partition)
{
    private readonly Partition partition = partition;
    private const int CallsPerItem = 16;
    private readonly ConcurrentQueue<List<EngineCall>> lists = new();
    private readonly RepeatCache repeats = new();

    /// <summary>An empty list.</summary>
    public List<EngineCall> RentList() => lists.TryDequeue(out var list) ? list : new List<EngineCall>(1024);

    /// <summary>Completes calls and takes their list back.</summary>
    public void Queue(List<EngineCall> calls)
    {
        var item = new Group(this, calls);
        var items = (calls.Count + CallsPerItem - 1) / CallsPerItem;
        if (items == 0) GiveBack(calls);
        else item.Start(items);
    }

    /// <summary>Completes one call.</summary>
    public void Queue(EngineCall call) => Queue([call]);

    private void GiveBack(List<EngineCall> calls)
    {
        calls.Clear();
        if (lists.Count < 8) lists.Enqueue(calls);
    }

    /// <summary>The calls of one flush; each run of the item takes the next few.</summary>
    private sealed class Group(Completions owner, List<EngineCall> calls) : IThreadPoolWorkItem
    {
        private int next;
        private int left;

        public void Start(int items)
        {
            left = items;
            for (var i = 0; i < items; i++) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            var from = (Interlocked.Increment(ref next) - 1) * CallsPerItem;
            var to = Math.Min(from + CallsPerItem, calls.Count);
            for (var i = from; i < to; i++) calls[i].Complete(owner.partition, owner.repeats);
            if (Interlocked.Decrement(ref left) == 0) owner.GiveBack(calls);
        }
    }
}

/// <summary>Lets readers wait for the next durable event without polling.</summary>
internal sealed class DurableSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Set"/>. Take it before looking, then look, then wait.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Wakes everyone who waits.</summary>
    public void Set()
    {
        if (!Volatile.Read(ref next).Task.IsCompleted) Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
