using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// A partition's parts of backtests. Each waits for its turn, of which a silo has one, then runs over the partition's own journal beside the turns. The front door that began it asks how far it is; a part that
/// nobody asks about is given up, and all go with the activation: where the partition opens next they are begun again. Members belong to the partition's scheduler.
/// </summary>
/// <param name="turn">The silo's.</param>
/// <param name="clock">Tells how long nobody asked.</param>
/// <param name="execute">Makes a part; told where to say how far it is, in parts of a thousand, and when to stop.</param>
internal sealed class PartitionBacktests(SemaphoreSlim turn, TimeProvider clock, Func<BacktestAsk, Action<int>, CancellationToken, Task<BacktestPart>> execute) : IAsyncDisposable
{
    /// <summary>How long a part goes on, or is kept, without being asked about.</summary>
    public static readonly TimeSpan UnaskedMax = TimeSpan.FromMinutes(1);

    /// <summary>Most parts at once: those of front doors that died meanwhile count for another minute.</summary>
    public const int RunsMax = 16;

    private readonly Dictionary<string, PartRun> runs = new(StringComparer.Ordinal);
    private readonly List<Task> ending = [];

    /// <summary>Begins a part; one that has begun goes on.</summary>
    public BacktestAnswer Start(BacktestAsk ask)
    {
        if (runs.TryGetValue(ask.Run, out var known) && known.Answer.State != BacktestState.None) return Poll(ask.Run);
        if (known is null && runs.Count >= RunsMax)
            return new BacktestAnswer(BacktestState.Failed, Fault: $"TooManyBacktests: {RunsMax} wait in this partition; cancel some, or start this one in a minute.");
        var run = runs[ask.Run] = new PartRun { AskedAt = clock.GetTimestamp() };
        run.Work = RunAsync(ask, run);
        return run.Answer;
    }

    /// <summary>Where a part is.</summary>
    public BacktestAnswer Poll(string name)
    {
        if (!runs.TryGetValue(name, out var run)) return BacktestAnswer.None;
        run.AskedAt = clock.GetTimestamp();
        return run.Answer.State == BacktestState.Running ? run.Answer with { ProgressPermille = run.Permille } : run.Answer;
    }

    /// <summary>Gives a part up.</summary>
    public void Drop(string name)
    {
        if (!runs.Remove(name, out var run)) return;
        run.Stop();
        ending.RemoveAll(work => work.IsCompleted);
        ending.Add(run.Work);
    }

    /// <summary>Gives up what nobody asks about; about once a second.</summary>
    public void Tick()
    {
        if (runs.Count == 0) return;
        foreach (var name in runs.Where(pair => clock.GetElapsedTime(pair.Value.AskedAt) > UnaskedMax).Select(pair => pair.Key).ToArray()) Drop(name);
    }

    /// <summary>Gives all up, and waits until none reads the journal any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in runs.Keys.ToArray()) Drop(name);
        await Task.WhenAll(ending);
    }

    /// <summary>Ends without failing: what failed is the answer.</summary>
    private async Task RunAsync(BacktestAsk ask, PartRun run)
    {
        try
        {
            await turn.WaitAsync(run.Stopping);
            try
            {
                run.Answer = new BacktestAnswer(BacktestState.Done, 1_000, Part: await execute(ask, permille => run.Permille = permille, run.Stopping));
            }
            finally
            {
                turn.Release();
            }
        }
        catch (Exception failure)
        {
            // The database was away, say, or the partition moves: begun again it may come to its end.
            run.Answer = Transient.Is(failure) || run.Stopping.IsCancellationRequested ? BacktestAnswer.None : new BacktestAnswer(BacktestState.Failed, Fault: failure.Message);
        }
    }

#pragma warning disable CA1001 // A source without timer or linked tokens holds nothing to give back, and Stop may come after the end.
    private sealed class PartRun
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource stop = new();
        private int permille;

        public BacktestAnswer Answer { get; set; } = new(BacktestState.Running);

        public Task Work { get; set; } = Task.CompletedTask;

        public long AskedAt { get; set; }

        public CancellationToken Stopping => stop.Token;

        /// <summary>Written by the part's own thread.</summary>
        public int Permille
        {
            get => Volatile.Read(ref permille);
            set => Volatile.Write(ref permille, value);
        }

        public void Stop() => _ = stop.CancelAsync();
    }
}
