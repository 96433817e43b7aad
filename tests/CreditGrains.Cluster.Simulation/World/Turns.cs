using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.World;

/// <summary>
/// The turns of one activation, or the workers of one silo: work runs one piece after the other, a few at a time, when the silo is neither paused nor gone. What runs between the
/// pieces of one is a matter of the seed. Clients have turns outside of any silo.
/// </summary>
internal sealed class Turns(Timeline time, SimSilo? silo, Dice dice) : TaskScheduler
{
    private const int PiecesMax = 6;
    private readonly Queue<Task> queue = new();
    private bool isDue;

    /// <summary>Ended: what waits never runs.</summary>
    public bool IsDead { get; set; }

    private bool IsGone => silo is { IsGone: true };

    private bool IsPaused => silo is { IsPaused: true };

    /// <summary>Goes on after a pause.</summary>
    public void Wake()
    {
        if (queue.Count == 0 || isDue) return;
        isDue = true;
        time.After(dice.Below(40), RunSome);
    }

    protected override void QueueTask(Task task)
    {
        if (IsDead || IsGone) return;
        queue.Enqueue(task);
        Wake();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && !IsDead && !IsGone && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => queue;

    private void RunSome()
    {
        isDue = false;
        if (IsDead || IsGone || IsPaused) return;
        for (var pieces = 1 + dice.Below(PiecesMax); pieces > 0 && queue.TryDequeue(out var task); pieces--)
        {
            TryExecuteTask(task);
            if (IsDead || IsGone || IsPaused) break;
        }
        Wake();
    }
}
