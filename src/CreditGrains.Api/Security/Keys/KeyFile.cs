using System.Text.Json;
using System.Text.Json.Serialization;

namespace CreditGrains.Api.Security.Keys;

/// <summary>
/// The file of keys: who may call, by the hash of an API key or of a client certificate. It holds nothing a caller could use. Written whole beside the old
/// one and renamed over it, so a server never reads half of it.
/// </summary>
public sealed class KeyFile
{
    private const int EntriesMax = 10_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private KeyFile(IReadOnlyList<KeyEntry> entries) => Entries = entries;

    /// <summary>A file without rows: nobody may call.</summary>
    public static KeyFile Empty { get; } = new([]);

    /// <summary>The rows, in the order they were made.</summary>
    public IReadOnlyList<KeyEntry> Entries { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SecurityFileException">KeyFileMissing or KeyFileInvalid.</exception>
    public static KeyFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var read = JsonSerializer.Deserialize<Rows>(File.ReadAllBytes(path), Json)
                ?? throw new SecurityFileException("KeyFileInvalid", $"'{path}' holds null; make one with 'creditgrains keys add'.");
            return Of(read.Keys);
        }
        catch (JsonException e)
        {
            throw new SecurityFileException("KeyFileInvalid", $"'{path}' is not a key file, at line {e.LineNumber + 1}: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SecurityFileException("KeyFileMissing", $"there is no key file '{path}'; make one with 'creditgrains keys add NAME --keys {path} …'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecurityFileException("KeyFileInvalid", $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A file of rows.</summary>
    /// <exception cref="SecurityFileException">KeyFileInvalid: a row is wrong, or two in force share a name, key or certificate.</exception>
    public static KeyFile Of(IReadOnlyList<KeyEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count > EntriesMax) throw Invalid($"there are {entries.Count} keys; at most {EntriesMax} may be kept, so take out revoked ones");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            entry.ToPrincipal();
            if ((entry.KeySha256 is null) == (entry.CertificateSha256 is null)) throw Invalid($"key '{entry.Name}' needs exactly one of keySha256 and certificateSha256");
            var hash = entry.KeySha256 ?? entry.CertificateSha256!;
            if (hash.Length != 64 || !hash.All(c => char.IsAsciiHexDigitLower(c))) throw Invalid($"the hash of key '{entry.Name}' is not 64 lower-case hex digits");
            if (!hashes.Add(hash)) throw Invalid($"two rows have the hash of key '{entry.Name}'");
            if (entry.RevokedAt is null && !names.Add(entry.Name)) throw Invalid($"two keys in force are named '{entry.Name}'; revoke one");
        }

        return new KeyFile([.. entries]);
    }

    /// <summary>Writes the file, readable by its owner only.</summary>
    public void Write(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Files.PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new Rows(Entries), Json));
    }

    private static SecurityFileException Invalid(string message) => new("KeyFileInvalid", $"{message}.");

    private sealed record Rows(IReadOnlyList<KeyEntry> Keys);
}
