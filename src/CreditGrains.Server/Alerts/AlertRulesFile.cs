using CreditGrains.Engine.Alerts;
using CreditGrains.Securitisation;

namespace CreditGrains.Server.Alerts;

/// <summary>
/// The file of alert rules of a server: read at the start, and again whenever it was written. A file with a fault is told of once, with the path and the fix, and the rules in force stay.
/// </summary>
public sealed class AlertRulesFile : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly string path;
    private readonly Action<AlertRules> use;
    private readonly ServerOptions options;

    /// <param name="path">Of the file.</param>
    /// <param name="use">Puts other rules in force, or refuses them by <see cref="InvalidInputException"/>.</param>
    /// <param name="options">Clock and output.</param>
    internal AlertRulesFile(string path, Action<AlertRules> use, ServerOptions options) => (this.path, this.use, this.options) = (path, use, options);

    /// <summary>Reads the rules a server starts with.</summary>
    /// <exception cref="StartException">AlertRules: it cannot be read, or says something else than is meant.</exception>
    public static AlertRules Read(string path)
    {
        try
        {
            return AlertFile.Parse(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            throw StartException.AlertRules(path, failure);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, options.TimeProvider);
        var seen = Stamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Stamp();
                if (now == seen) continue;
                seen = now;
                await TakeAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
            return;
        }
    }

    private async Task TakeAsync()
    {
        try
        {
            var rules = AlertFile.Parse(await File.ReadAllBytesAsync(path));
            use(rules);
            await options.Output.WriteLineAsync($"Alerts: {rules.Rules.Length} rules of '{rules.Name}' are in force, from {path}.");
        }
        catch (Exception failure) when (failure is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            await options.Output.WriteLineAsync($"AlertRules: {path}: {failure.Message.TrimEnd('.')}. The rules in force stay.");
        }
        await options.Output.FlushAsync();
    }

    private (DateTime Written, long Length) Stamp()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
