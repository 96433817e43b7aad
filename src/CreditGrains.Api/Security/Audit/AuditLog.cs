using System.Text;
using System.Text.Json;

namespace CreditGrains.Api.Security.Audit;

/// <summary>
/// Keeps who did what, one line an act, on disk before the act is done. An act whose line cannot be written is not done. One process at a time. Thread-safe.
/// </summary>
public sealed class AuditLog : IDisposable
{
    /// <summary>Name of the file in its directory.</summary>
    public const string FileName = "audit.log";

    private readonly FileStream file;
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private string head = AuditChain.Genesis;
    private long count;
    private bool isBroken;

    /// <summary>Opens a log, made when missing, and checks every line of it.</summary>
    /// <param name="directory">Made when missing.</param>
    /// <param name="clock">Of the entries.</param>
    /// <param name="visit">Gets each entry there is; null when they are not wanted.</param>
    /// <exception cref="SecurityFileException">AuditDamaged, or another process has it.</exception>
    public AuditLog(string directory, TimeProvider clock, Action<AuditEntry>? visit = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        this.clock = clock;
        Directory.CreateDirectory(directory);
        Path = System.IO.Path.Combine(directory, FileName);
        var whole = AuditChain.Read(Path, (entry, hash) =>
        {
            visit?.Invoke(entry);
            (head, count) = (hash, entry.Number);
        });
        file = Open(Path);
        if (file.Length > whole) file.SetLength(whole);
        file.Seek(whole, SeekOrigin.Begin);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How many entries there are, and the hash after the last.</summary>
    public (long Count, string Head) End
    {
        get
        {
            lock (gate) return (count, head);
        }
    }

    /// <summary>Writes entries and waits until the disk has them.</summary>
    /// <param name="entries">Number and time are set here.</param>
    /// <exception cref="Transport.RpcException">Unavailable: they cannot be written, now or since an earlier failure.</exception>
    public void Append(params IReadOnlyList<AuditEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (gate)
        {
            if (isBroken) throw Unavailable(null);
            var (next, number) = (head, count);
            var text = new StringBuilder();
            var at = (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            foreach (var entry in entries)
            {
                var body = JsonSerializer.Serialize(entry with { Number = ++number, AtMicros = at }, AuditChain.Json);
                next = AuditChain.HashOf(next, body);
                text.Append(body).Append('\t').Append(next).Append('\n');
            }

            try
            {
                file.Write(Encoding.UTF8.GetBytes(text.ToString()));
                file.Flush(flushToDisk: true);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // What reached the disk is not known; the next start cuts what is not whole.
                isBroken = true;
                throw Unavailable(e);
            }

            (head, count) = (next, number);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static FileStream Open(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecurityFileException("AuditUnusable", $"'{path}' cannot be opened for writing: {e.Message} Another server may have it.", e);
        }
    }

    private static Transport.RpcException Unavailable(Exception? cause) =>
        new(Transport.StatusCode.Unavailable, "AuditUnavailable: who does this cannot be written down, so it is not done; an operator must mend the audit log and start the server again.", cause);
}
