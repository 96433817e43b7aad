using System.Security.Cryptography;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Server.Security;

/// <summary>Signs what journal and audit log are, every so often and at the end, when anything has changed. A head that cannot be written is told and tried again.</summary>
internal sealed class HeadExport : IAsyncDisposable
{
    private readonly CreditEngine engine;
    private readonly AuditLog? audit;
    private readonly HeadSettings settings;
    private readonly ServerOptions options;
    private readonly ECDsa key;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private SignedHead? last;
    private string previous = SignedHead.NoneBefore;
    private bool isFailing;

    private HeadExport(CreditEngine engine, AuditLog? audit, HeadSettings settings, ServerOptions options)
    {
        if (settings.EverySeconds is < 1 or > 86_400) throw new SecurityFileException("SecurityFileInvalid", $"heads.everySeconds is {settings.EverySeconds}; use 1 to 86400.");
        (this.engine, this.audit, this.settings, this.options) = (engine, audit, settings, options);
        key = HeadFile.ReadKey(settings.SigningKey);
        if (HeadFile.Read(settings.File, key) is [.., var newest])
        {
            last = newest;
            previous = SignedHead.HashOf(newest.ToLine());
        }

        running = Task.Run(RunAsync);
    }

    /// <summary>Begins.</summary>
    /// <exception cref="SecurityFileException">The key or the file of heads cannot be used.</exception>
    public static HeadExport Start(CreditEngine engine, AuditLog? audit, HeadSettings settings, ServerOptions options) => new(engine, audit, settings, options);

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
            var (count, auditHead) = audit?.End ?? AuditEnd.None;
            var sequence = engine.Journal.Reader.DurableSequence;
            if (sequence < 1 || (last is not null && last.AuditCount == count && last.Sequence >= sequence)) return;
            using var frame = engine.Journal.Reader.ReadFrameContaining(sequence);
            if (frame is null) return;
            var header = frame.Header;
            var head = new SignedHead(
                (last?.Number ?? 0) + 1, (options.TimeProvider.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond, engine.PartitionId,
                header.NextSequence - 1, header.Chain.ToString(), count, auditHead, previous, "").SignedBy(key);
            HeadFile.Append(settings.File, head);
            (last, previous, isFailing) = (head, SignedHead.HashOf(head.ToLine()), false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or Engine.Journal.JournalException)
        {
            if (!isFailing) options.Output.WriteLine($"HeadNotSigned: {e.Message} It is tried again every {settings.EverySeconds} s.");
            isFailing = true;
        }
    }
}
