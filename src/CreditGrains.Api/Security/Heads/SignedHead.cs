using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CreditGrains.Api.Security.Heads;

/// <summary>
/// What a journal, or several of a cluster, and the audit log were at a moment, signed: whoever rewrites any later, with every hash made right, gets other heads. Each names the
/// hash of the one before, so that none can be taken out of the middle.
/// </summary>
/// <param name="Number">From 1 without gaps.</param>
/// <param name="AtMicros">When it was signed, microseconds since the Unix epoch.</param>
/// <param name="Partition">The journal's partition.</param>
/// <param name="Sequence">Last event of the journal.</param>
/// <param name="Chain">The journal's chain hash there, 48 hex digits.</param>
/// <param name="AuditCount">Entries of the audit log.</param>
/// <param name="AuditHead">The audit log's hash there, 64 hex digits.</param>
/// <param name="Previous">SHA-256 of the line before; zeros in the first.</param>
/// <param name="Signature">ECDSA P-256 over SHA-256 of the other fields, base64.</param>
/// <param name="More">Further journals, on a cluster; null for none.</param>
public sealed record SignedHead(
    [property: JsonPropertyName("n")] long Number, [property: JsonPropertyName("at")] long AtMicros, [property: JsonPropertyName("partition")] Guid Partition,
    [property: JsonPropertyName("sequence")] long Sequence, [property: JsonPropertyName("chain")] string Chain,
    [property: JsonPropertyName("auditCount")] long AuditCount, [property: JsonPropertyName("auditHead")] string AuditHead,
    [property: JsonPropertyName("previous")] string Previous, [property: JsonPropertyName("signature")] string Signature,
    [property: JsonPropertyName("more"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JournalHead>? More = null)
{
    /// <summary>The previous hash of the first head.</summary>
    public static string NoneBefore { get; } = new('0', 64);

    /// <summary>All journals it is of.</summary>
    [JsonIgnore]
    public IEnumerable<JournalHead> Journals => [new JournalHead(Partition, Sequence, Chain), .. More ?? []];

    /// <summary>The same with a signature.</summary>
    public SignedHead SignedBy(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return this with { Signature = Convert.ToBase64String(key.SignData(Content(), HashAlgorithmName.SHA256)) };
    }

    /// <summary>Whether the owner of a public key signed it.</summary>
    public bool IsSignedBy(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var signature = new byte[256];
        return Convert.TryFromBase64String(Signature, signature, out var length) && key.VerifyData(Content(), signature.AsSpan(0, length), HashAlgorithmName.SHA256);
    }

    /// <summary>Its line in the file, without line break.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);

    /// <summary>The hash that the next head names.</summary>
    public static string HashOf(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    private byte[] Content()
    {
        var fields = string.Create(CultureInfo.InvariantCulture, $"|{Number}|{AtMicros}|{Partition}|{Sequence}|{Chain}|{AuditCount}|{AuditHead}|{Previous}");
        return Encoding.UTF8.GetBytes(More is null
            ? $"creditgrains head 1{fields}"
            : $"creditgrains head 2{fields}{string.Concat(More.Select(journal => string.Create(CultureInfo.InvariantCulture, $"|{journal.Partition}|{journal.Sequence}|{journal.Chain}")))}");
    }
}
