using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Something that runs in a partition's turn and is answered once all it saw is durable.</summary>
internal abstract class LoopItem
{
    /// <summary>Answers; after the flush.</summary>
    public abstract void Complete(Partition partition);

    /// <summary>Answers that the partition cannot go on.</summary>
    public abstract void Fail(Exception fault);
}

/// <summary>A read, or an act of the partition's own.</summary>
internal sealed class LookItem<T>(Func<Partition, T> look) : LoopItem, ILook
{
    private readonly TaskCompletionSource<T> done = new();
    private T? result;

    public Task<T> Task => done.Task;

    public void Run(Partition partition) => result = look(partition);

    public override void Complete(Partition partition) => done.TrySetResult(result!);

    public override void Fail(Exception fault) => done.TrySetException(fault);
}

/// <summary>An item that runs at once.</summary>
internal interface ILook
{
    /// <summary>Runs inside a batch.</summary>
    void Run(Partition partition);
}

/// <summary>Commands of one call. Some may have to wait for headroom of shared nodes while later ones go on.</summary>
internal sealed class CommandItem(Command[] commands, RepeatCache repeats, TaskScheduler workers) : LoopItem
{
    private readonly TaskCompletionSource<Payload> done = new();

    public Command[] Commands { get; } = commands;

    public Outcome[] Outcomes { get; } = new Outcome[commands.Length];

    /// <summary>The partitions of facilities that live elsewhere; null when all live here.</summary>
    public int[]? Elsewhere { get; private set; }

    /// <summary>The next command to be looked at.</summary>
    public int Next { get; set; }

    /// <summary>Commands without an outcome yet.</summary>
    public int Left { get; set; } = commands.Length;

    public Task<Payload> Task => done.Task;

    /// <summary>Says where a command belongs.</summary>
    public void SendElsewhere(int place, int partition)
    {
        (Elsewhere ??= new int[Commands.Length])[place] = partition;
        Left--;
    }

    public override void Complete(Partition partition)
    {
        foreach (ref readonly var outcome in Outcomes.AsSpan())
        {
            if (!outcome.Duplicate) continue;
            // Reading back may have to ask the database: beside the turn.
            _ = workers.Run(() => ResolveAll(partition));
            return;
        }
        Answer();
    }

    public override void Fail(Exception fault) => done.TrySetException(fault);

    private void ResolveAll(Partition partition)
    {
        try
        {
            for (var i = 0; i < Outcomes.Length; i++)
                if (Outcomes[i].Duplicate) repeats.Resolve(partition, Commands[i], ref Outcomes[i]);
            Answer();
        }
        catch (Exception failure)
        {
            done.TrySetException(new PartitionUnavailableException($"An earlier answer could not be read back. {failure.Message}", failure));
        }
    }

    private void Answer() => done.TrySetResult(OutcomeWire.Write(Outcomes, Elsewhere));
}
