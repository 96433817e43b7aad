using System.Runtime.ExceptionServices;

namespace CreditGrains.Securitisation.Measures;

/// <summary>Runs that are independent of each other, on all cores. Of several faults the one of the first run is thrown, as if they had been run in order.</summary>
internal static class ParallelRuns
{
    public static void For(int count, int parallelism, Action<int> run, RunControl? control = null)
    {
        var faults = new ExceptionDispatchInfo?[count];
        var done = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = control?.CancellationToken ?? default }, (i, loop) =>
        {
            try
            {
                run(i);
                control?.Report((double)Interlocked.Increment(ref done) / count);
            }
            catch (InvalidInputException e)
            {
                faults[i] = ExceptionDispatchInfo.Capture(e);
                loop.Break();
            }
        });
        foreach (var fault in faults) fault?.Throw();
    }
}
