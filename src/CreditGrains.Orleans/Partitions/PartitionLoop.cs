using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Standalone;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// The single writer of a partition, inside the turns of one grain: takes what waits as a batch, decides it while the batch before is flushed, and answers when
/// its own flush is done. At most one frame is unflushed; nothing is visible before its flush; after a failed flush memory is poison and every
/// caller is told so. All members belong to the grain's scheduler.
/// </summary>
internal sealed class PartitionLoop
{
    private const int CommandsOfBatchMax = 8_192;

    private readonly Partition partition;
    private readonly PartitionLoopOptions options;
    private readonly RepeatCache repeats = new();
    private readonly LinkedList<LoopItem> queue = new();
    private readonly Action<Exception> failed;
    private Flight? current;
    private Task flushing = Task.CompletedTask;
    private Task running = Task.CompletedTask;
    private bool isStopping;
    private int queuedCommands;
    private long progressAt;
    private Exception? fault;

    /// <param name="partition">Opened; disposed of by the owner after <see cref="StopAsync"/>.</param>
    /// <param name="options">Bounds and clock.</param>
    /// <param name="failed">Told once when the loop cannot go on.</param>
    public PartitionLoop(Partition partition, PartitionLoopOptions options, Action<Exception> failed)
    {
        this.partition = partition;
        this.options = options;
        this.failed = failed;
    }

    /// <summary>Decides which commands may run now; null: all.</summary>
    public IAdmission? Admission { get; set; }

    /// <summary>Takes snapshots between batches; null: none.</summary>
    public PartitionSnapshots? Snapshots { get; set; }

    /// <summary>The engine.</summary>
    public Partition Partition => partition;

    /// <summary>The batch being decided; only inside its turn.</summary>
    public Flight Current => current ?? throw new InvalidOperationException("No batch is being decided.");

    /// <summary>Executes commands; completes when the outcomes are durable.</summary>
    public Task<Payload> ExecuteAsync(Command[] commands)
    {
        var item = new CommandItem(commands, repeats, options.Workers);
        if (queuedCommands + commands.Length > options.QueuedCommandsMax && queuedCommands > 0)
        {
            item.Outcomes.AsSpan().Fill(new Outcome { Reason = Reason.Overloaded, Message = Outcomes.MessageOf(Reason.Overloaded) });
            item.Complete(partition);
            return item.Task;
        }
        queuedCommands += commands.Length;
        Enqueue(item);
        return item.Task;
    }

    /// <summary>Runs something in the turn; completes when what it saw is durable.</summary>
    public Task<T> LookAsync<T>(Func<Partition, T> look)
    {
        var item = new LookItem<T>(look);
        Enqueue(item);
        return item.Task;
    }

    /// <summary>Lets the partition do its own work when some is due, and notes the clock.</summary>
    public void Tick()
    {
        if (fault is not null) return;
        if (!running.IsCompleted && options.Clock.GetElapsedTime(progressAt) > options.StandstillMax)
        {
            Fail(new TimeoutException($"No batch has ended for {options.StandstillMax.TotalSeconds:0} s."));
            return;
        }
        partition.Tick(NowMicros);
        if (HasOwnWork) Start();
    }

    /// <summary>Starts the loop when it rests: something may be done.</summary>
    public void Start()
    {
        if (!running.IsCompleted || fault is not null) return;
        progressAt = options.Clock.GetTimestamp();
        running = RunAsync();
    }

    /// <summary>Runs one command that was held, in the batch being decided.</summary>
    /// <returns>False when the frame is full: hold it further.</returns>
    public bool RunHeld(CommandItem item, int place)
    {
        if (IsFull) return false;
        if (partition.Execute(item.Commands.AsSpan(place, 1), item.Outcomes.AsSpan(place, 1)) == 0) return false;
        Admission?.Executed(item, place, 1);
        Settle(item);
        return true;
    }

    /// <summary>A held command has its outcome.</summary>
    public void Settle(CommandItem item)
    {
        Current.Commands++;
        if (--item.Left == 0) Current.Decided.Add(item);
    }

    /// <summary>Runs a command of the partition's own, in the batch being decided.</summary>
    /// <param name="command">The command.</param>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="isRest">Whether it belongs to what this batch has begun: the half of the frame that is kept free has room for it.</param>
    /// <returns>False when the frame is full.</returns>
    public bool RunOwn(in Command command, out Outcome outcome, bool isRest = false)
    {
        outcome = default;
        return (isRest || !IsFull) && partition.Execute(new ReadOnlySpan<Command>(in command), new Span<Outcome>(ref outcome)) == 1;
    }

    /// <summary>The clock, microseconds since the Unix epoch.</summary>
    public long NowMicros => options.Clock.UnixMicros();

    /// <summary>Whether the batch takes no more.</summary>
    public bool IsFull => Current.IsFull(options.FrameBytesMax, CommandsOfBatchMax);

    /// <summary>Decides and flushes what waits, then ends; later calls fail.</summary>
    public async Task StopAsync()
    {
        isStopping = true;
        await Task.WhenAny(running);
        await Task.WhenAny(flushing);
        Fail(new PartitionUnavailableException("The partition moves to another silo; send the same request again."), isFault: false);
    }

    /// <summary>Ends the loop: every waiting caller is told.</summary>
    public void Fail(Exception cause, bool isFault = true)
    {
        if (fault is not null) return;
        fault = cause as PartitionUnavailableException ?? new PartitionUnavailableException(
            $"The partition's activation has ended; nothing acknowledged is lost. Send the same request again. {cause.Message}", cause);
        foreach (var item in queue) item.Fail(fault);
        queue.Clear();
        Admission?.Fail(fault);
        if (isFault) failed(cause);
    }

    /// <summary>Whether the loop can go on.</summary>
    public bool IsAlive => fault is null;

    private bool HasOwnWork => partition.Executor.HasOwnWork(NowMicros) || (!isStopping && Snapshots is { WantsTurn: true });

    private bool HasWork => queue.Count > 0 || Admission is { HasWork: true } || HasOwnWork;

    private void Enqueue(LoopItem item)
    {
        if (fault is not null || isStopping)
        {
            item.Fail(fault ?? new PartitionUnavailableException("The partition moves to another silo; send the same request again."));
            return;
        }
        queue.AddLast(item);
        Start();
    }

    private async Task RunAsync()
    {
        try
        {
            // Calls that have arrived already come into this batch.
            await Task.Yield();
            while (fault is null)
            {
                if (!HasWork)
                {
                    if (flushing.IsCompleted) break;
                    await flushing;
                    continue;
                }
                var flight = current = new Flight(partition.Begin(NowMicros));
                RunQueued(flight);
                if (!flushing.IsCompleted)
                {
                    await flushing;
                    if (fault is not null) break;
                    // Whatever came during the flush shares this batch.
                    RunQueued(flight);
                }
                Admission?.EndBatch();
                partition.End();
                current = null;
                Snapshots?.Step();
                flushing = FlushAsync(flight);
                progressAt = options.Clock.GetTimestamp();
                // A batch without events is flushed at once: other turns come in between all the same.
                if (flushing.IsCompleted) await Task.Yield();
            }
        }
        catch (Exception failure)
        {
            foreach (var item in current?.Decided ?? []) item.Fail(new PartitionUnavailableException($"Deciding failed; nothing of it stands. {failure.Message}", failure));
            Fail(failure);
        }
        // Decided beside a flush that failed, or when the loop was given up: nothing of it stands.
        if (fault is null) return;
        foreach (var item in current?.Decided ?? []) item.Fail(fault);
    }

    private void RunQueued(Flight flight)
    {
        Admission?.BeginBatch();
        while (queue.First is { } first && !flight.IsFull(options.FrameBytesMax, CommandsOfBatchMax))
        {
            if (first.Value is ILook look)
            {
                look.Run(partition);
                flight.Decided.Add(first.Value);
            }
            else if (!RunCommands((CommandItem)first.Value, flight)) return;
            queue.Remove(first);
        }
    }

    /// <summary>Runs a call's commands as far as they go.</summary>
    /// <returns>False when the frame is full.</returns>
    private bool RunCommands(CommandItem item, Flight flight)
    {
        while (item.Next < item.Commands.Length)
        {
            if (flight.IsFull(options.FrameBytesMax, CommandsOfBatchMax)) return false;
            var end = Admission?.Admit(item) ?? item.Commands.Length;
            if (end == item.Next)
            {
                // The next one waits, or was answered without being decided.
                item.Next++;
                queuedCommands--;
                continue;
            }
            var taken = partition.Execute(item.Commands.AsSpan(item.Next, end - item.Next), item.Outcomes.AsSpan(item.Next, end - item.Next));
            Admission?.Executed(item, item.Next, taken);
            item.Next += taken;
            item.Left -= taken;
            queuedCommands -= taken;
            flight.Commands += taken;
            if (item.Next < end) return false;
        }
        if (item.Left == 0) flight.Decided.Add(item);
        return true;
    }

    private async Task FlushAsync(Flight flight)
    {
        try
        {
            await partition.FlushAsync(flight.Batch);
        }
        catch (Exception failure)
        {
            var cause = new PartitionUnavailableException($"A batch may or may not be durable; the same requests, sent again, tell. {failure.Message}", failure);
            foreach (var item in flight.Decided) item.Fail(cause);
            foreach (var item in current?.Decided ?? []) item.Fail(cause);
            Fail(failure);
            return;
        }
        foreach (var item in flight.Decided) item.Complete(partition);
        foreach (var send in flight.AfterFlush) send();
    }
}

/// <summary>Bounds of a loop.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="FrameBytesMax">Payload after which a batch takes no more commands.</param>
/// <param name="QueuedCommandsMax">Commands that may wait, beyond which callers get Overloaded.</param>
/// <param name="StandstillMax">How long no batch may end while there is work; then the activation gives up and the next one reads what stands.</param>
/// <param name="Workers">Where what blocks runs, beside the turns.</param>
internal sealed record PartitionLoopOptions(TimeProvider Clock, int FrameBytesMax, int QueuedCommandsMax, TimeSpan StandstillMax, TaskScheduler Workers);
