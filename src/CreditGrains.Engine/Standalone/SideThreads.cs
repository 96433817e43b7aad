namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Where jobs compute beside decisions: threads of a lower priority of the system that end with their work. Threads of the pool answer callers, so a job that held them kept decisions waiting however few of them were its own.
/// A job has a thread of its own; what it runs in parallel goes to the others of here, as its scheduler is the current one.
/// </summary>
public sealed class SideThreads : TaskScheduler
{
    private static readonly SideThreads Shared = new();

    [ThreadStatic]
    private static bool isOwn;

    private readonly Lock gate = new();
    private readonly LinkedList<Task> waiting = [];
    private int helpers;

    private SideThreads()
    {
    }

    /// <summary>Threads that work at a job at once, the job's own among them: one core is left to decisions where there are several.</summary>
    public override int MaximumConcurrencyLevel { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Runs a job on a thread of its own, which ends with it.</summary>
    /// <param name="job">What to compute. Parallel loops in it that take the current scheduler stay on threads of here.</param>
    /// <param name="cancellationToken">Keeps it from beginning; the job itself looks for more.</param>
    public static Task<T> Run<T>(Func<T> job, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(job, cancellationToken, TaskCreationOptions.LongRunning, Shared);

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if ((task.CreationOptions & TaskCreationOptions.LongRunning) != 0)
        {
            Start("job", () => TryExecuteTask(task));
            return;
        }

        lock (gate)
        {
            waiting.AddLast(task);
            // A job works at its own loop too, and takes back what no helper has begun.
            if (helpers >= MaximumConcurrencyLevel) return;
            helpers++;
        }

        Start("helper", Help);
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        isOwn && (!taskWasPreviouslyQueued || TryDequeue(task)) && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override bool TryDequeue(Task task)
    {
        lock (gate) return waiting.Remove(task);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate) return [.. waiting];
    }

    private void Help()
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (waiting.First is not { } first)
                {
                    helpers--;
                    return;
                }

                next = first.Value;
                waiting.RemoveFirst();
            }

            TryExecuteTask(next);
        }
    }

    private static void Start(string name, Action work)
    {
        new Thread(() =>
        {
            isOwn = true;
            LowPriority.Take();
            work();
        })
        { Name = $"CreditGrains {name}", IsBackground = true }.Start();
    }
}
