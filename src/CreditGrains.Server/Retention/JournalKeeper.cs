using CreditGrains.Engine.Backups;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Server.Retention;

/// <summary>
/// Archives full journal segments of a standalone engine as they come, and deletes those that are older than is wanted. A failure is printed once and tried again: nothing is
/// deleted that was not archived.
/// </summary>
internal sealed class JournalKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly CreditEngine engine;
    private readonly RetentionOptions retention;
    private readonly ServerOptions options;
    private readonly RepeatedPass passes;

    private JournalKeeper(CreditEngine engine, RetentionOptions retention, ServerOptions options)
    {
        this.engine = engine;
        this.retention = retention;
        this.options = options;
        passes = new RepeatedPass(Every, options.TimeProvider, PassAsync);
    }

    /// <summary>Begins, when the options ask for it.</summary>
    /// <exception cref="StoreException">The archive's directory cannot be used.</exception>
    public static JournalKeeper? Start(CreditEngine engine, ServerOptions options)
    {
        if (options.ArchiveDirectory is null && options.JournalKeep is null) return null;
        var archive = options.ArchiveDirectory is { } directory ? DiskFileStore.Open(directory, createDirectory: true) : null;
        return new JournalKeeper(engine, new RetentionOptions(archive, options.JournalKeep), options);
    }

    /// <summary>Ends; a copy under way is finished.</summary>
    public ValueTask DisposeAsync() => passes.DisposeAsync();

    /// <returns>The failure told last; null when all is well.</returns>
    private async Task<string?> PassAsync(string? told)
    {
        try
        {
            var report = await engine.RetireJournalAsync(retention);
            if (report.Archived + report.Deleted > 0 || told is not null)
                await options.Output.WriteLineAsync($"Journal: {report.Archived} segments archived, {report.Deleted} deleted; it begins at event {report.OldestSequence}.");
            return null;
        }
        catch (IOException failure)
        {
            if (failure.Message != told) await options.Output.WriteLineAsync($"JournalArchive: {failure.Message} It is tried again; nothing was deleted that is not archived.");
            return failure.Message;
        }
    }
}
