using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Pools;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Loans drawn on facilities of pools with concentration rules: each is made at once and outside; the pool's grain is asked, tells what the pool's other parts hold, and the loan enters by an event of the
/// partition's own if the rules let it. Meanwhile what could change its facility waits, and so does who reads the pool, so that all see it as if it had entered when it was drawn. In the turns of the partition.
/// </summary>
internal sealed class EntryDesk(PartitionLoop loop, OwnCommands own, Func<NodeKey, Task> ask, Action<string> warn, TimeProvider clock)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);
    private readonly List<UndecidedLoan> undecided = loop.Partition.Executor.Pooled.Undecided;
    private readonly HashSet<NodeKey> asking = [];
    private readonly Queue<(NodeKey Pool, OtherParts Others, TaskCompletionSource Done)> arrived = new();
    private readonly List<TaskCompletionSource> flushing = [];
    private readonly Queue<HeldCommand> held = new();
    private readonly Dictionary<NodeKey, int> heldOf = [];
    private readonly List<(NodeKey Pool, TaskCompletionSource Done)> readers = [];

    /// <summary>Whether something has arrived, or may go on.</summary>
    public bool HasWork => arrived.Count > 0 || (undecided.Count == 0 && held.Count > 0);

    /// <summary>Whether a command must wait for loans of its facility, or behind one that does: control commands and places of sessions keep their order. What a pool's grain sends does not wait: the grain would, for itself.</summary>
    public bool MustWait(in Command command)
    {
        if (undecided.Count == 0 && held.Count == 0) return false;
        if (IsWaitedFor(command.Facility)) return true;
        return command.Control is not (null or PoolCommand or TransferToPool { Others: not null }) || command.Id.IsSession;
    }

    /// <summary>Keeps a command.</summary>
    public void Hold(HeldCommand command)
    {
        held.Enqueue(command);
        heldOf[command.Command.Facility] = heldOf.GetValueOrDefault(command.Command.Facility) + 1;
    }

    /// <summary>Decides loans of pools that have answered, and lets run what waited for them; inside a batch.</summary>
    /// <param name="run">Runs a command, or says that the frame is full.</param>
    public void TakeArrived(Func<HeldCommand, bool> run)
    {
        while (arrived.TryPeek(out var answer))
        {
            foreach (var one in undecided.FindAll(one => one.Pool == answer.Pool))
                if (!loop.RunOwn(own.Next(new TransferToPool(one.Facility, one.Pool) { Others = answer.Others, Loan = one.Reference }), out _)) return;
            arrived.Dequeue();
            flushing.Add(answer.Done);
            loop.Current.AfterFlush.Add(() =>
            {
                flushing.Remove(answer.Done);
                answer.Done.SetResult();
            });
        }

        // One that draws a loan again waits, and all behind it.
        while (undecided.Count == 0 && held.TryPeek(out var first))
        {
            if (loop.IsFull || !run(first)) break;
            held.Dequeue();
            if (--heldOf[first.Command.Facility] == 0) heldOf.Remove(first.Command.Facility);
        }
    }

    /// <summary>Asks the pools of loans that were drawn; at the end of a batch, when they are durable.</summary>
    public void EndBatch()
    {
        for (var i = readers.Count - 1; i >= 0; i--)
        {
            if (IsUndecided(readers[i].Pool)) continue;
            readers[i].Done.SetResult();
            readers.RemoveAt(i);
        }

        foreach (var one in undecided)
            if (asking.Add(one.Pool)) loop.Current.AfterFlush.Add(() => _ = AskAsync(one.Pool));
    }

    /// <summary>Goes on with what an earlier activation left undecided.</summary>
    public void Resume()
    {
        foreach (var one in undecided)
            if (asking.Add(one.Pool)) _ = AskAsync(one.Pool);
    }

    /// <summary>Decides the loans that wait to enter a pool; durable when it completes.</summary>
    public Task DecideAsync(NodeKey pool, OtherParts others)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        arrived.Enqueue((pool, others, done));
        loop.Start();
        return done.Task;
    }

    /// <summary>Completes when no loan waits to enter a pool.</summary>
    public Task SettledAsync(NodeKey pool)
    {
        if (!IsUndecided(pool)) return Task.CompletedTask;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        readers.Add((pool, done));
        return done.Task;
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault)
    {
        foreach (var command in held) command.Item.Fail(fault);
        foreach (var (_, _, done) in arrived) done.TrySetException(fault);
        foreach (var done in flushing) done.TrySetException(fault);
        foreach (var (_, done) in readers) done.TrySetException(fault);
        held.Clear();
        heldOf.Clear();
        arrived.Clear();
        flushing.Clear();
        readers.Clear();
    }

    private bool IsUndecided(NodeKey pool) => undecided.Exists(one => one.Pool == pool);

    private bool IsWaitedFor(NodeKey facility) => heldOf.ContainsKey(facility) || undecided.Exists(one => one.Facility == facility);

    private async Task AskAsync(NodeKey pool)
    {
        while (loop.IsAlive && IsUndecided(pool))
        {
            var first = undecided.Find(one => one.Pool == pool);
            try
            {
                await ask(pool);
                if (loop.IsAlive && undecided.Contains(first)) await Task.Delay(AskAgainAfter, clock);
            }
            catch (Exception failure)
            {
                warn($"{pool} could not be asked to let loans in; trying again. {failure.Message}");
                await Task.Delay(AskAgainAfter, clock);
            }
        }

        asking.Remove(pool);
    }
}
