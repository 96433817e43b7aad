using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CreditGrains.Api.Security.Audit;

/// <summary>
/// The chain of an audit log: one JSON object a line, a tab, and the SHA-256 of the hash before and the object. In a table the same, in columns. Who changes a line must change every hash
/// after it, and the signed heads say what they were.
/// </summary>
public static class AuditChain
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true,
    };

    /// <summary>The hash before the first line.</summary>
    public static string Genesis { get; } = new('0', 64);

    /// <summary>Reads a log and checks every line.</summary>
    /// <param name="path">The file; missing is empty.</param>
    /// <param name="visit">Gets each entry and the hash after it.</param>
    /// <returns>Length of what is whole in bytes; an incomplete last line, which nobody was answered for, is not.</returns>
    /// <exception cref="SecurityFileException">AuditDamaged.</exception>
    public static long Read(string path, Action<AuditEntry, string> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var end = AuditEnd.None;
        return ReadLines(path, line =>
        {
            visit(Check($"'{path}'", end, line), line.Hash);
            end = new AuditEnd(line.Number, line.Hash);
        });
    }

    /// <summary>The entry of a line, which must follow from where the log ended before it.</summary>
    /// <param name="where">What the log is called in messages.</param>
    /// <param name="before">The end before the line.</param>
    /// <param name="line">The line.</param>
    /// <exception cref="SecurityFileException">AuditDamaged.</exception>
    public static AuditEntry Check(string where, AuditEnd before, AuditLine line)
    {
        var number = before.Count + 1;
        if (line.Number != number) throw Damaged(where, number, "it is numbered otherwise");
        if (line.Hash != HashOf(before.Head, line.Body)) throw Damaged(where, number, "its hash does not follow from the line before");
        try
        {
            var entry = JsonSerializer.Deserialize<AuditEntry>(line.Body, Json);
            return entry is not null && entry.Number == number ? entry : throw Damaged(where, number, "it is numbered otherwise");
        }
        catch (JsonException e)
        {
            throw Damaged(where, number, e.Message);
        }
    }

    /// <summary>Reads the lines of a file, which are checked by <see cref="Check"/>.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    internal static long ReadLines(string path, Action<AuditLine> visit)
    {
        if (!File.Exists(path)) return 0;
        var (number, whole) = (0L, 0L);
        // Shared: a server may be writing.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, new UTF8Encoding(false, true));
        // A line without its end was never answered for.
        var (isWhole, length) = (EndsALine(file), file.Length);
        try
        {
            for (var line = reader.ReadLine(); line is not null && whole != length;)
            {
                var following = reader.ReadLine();
                if (following is null && !isWhole) return whole;
                number++;
                var tab = line.LastIndexOf('\t');
                if (tab < 0) throw Damaged($"'{path}'", number, "it has no hash");
                visit(new AuditLine(number, line[..tab], line[(tab + 1)..]));
                whole += Encoding.UTF8.GetByteCount(line) + 1;
                line = following;
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new SecurityFileException("AuditDamaged", $"'{path}' is not UTF-8: {e.Message}", e);
        }

        // Other ends of lines read the same and are not what was written.
        return whole == length ? whole : throw Damaged($"'{path}'", number, "its lines do not end as they were written");
    }

    /// <summary>The hash after an entry.</summary>
    internal static string HashOf(string before, string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{before}\t{body}")));

    private static bool EndsALine(FileStream file)
    {
        if (file.Length == 0) return true;
        file.Seek(-1, SeekOrigin.End);
        var last = file.ReadByte();
        file.Seek(0, SeekOrigin.Begin);
        return last == '\n';
    }

    private static SecurityFileException Damaged(string where, long number, string why) =>
        new("AuditDamaged", $"line {number} of {where} is not what was written: {why}. Bring it back from a copy; nothing privileged is done without it.");
}
