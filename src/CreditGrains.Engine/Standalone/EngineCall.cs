using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Threading.Tasks.Sources;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine.Standalone;

/// <summary>Something a caller waits for. It runs on the writer and completes once all it may have seen is durable.</summary>
internal abstract class EngineCall
{
    // The command and most of the outcome of a single call.
    private const int LinesToPrefetch = 5;

    /// <summary>Commands in it, for the bound of the queue; 0 for a query.</summary>
    public abstract int CommandCount { get; }

    /// <summary>When its caller stops waiting, by the engine's clock; looked at when the writer takes the call up and not after.</summary>
    public long DeadlineMicros { get; set; } = ICreditEngine.NoDeadline;

    /// <summary>Runs on the writer, inside a batch.</summary>
    /// <returns>False when the frame is full and the rest must go into the next.</returns>
    public abstract bool Run(Partition partition);

    /// <summary>Tells the partition what this call will touch, when it would otherwise touch it alone; on the writer.</summary>
    public virtual void Announce(Partition partition)
    {
    }

    /// <summary>Asks the processor to load this object; looks at nothing in it.</summary>
    public unsafe void Prefetch()
    {
        if (!Sse.IsSupported) return;
        var self = this;
        // A reference is the address of its object. The collector may move it meanwhile: then the wrong lines are loaded, and no harm done.
        var address = *(byte**)Unsafe.AsPointer(ref self);
        for (var line = 0; line < LinesToPrefetch; line++) Sse.Prefetch0(address + line * 64);
    }

    /// <summary>Answers that nothing was evaluated.</summary>
    public abstract void Refuse(Reason reason, string message);

    /// <summary>Completes on a pool thread, after the flush.</summary>
    public abstract void Complete(Partition partition, RepeatCache repeats);

    /// <summary>Completes with a failure of the engine.</summary>
    public abstract void Fail(Exception fault);
}

/// <summary>One command; pooled, so that a single call allocates nothing.</summary>
internal sealed class SingleCall(Action<SingleCall> giveBack) : EngineCall, IValueTaskSource<Outcome>
{
    public Command Command;
    public Outcome Outcome;

    /// <summary>What its caller's thread found on disk for its ids.</summary>
    public DiskAnswers? Answers;
    private ManualResetValueTaskSourceCore<Outcome> core;

    public override int CommandCount => 1;

    public ValueTask<Outcome> Task => new(this, core.Version);

    public override bool Run(Partition partition) =>
        partition.Execute(new ReadOnlySpan<Command>(in Command), new Span<Outcome>(ref Outcome), Answers) == 1;

    public override void Announce(Partition partition) => partition.Executor.Announce(Command);

    public override void Refuse(Reason reason, string message) => Outcome = new Outcome { Reason = reason, Message = message };

    public override void Complete(Partition partition, RepeatCache repeats)
    {
        if (Outcome.Duplicate) repeats.Resolve(partition, Command, ref Outcome);
        core.SetResult(Outcome);
    }

    public override void Fail(Exception fault) => core.SetException(fault);

    public Outcome GetResult(short token)
    {
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            core.Reset();
            Command = default;
            Outcome = default;
            Answers = null;
            giveBack(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}

/// <summary>Many commands in the caller's memory.</summary>
internal sealed class BatchCall(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, DiskAnswers? answers) : EngineCall
{
    private readonly TaskCompletionSource done = new();
    private int taken;

    public override int CommandCount => commands.Length;

    public Task Task => done.Task;

    public override bool Run(Partition partition)
    {
        taken += partition.Execute(commands.Span[taken..], outcomes.Span[taken..], answers);
        // Taken up: the rest is decided too, in later frames.
        if (taken > 0) DeadlineMicros = ICreditEngine.NoDeadline;
        return taken == commands.Length;
    }

    public override void Refuse(Reason reason, string message) =>
        outcomes.Span[taken..].Fill(new Outcome { Reason = reason, Message = message });

    public override void Complete(Partition partition, RepeatCache repeats)
    {
        var results = outcomes.Span;
        for (var i = 0; i < results.Length; i++)
            if (results[i].Duplicate) repeats.Resolve(partition, commands.Span[i], ref results[i]);
        done.SetResult();
    }

    public override void Fail(Exception fault) => done.SetException(fault);
}

/// <summary>A read, or an act of the engine's own, on the writer.</summary>
internal sealed class WriterCall<T>(Func<Partition, T> run) : EngineCall
{
    private readonly TaskCompletionSource<T> done = new();
    private T? result;
    private Exception? refused;

    public override int CommandCount => 0;

    public Task<T> Task => done.Task;

    public override bool Run(Partition partition)
    {
        result = run(partition);
        return true;
    }

    public override void Refuse(Reason reason, string message) => refused = new EngineFaultException(message, null);

    public override void Complete(Partition partition, RepeatCache repeats)
    {
        if (refused is not null) done.SetException(refused);
        else done.SetResult(result!);
    }

    public override void Fail(Exception fault) => done.SetException(fault);
}

/// <summary>Answers of repeats that were read back lately, so that a storm of retries costs one read.</summary>
internal sealed class RepeatCache
{
    private const int Slots = 4096;
    private readonly Entry?[] entries = new Entry?[Slots];

    /// <summary>Completes a repeat's outcome.</summary>
    public void Resolve(Partition partition, in Command command, ref Outcome outcome)
    {
        ref var slot = ref entries[outcome.Sequence & (Slots - 1)];
        var cached = Volatile.Read(ref slot);
        if (cached is not null && cached.Outcome.Sequence == outcome.Sequence && cached.Id == command.Id && cached.Kind == command.Kind
            && cached.Tenant == command.Facility.Tenant)
        {
            outcome = cached.Outcome;
            return;
        }
        partition.Resolve(command, ref outcome);
        if (outcome.Duplicate) Volatile.Write(ref slot, new Entry(command.Id, command.Kind, command.Facility.Tenant, outcome));
    }

    private sealed record Entry(Domain.Requests.RequestId Id, CommandKind Kind, ushort Tenant, Outcome Outcome);
}
