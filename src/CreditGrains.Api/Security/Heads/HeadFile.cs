using System.Security.Cryptography;
using System.Text.Json;

namespace CreditGrains.Api.Security.Heads;

/// <summary>The file of signed heads, one a line. Copy it where the engine's administrator cannot write: what was copied cannot be unsaid.</summary>
public static class HeadFile
{
    private static readonly JsonSerializerOptions Json = new() { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>Reads the heads and checks signatures and order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The public key; null checks the order only.</param>
    /// <exception cref="SecurityFileException">HeadsDamaged: a head is not signed by that key, or does not follow from the one before.</exception>
    public static IReadOnlyList<SignedHead> Read(string path, ECDsa? key)
    {
        var (heads, previous, reached) = (new List<SignedHead>(), SignedHead.NoneBefore, new Dictionary<Guid, long>());
        foreach (var line in Lines(path))
        {
            var head = Parse(path, line, heads.Count + 1);
            if (key is not null && !head.IsSignedBy(key)) throw Damaged(path, heads.Count + 1, "it is not signed by the owner of this public key");
            if (head.Number != heads.Count + 1 || head.Previous != previous) throw Damaged(path, heads.Count + 1, "it does not follow from the one before");
            if ((heads is [.., var last] && head.AuditCount < last.AuditCount) || head.Journals.Any(journal => journal.Sequence < reached.GetValueOrDefault(journal.Partition)))
                throw Damaged(path, heads.Count + 1, "it is of an earlier state than the one before");
            foreach (var journal in head.Journals) reached[journal.Partition] = journal.Sequence;
            previous = SignedHead.HashOf(line);
            heads.Add(head);
        }

        return heads;
    }

    /// <summary>Appends a head and waits until the disk has it.</summary>
    public static void Append(string path, SignedHead head)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(System.Text.Encoding.UTF8.GetBytes(head.ToLine() + "\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes a pair of files: the private key, readable by its owner only, and beside it <c>.pub</c>.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static void MakeKey(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Files.PrivateFile.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        File.WriteAllText($"{path}.pub", key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    /// <summary>Reads a private or public key.</summary>
    /// <exception cref="SecurityFileException">SigningKeyInvalid.</exception>
    public static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new SecurityFileException("SigningKeyInvalid", $"'{path}' holds no ECDSA key in PEM form; make one with 'creditgrains keys signing FILE'.", e);
        }
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecurityFileException("HeadsDamaged", $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    private static SignedHead Parse(string path, string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<SignedHead>(line, Json) ?? throw Damaged(path, number, "it is null");
        }
        catch (JsonException e)
        {
            throw Damaged(path, number, e.Message);
        }
    }

    private static SecurityFileException Damaged(string path, int number, string why) => new("HeadsDamaged", $"head {number} of '{path}': {why}.");
}
