using System.Collections.Concurrent;

namespace CreditGrains.Api.Steps;

/// <summary>Steps kept for the next calls; any thread.</summary>
/// <typeparam name="T">The step.</typeparam>
/// <param name="make">Makes one when none is kept.</param>
internal sealed class StepPool<T>(Func<StepPool<T>, T> make)
    where T : OutcomeStep
{
    // As many as calls of one command that the engine keeps.
    private const int KeptMax = 4_096;

    private readonly ConcurrentQueue<T> kept = new();

    /// <summary>One that nobody uses.</summary>
    public T Rent() => kept.TryDequeue(out var step) ? step : make(this);

    /// <summary>Takes one back when its use has ended.</summary>
    public void Return(T step)
    {
        if (kept.Count < KeptMax) kept.Enqueue(step);
    }
}
