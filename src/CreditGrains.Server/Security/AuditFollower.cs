using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;

namespace CreditGrains.Server.Security;

/// <summary>Reads on, every second, in an audit log that other processes append to, so that pages show what was done there. What decides reads on by itself.</summary>
internal sealed class AuditFollower : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly AuditLog log;
    private readonly ServerOptions options;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    /// <summary>Begins.</summary>
    public AuditFollower(AuditLog log, ServerOptions options)
    {
        (this.log, this.options) = (log, options);
        running = Task.Run(RunAsync);
    }

    /// <summary>Ends it; before the log is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every, options.TimeProvider);
        string? told = null;
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token)) told = ReadOn(told);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ended.
        }
    }

    /// <returns>What is wrong; null when nothing is. Told once.</returns>
    private string? ReadOn(string? told)
    {
        try
        {
            log.CatchUp();
            return null;
        }
        catch (RpcException failure)
        {
            if (failure.Message != told) options.Output.WriteLine($"AuditNotRead: {failure.Message} It is tried again every second.");
            return failure.Message;
        }
    }
}
