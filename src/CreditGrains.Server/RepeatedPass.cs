namespace CreditGrains.Server;

/// <summary>Does something again and again until it is disposed of; a pass under way is finished then.</summary>
internal sealed class RepeatedPass : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    /// <summary>Begins: the first pass comes after the first pause.</summary>
    /// <param name="every">The pause.</param>
    /// <param name="clock">Of the pauses.</param>
    /// <param name="pass">Given the failure that was told last, so that the same is told once, it gives the one there is now; null when all is well.</param>
    public RepeatedPass(TimeSpan every, TimeProvider clock, Func<string?, Task<string?>> pass) => running = Task.Run(() => RunAsync(every, clock, pass));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync(TimeSpan every, TimeProvider clock, Func<string?, Task<string?>> pass)
    {
        using var timer = new PeriodicTimer(every, clock);
        string? told = null;
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token)) told = await pass(told);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to end, between two passes.
        }
    }
}
