using System.Text.Json;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Clocks;

namespace CreditGrains.Api.Security.Audit;

/// <summary>
/// Keeps who did what, one line an act, durable before the act is done. An act whose line cannot be written is not done. Lines are kept in a file of one process, or where several
/// processes share them; then those of the others are read before anything is decided. Thread-safe.
/// </summary>
public sealed class AuditLog : IDisposable
{
    /// <summary>Name of the file in its directory.</summary>
    public const string FileName = "audit.log";

    // Longer than a shared keeper's own patience: who waits behind one that is given up is not given up with it.
    private static readonly TimeSpan TurnWaitMax = TimeSpan.FromSeconds(30);

    private readonly IAuditLines lines;
    private readonly Action<AuditEntry>? visit;
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private AuditEnd end = AuditEnd.None;

    /// <summary>Opens a log in a file, made when missing, and checks every line of it.</summary>
    /// <param name="directory">Made when missing.</param>
    /// <param name="clock">Of the entries.</param>
    /// <param name="visit">Gets each entry, those there are and each that is appended, in order; null when they are not wanted.</param>
    /// <exception cref="SecurityFileException">AuditDamaged, or another process has it.</exception>
    public AuditLog(string directory, TimeProvider clock, Action<AuditEntry>? visit = null) : this(new AuditFile(directory), clock, visit)
    {
    }

    /// <summary>Opens a log and checks every line of it.</summary>
    /// <param name="lines">What keeps them; belongs to this log from now on.</param>
    /// <param name="clock">Of the entries.</param>
    /// <param name="visit">Gets each entry, those there are and each that is appended here or elsewhere, in order and once it is durable. Must not use the log.</param>
    /// <exception cref="SecurityFileException">AuditDamaged or AuditUnusable.</exception>
    public AuditLog(IAuditLines lines, TimeProvider clock, Action<AuditEntry>? visit = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(clock);
        (this.lines, this.clock, this.visit) = (lines, clock, visit);
        try
        {
            Compare(lines.Read(end, See));
        }
        catch (Exception e)
        {
            lines.Dispose();
            if (e is IOException) throw new SecurityFileException("AuditUnusable", $"{lines.Name} cannot be read: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Whether other processes append too.</summary>
    public bool IsShared => lines.IsShared;

    /// <summary>Where it ends, as far as it was read.</summary>
    public AuditEnd End
    {
        get
        {
            lock (gate) return end;
        }
    }

    /// <summary>Writes entries and waits until they are durable.</summary>
    /// <param name="entries">Number and time are set here.</param>
    /// <exception cref="RpcException">Unavailable: they cannot be written. DataLoss: the log is not what was written.</exception>
    public void Append(params IReadOnlyList<AuditEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Append(() => entries);
    }

    /// <summary>Decides what to write once everything before it was visited, with nobody writing in between, and waits until it is durable and visited too.</summary>
    /// <param name="decide">Gives the entries; none writes nothing. What it throws passes through, and nothing is written.</param>
    /// <exception cref="RpcException">As for entries.</exception>
    public void Append(Func<IReadOnlyList<AuditEntry>> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        InTurn(() =>
        {
            IReadOnlyList<AuditLine> own = [];
            lines.Append(end, See, stored =>
            {
                Compare(stored);
                return own = Write(decide());
            });
            // Had it failed after they were kept, they would be read as anybody's.
            foreach (var line in own) See(line);
        });
    }

    /// <summary>Reads what other processes have appended since; nothing to do for a file.</summary>
    /// <exception cref="RpcException">As for entries.</exception>
    public void CatchUp()
    {
        if (IsShared) InTurn(() => Compare(lines.Read(end, See)));
    }

    /// <inheritdoc/>
    public void Dispose() => lines.Dispose();

    private List<AuditLine> Write(IReadOnlyList<AuditEntry> entries)
    {
        var (number, hash) = end;
        var at = clock.UnixMicros();
        var written = new List<AuditLine>(entries.Count);
        foreach (var entry in entries)
        {
            var body = JsonSerializer.Serialize(entry with { Number = ++number, AtMicros = at }, AuditChain.Json);
            written.Add(new AuditLine(number, body, hash = AuditChain.HashOf(hash, body)));
        }

        return written;
    }

    private void See(AuditLine line)
    {
        var entry = AuditChain.Check(lines.Name, end, line);
        visit?.Invoke(entry);
        end = new AuditEnd(line.Number, line.Hash);
    }

    private void Compare(AuditEnd stored)
    {
        if (stored != end) throw new SecurityFileException("AuditDamaged", $"{lines.Name} says that it ends at entry {stored.Count}; what was read ends at {end.Count}, or has another hash there. It was cut or rewritten: bring it back from a copy.");
    }

    private void InTurn(Action act)
    {
        if (!gate.TryEnter(TurnWaitMax)) throw Unavailable(null);
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Unavailable(e);
        }
        catch (SecurityFileException e)
        {
            throw new RpcException(StatusCode.DataLoss, e.Message, e);
        }
        finally
        {
            gate.Exit();
        }
    }

    private RpcException Unavailable(Exception? cause) => new(StatusCode.Unavailable,
        $"AuditUnavailable: who does this cannot be written down, so it is not done; {(IsShared ? "it can be sent again when the cluster's database answers" : "an operator must mend the audit log and start the server again")}.", cause);
}
