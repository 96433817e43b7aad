using System.Text;

namespace CreditGrains.Api.Security.Audit;

/// <summary>The lines of an audit log in a file of this machine, synced before they count. One process at a time.</summary>
internal sealed class AuditFile : IAuditLines
{
    private readonly string path;
    private FileStream? file;
    private bool isBroken;

    /// <summary>A log in a directory, which is made when missing; opened when it is first read.</summary>
    public AuditFile(string directory)
    {
        Directory.CreateDirectory(directory);
        path = Path.Combine(directory, AuditLog.FileName);
    }

    /// <inheritdoc/>
    public string Name => $"'{path}'";

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    /// <exception cref="SecurityFileException">AuditDamaged, or AuditUnusable: another process has it.</exception>
    public AuditEnd Read(AuditEnd known, Action<AuditLine> visit)
    {
        // Nobody else writes: what was read once is all there is.
        if (file is not null) return known;
        var end = known;
        var whole = AuditChain.ReadLines(path, line =>
        {
            visit(line);
            end = new AuditEnd(line.Number, line.Hash);
        });
        file = Open(path);
        if (file.Length > whole) file.SetLength(whole);
        file.Seek(whole, SeekOrigin.Begin);
        return end;
    }

    /// <inheritdoc/>
    public void Append(AuditEnd known, Action<AuditLine> visit, Func<AuditEnd, IReadOnlyList<AuditLine>> make)
    {
        if (isBroken || file is null) throw new IOException("An earlier line could not be written.");
        var lines = make(known);
        if (lines.Count == 0) return;
        var text = new StringBuilder();
        foreach (var line in lines) text.Append(line.Body).Append('\t').Append(line.Hash).Append('\n');
        try
        {
            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            file.Flush(flushToDisk: true);
        }
        catch
        {
            // What reached the disk is not known; the next start cuts what is not whole.
            isBroken = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

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
}
