using CreditGrains.Engine;

namespace CreditGrains.Orleans.Front;

/// <summary>Calls again while what fails may be over soon.</summary>
/// <param name="clock">The clock.</param>
/// <param name="bound">How long.</param>
internal sealed class Patience(TimeProvider clock, TimeSpan bound)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes a call, and again until the bound.</summary>
    /// <exception cref="EngineFaultException">It was not over.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken = default)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (Transient.Is(failure))
            {
                if (clock.GetElapsedTime(start) >= bound)
                    throw new EngineFaultException($"The cluster did not answer for {bound.TotalSeconds:0} s. {failure.Message}", failure);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }
}
