using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;

namespace CreditGrains.Server.Security;

/// <summary>Reads on, every second, in an audit log that other processes append to, so that pages show what was done there. What decides reads on by itself.</summary>
internal sealed class AuditFollower : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly AuditLog log;
    private readonly ServerOptions options;
    private readonly RepeatedPass passes;

    /// <summary>Begins.</summary>
    public AuditFollower(AuditLog log, ServerOptions options)
    {
        (this.log, this.options) = (log, options);
        passes = new RepeatedPass(Every, options.TimeProvider, ReadOnAsync);
    }

    /// <summary>Ends it; before the log is closed.</summary>
    public ValueTask DisposeAsync() => passes.DisposeAsync();

    /// <returns>What is wrong; null when nothing is. Told once.</returns>
    private async Task<string?> ReadOnAsync(string? told)
    {
        try
        {
            log.CatchUp();
            return null;
        }
        catch (RpcException failure)
        {
            if (failure.Message != told) await options.Output.WriteLineAsync($"AuditNotRead: {failure.Message} It is tried again every second.");
            return failure.Message;
        }
    }
}
