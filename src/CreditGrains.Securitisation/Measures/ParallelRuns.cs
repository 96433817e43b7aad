using System.Runtime.ExceptionServices;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// Runs that are independent of each other, on threads of their own: a job of minutes must not hold threads of the pool, on which callers are answered and told that it is to end. Of several
/// faults the one of the first run is thrown, as if they had been run in order.
/// </summary>
internal static class ParallelRuns
{
    /// <summary>Threads for each of some runs: one where they fill the cores themselves, else −1, one a core.</summary>
    public static int Within(int count) => count >= Environment.ProcessorCount ? 1 : -1;

    /// <summary>Runs them; returns when all have ended.</summary>
    /// <param name="count">How many, from 0.</param>
    /// <param name="parallelism">Threads at most, the caller's among them; −1 is one a core.</param>
    /// <param name="run">One of them.</param>
    /// <param name="control">Told how far they are; stops them between two.</param>
    /// <exception cref="OperationCanceledException">The control said so.</exception>
    public static void For(int count, int parallelism, Action<int> run, RunControl? control = null)
    {
        var turn = new Turn(count, run, control);
        var helpers = new Thread[Math.Max(0, Math.Min(count, parallelism > 0 ? parallelism : Environment.ProcessorCount) - 1)];
        for (var i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(turn.Work) { Name = "CreditGrains runs", IsBackground = true };
            helpers[i].Start();
        }

        turn.Work();
        foreach (var helper in helpers) helper.Join();
        control?.CancellationToken.ThrowIfCancellationRequested();
        turn.First?.Throw();
    }

    /// <summary>The runs of one call. Each thread takes the next until one has failed: those before it were taken earlier and end.</summary>
    private sealed class Turn(int count, Action<int> run, RunControl? control)
    {
        private readonly Lock gate = new();
        private int taken;
        private int done;
        private int firstFailed = int.MaxValue;

        /// <summary>What the first of the failed runs threw.</summary>
        public ExceptionDispatchInfo? First { get; private set; }

        public void Work()
        {
            while (control is not { CancellationToken.IsCancellationRequested: true } && Interlocked.Increment(ref taken) - 1 is var i && i < Math.Min(count, Volatile.Read(ref firstFailed)))
            {
                try
                {
                    run(i);
                    control?.Report((double)Interlocked.Increment(ref done) / count);
                }
                catch (Exception fault)
                {
                    // Thrown again on the caller's thread, whatever it is.
                    Fail(i, ExceptionDispatchInfo.Capture(fault));
                }
            }
        }

        private void Fail(int at, ExceptionDispatchInfo fault)
        {
            lock (gate)
            {
                if (at >= firstFailed) return;
                First = fault;
                Volatile.Write(ref firstFailed, at);
            }
        }
    }
}
