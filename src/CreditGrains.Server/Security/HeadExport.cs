using System.Security.Cryptography;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Domain.Clocks;

namespace CreditGrains.Server.Security;

/// <summary>
/// Signs what journals and audit log are, every so often and at the end, when anything has changed. A head that cannot be written, or that would be of an earlier state than one signed before, is told
/// and tried again.
/// </summary>
internal sealed class HeadExport : IAsyncDisposable
{
    private readonly IJournalHeads journals;
    private readonly AuditLog? audit;
    private readonly HeadSettings settings;
    private readonly ServerOptions options;
    private readonly ECDsa key;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private readonly Dictionary<Guid, JournalHead> signed = [];
    private SignedHead? last;
    private string previous = SignedHead.NoneBefore;
    private bool isFailing;

    private HeadExport(IJournalHeads journals, AuditLog? audit, HeadSettings settings, ServerOptions options)
    {
        if (settings.EverySeconds is < 1 or > 86_400) throw new SecurityFileException("SecurityFileInvalid", $"heads.everySeconds is {settings.EverySeconds}; use 1 to 86400.");
        (this.journals, this.audit, this.settings, this.options) = (journals, audit, settings, options);
        key = HeadFile.ReadKey(settings.SigningKey);
        foreach (var head in HeadFile.Read(settings.File, key)) Remember(head);
        running = Task.Run(RunAsync);
    }

    /// <summary>Begins.</summary>
    /// <exception cref="SecurityFileException">The key or the file of heads cannot be used.</exception>
    public static HeadExport Start(IJournalHeads journals, AuditLog? audit, HeadSettings settings, ServerOptions options) => new(journals, audit, settings, options);

    /// <summary>Signs once more; before the engine is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        Export();
        key.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.EverySeconds), options.TimeProvider);
        try
        {
            while (true)
            {
                Export();
                await timer.WaitForNextTickAsync(stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ended; the last head is signed by who ends it.
        }
    }

    private void Export()
    {
        try
        {
            var end = audit?.End ?? AuditEnd.None;
            if (last is not null && end.Count < last.AuditCount) throw new IOException($"the audit log ends at entry {end.Count}, and a head of {last.AuditCount} was signed: it was cut.");
            var changed = Changed(journals.Read());
            if (changed.Count == 0 && (last is null || last.AuditCount == end.Count)) return;
            // A head is of a journal at least; where none has changed, of one as it was.
            if (changed.Count == 0) changed = [signed[last!.Partition]];
            var (first, more) = (changed[0], changed.Skip(1).ToArray());
            var head = new SignedHead(
                (last?.Number ?? 0) + 1, options.TimeProvider.UnixMicros(),
                first.Partition, first.Sequence, first.Chain, end.Count, end.Head, previous, "", more.Length == 0 ? null : more).SignedBy(key);
            HeadFile.Append(settings.File, head);
            Remember(head);
            isFailing = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (!isFailing) options.Output.WriteLine($"HeadNotSigned: {e.Message} It is tried again every {settings.EverySeconds} s.");
            isFailing = true;
        }
    }

    private List<JournalHead> Changed(IReadOnlyList<JournalHead> now)
    {
        var changed = new List<JournalHead>();
        foreach (var journal in now)
        {
            var before = signed.GetValueOrDefault(journal.Partition);
            if (before is not null && (journal.Sequence < before.Sequence || (journal.Sequence == before.Sequence && journal.Chain != before.Chain)))
                throw new IOException($"the journal of partition {journal.Partition} ends at {journal.Sequence}, and another head of {before.Sequence} was signed: it was cut or rewritten.");
            if (journal.Sequence > (before?.Sequence ?? 0)) changed.Add(journal);
        }

        return changed;
    }

    private void Remember(SignedHead head)
    {
        foreach (var journal in head.Journals) signed[journal.Partition] = journal;
        (last, previous) = (head, SignedHead.HashOf(head.ToLine()));
    }
}
