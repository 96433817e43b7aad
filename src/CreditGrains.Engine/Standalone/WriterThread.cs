using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Memory;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// The two threads of a standalone engine. The writer drains the queue into a batch and decides it while the flusher syncs the one
/// before; a batch is handed over when that sync is done, so at most one frame is unflushed and callers are answered after
/// theirs. Whatever arrives during a sync shares the next.
/// </summary>
internal sealed class WriterThread : IDisposable
{
    private const int HandOverCommandsMin = 256;

    // About as long as it takes to sleep and be woken.
    private const int SpinsBeforeSleep = 40;
    private const int SpinLength = 30;
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly Partition partition;
    private readonly EngineOptions options;
    private readonly AutoResetEvent writerWake = new(false);
    private readonly AutoResetEvent flusherWake = new(false);
    private readonly CallQueue calls;
    private readonly Lock actsLock = new();
    private readonly Completions completions;
    private readonly CommitDelay delay;
    private readonly Housekeeper segments;
    private readonly Housekeeper memory;
    private readonly Thread writer;
    private readonly Thread flusher;
    private readonly Queue<FlusherAct> acts = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BatchInFlight? handedOver;
    private volatile bool isFlushing;
    private volatile bool isStopping;
    private volatile bool isFlusherEnding;
    private volatile Exception? fault;

    /// <summary>Calls of the batch being decided, to be failed if deciding throws.</summary>
    private List<EngineCall> deciding = [];

    public WriterThread(Partition partition, EngineOptions options)
    {
        this.partition = partition;
        this.options = options;
        calls = new CallQueue(options.QueuedCommandsMax);
        completions = new Completions(partition);
        delay = new CommitDelay(options.CommitDelay, options.Clock);
        segments = new Housekeeper("segments", () => partition.Journal.Writer.WantsSpare, PrepareSpare);
        memory = new Housekeeper("memory", () => ZeroPages.WantsRefill, ZeroPages.Refill);
        Snapshots = new SnapshotRuns(partition, options, this);
        Spills = new SpillRuns(partition, options.Clock, this);
        Pools = new WatchedPools(options.Clock);
        writer = new Thread(WriterLoop) { Name = "CreditGrains writer", IsBackground = true };
        flusher = new Thread(FlusherLoop) { Name = "CreditGrains flusher", IsBackground = true };
    }

    /// <summary>Snapshots under way.</summary>
    public SnapshotRuns Snapshots { get; }

    /// <summary>Request ids on their way to disk.</summary>
    public SpillRuns Spills { get; }

    /// <summary>Pools that can be read without the writer.</summary>
    public WatchedPools Pools { get; }

    /// <summary>Told after every flush that made events durable.</summary>
    public DurableSignal Durable { get; } = new();

    /// <summary>Completes when both threads have ended; faulted when the journal failed.</summary>
    public Task Stopped => stopped.Task;

    /// <summary>Why the engine failed; null while it works.</summary>
    public Exception? Fault => fault;

    /// <summary>Whether calls are taken.</summary>
    public bool IsServing => !isStopping && fault is null;

    /// <summary>Commands waiting.</summary>
    public long QueuedCommands => calls.CommandCount;

    public void Start()
    {
        segments.Start();
        memory.Start();
        writer.Start();
        flusher.Start();
    }

    /// <summary>Queues a call, or completes it at once as overloaded, stopped or failed.</summary>
    public void Submit(EngineCall call)
    {
        if (!calls.TryAdd(call, out var isFirst)) Reject(call);
        else if (isFirst) writerWake.Set();
    }

    /// <summary>Wakes the writer for work of the engine's own.</summary>
    public void Wake() => writerWake.Set();

    /// <summary>Refuses further calls, decides and flushes what waits, and ends the threads.</summary>
    public void Stop()
    {
        lock (actsLock) isStopping = true;
        calls.Close();
        writerWake.Set();
    }

    /// <summary>Runs something on the flusher between two appends, so that it sees none half done.</summary>
    public Task<T> BetweenAppends<T>(Func<T> act)
    {
        var queued = new FlusherAct<T>(act);
        lock (actsLock)
        {
            if (isStopping || fault is not null) queued.Fail(fault ?? new EngineFaultException("The engine is stopped.", null));
            else acts.Enqueue(queued);
        }
        flusherWake.Set();
        return queued.Task;
    }

    /// <summary>Ends the engine with a failure from outside.</summary>
    public void Fence(Exception cause)
    {
        Fail(cause);
        writerWake.Set();
        flusherWake.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writerWake.Dispose();
        flusherWake.Dispose();
    }

    private void Reject(EngineCall call)
    {
        if (fault is { } failed) call.Fail(failed);
        else
        {
            var reason = isStopping ? Reason.EngineStopped : Reason.Overloaded;
            call.Refuse(reason, Outcomes.MessageOf(reason));
            completions.Queue(call);
        }
    }

    private long NowMicros() => options.Clock.UnixMicros();

    private void WriterLoop()
    {
        try
        {
            while (fault is null && TurnOnce())
            {
            }
        }
        catch (Exception failure)
        {
            // A bug or an unusable state: nothing undecided may be answered, nothing decided may be shown.
            Fail(failure);
            foreach (var call in deciding) call.Fail(fault!);
        }
        while (isFlushing && fault is null) writerWake.WaitOne();
        Snapshots.Abandon();
        isStopping = true;
        calls.Close();
        isFlusherEnding = true;
        flusherWake.Set();
        flusher.Join();
        segments.Dispose();
        memory.Dispose();
        FailHandedOver();
        FailQueued();
        if (fault is { } failed) stopped.TrySetException(failed);
        else stopped.TrySetResult();
    }

    /// <summary>One turn: wait for work, decide a batch, hand it over.</summary>
    /// <returns>False when the engine stops and nothing waits.</returns>
    private bool TurnOnce()
    {
        if (!calls.HasNext && !WaitForWork()) return false;
        Snapshots.Step();
        Spills.Step();
        segments.WakeIfNeeded();
        memory.WakeIfNeeded();
        var decided = deciding = completions.RentList();
        if (!HasRoom(out var refusal))
        {
            RefuseWithoutRoom(decided, refusal);
            deciding = [];
            return fault is null;
        }
        var batch = partition.Begin(NowMicros());
        var commands = 0;
        var isFull = false;
        var seen = 0;
        while (!isFull)
        {
            isFull = RunQueued(decided, ref commands);
            if (isFull) break;
            if (isFlushing)
            {
                // While the disk is busy, later arrivals may still join this batch; until they come, work of the engine's own goes on.
                if (partition.WorkMeanwhile()) continue;
                AwaitCallsOrDisk();
                if (fault is not null) break;
            }
            else if (delay.TryPause(commands, commands - seen)) seen = commands;
            else break;
        }
        partition.End();
        var copies = Pools.Take(partition);
        while (isFlushing && fault is null) writerWake.WaitOne();
        if (fault is { } failed)
        {
            foreach (var call in decided) call.Fail(failed);
            return false;
        }
        deciding = [];
        handedOver = new BatchInFlight(batch, decided, copies);
        isFlushing = true;
        flusherWake.Set();
        delay.HandedOver();
        return true;
    }

    /// <summary>Waits for more calls or the end of the flush. Sleeping costs more than a short flush takes, so it is put off a little.</summary>
    private void AwaitCallsOrDisk()
    {
        for (var spins = 0; spins < SpinsBeforeSleep; spins++)
        {
            if (!isFlushing || calls.HasArrivals) return;
            Thread.SpinWait(SpinLength);
        }
        writerWake.WaitOne();
    }

    /// <summary>Waits until something is to be done. The wait is bounded, so that due items end and the clock is watched while idle.</summary>
    private bool WaitForWork()
    {
        while (true)
        {
            if (calls.TryTakeArrivals()) return true;
            if (fault is not null) return false;
            if (Snapshots.WantsTurn || partition.Executor.HasOwnWork(NowMicros())) return true;
            if (isStopping) return false;
            if (writerWake.WaitOne(TickInterval)) continue;
            partition.Tick(NowMicros());
            Pools.Forget();
        }
    }

    /// <summary>Runs queued calls into the batch.</summary>
    /// <returns>Whether the batch is to be handed over as it is.</returns>
    private bool RunQueued(List<EngineCall> decided, ref int commands)
    {
        var before = commands;
        var isFull = false;
        var now = NowMicros();
        while (!isFull && (calls.HasNext || calls.TryTakeArrivals()))
        {
            // A fresh part of the queue; within one a few hundred microseconds pass.
            if (calls.IsFresh) now = NowMicros();
            // An idle disk takes what there is: callers are answered while the rest is decided, instead of all in lockstep.
            if (commands >= options.FrameCommandsMax || (commands >= HandOverCommandsMin && !isFlushing)) break;
            calls.LookAhead(partition);
            var call = calls.Next;
            if (call.DeadlineMicros <= now) call.Refuse(Reason.DeadlineExceeded, Outcomes.MessageOf(Reason.DeadlineExceeded));
            else if (isFull = !call.Run(partition)) break;
            commands += call.CommandCount;
            decided.Add(call);
            calls.Pass();
        }
        calls.Release(commands - before);
        return isFull || calls.HasNext;
    }

    /// <summary>Whether another batch may be decided: there is room for its frame on disk and for its ids in memory.</summary>
    private bool HasRoom(out Reason refusal)
    {
        refusal = Reason.None;
        if (!partition.TryReserve(out var journal)) refusal = journal.Reason == JournalRefusalReason.StandbyLost ? Reason.StandbyLost : Reason.DiskFull;
        else if (partition.Ids.IsFull) refusal = Reason.Overloaded;
        return refusal == Reason.None;
    }

    /// <summary>Without room every waiting command is refused and nothing is decided; reads go on.</summary>
    private void RefuseWithoutRoom(List<EngineCall> refused, Reason reason)
    {
        var message = reason == Reason.Overloaded
            ? "the disk does not take request ids as fast as they come, and memory for them is full; see the engine's log, wait and send the same id again"
            : Outcomes.MessageOf(reason);
        for (; calls.HasNext; calls.Pass())
        {
            var call = calls.Next;
            if (call.CommandCount == 0) call.Run(partition);
            else call.Refuse(reason, message);
            calls.Release(call.CommandCount);
            refused.Add(call);
        }
        while (isFlushing && fault is null) writerWake.WaitOne();
        if (fault is { } failed)
        {
            foreach (var call in refused) call.Fail(failed);
            return;
        }
        completions.Queue(refused);
        // Due items wait for room too; do not spin on them. A snapshot under way goes on.
        if (!Snapshots.WantsTurn) writerWake.WaitOne(TickInterval);
    }

    private void PrepareSpare()
    {
        try
        {
            partition.Journal.Writer.PrepareSpareAhead(out _);
        }
        catch (Exception failure)
        {
            // A disk that fails here fails the next append too, which says so; a full one is met by TryReserve.
            partition.Warn($"Preparing the next journal segment failed: {failure.Message}");
        }
    }

    private void FlusherLoop()
    {
        while (true)
        {
            flusherWake.WaitOne();
            if (fault is null) RunActs();
            if (fault is not null)
            {
                FailHandedOver();
                return;
            }
            if (isFlusherEnding) return;
            // Woken for acts alone, or by a signal that came while the batch before was flushed.
            if (!isFlushing) continue;
            var batch = handedOver!;
            try
            {
                partition.Flush(batch.Decided);
            }
            catch (Exception failure)
            {
                Fail(failure);
                FailHandedOver();
                return;
            }
            if (batch.Copies is { } copies) Pools.Publish(copies);
            isFlushing = false;
            writerWake.Set();
            if (batch.Decided.EventCount > 0) Durable.Set();
            completions.Queue(batch.Calls);
        }
    }

    private void RunActs()
    {
        while (true)
        {
            FlusherAct? act;
            lock (actsLock)
            {
                if (!acts.TryDequeue(out act)) return;
            }
            // An act that throws found that this writer must stop, as when another took over.
            if (act.Run() is { } failure) Fail(failure);
        }
    }

    private void FailHandedOver()
    {
        if (isFlushing && fault is { } failed)
        {
            foreach (var call in handedOver!.Calls) call.Fail(failed);
            isFlushing = false;
        }
        writerWake.Set();
    }

    private void Fail(Exception failure)
    {
        lock (actsLock)
        {
            fault ??= new EngineFaultException($"The engine has failed and must be restarted; nothing acknowledged is lost. {failure.Message}", failure);
        }
        calls.Close();
    }

    private void FailQueued()
    {
        var failed = fault ?? new EngineFaultException("The engine is stopped.", null);
        calls.Fail(failed);
        lock (actsLock)
        {
            while (acts.TryDequeue(out var act)) act.Fail(failed);
        }
    }

    private sealed record BatchInFlight(DecidedBatch Decided, List<EngineCall> Calls, WatchedPools.Copies? Copies);
}
