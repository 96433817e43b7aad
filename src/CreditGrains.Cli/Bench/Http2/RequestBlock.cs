using System.Text;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// The header block of a gRPC call, encoded once. The first request of a connection adds its literal fields to the
/// server's table; all others are a byte of index a field. A server without a table gets literals every time.
/// </summary>
internal sealed class RequestBlock
{
    // Names and their indexes in the static table; 0 where it has none. The last added has the lowest dynamic index.
    private const int AuthorityIndex = 1;
    private const int PathIndex = 4;
    private const int ContentTypeIndex = 31;
    private const byte PostMethod = 0x80 | 3;
    private const byte HttpScheme = 0x80 | 6;
    private const int AuthorizationIndex = 23;
    private const int EntryOverhead = 32;
    private const int LengthMax = 127;

    /// <param name="authority">Host and port, at most 127 bytes.</param>
    /// <param name="path"><c>/package.Service/Method</c>, at most 127 bytes.</param>
    /// <param name="tableSizeMax">SETTINGS_HEADER_TABLE_SIZE of the server.</param>
    /// <param name="authorization">The authorization header, at most 127 bytes; null for none.</param>
    public RequestBlock(string authority, string path, uint tableSizeMax, string? authorization = null)
    {
        (int Index, string Name, string Value)[] fields =
        [
            (PathIndex, ":path", path), (AuthorityIndex, ":authority", authority),
            (ContentTypeIndex, "content-type", "application/grpc"), (0, "te", "trailers"),
            .. authorization is null ? Array.Empty<(int, string, string)>() : [(AuthorizationIndex, "authorization", authorization)],
        ];
        var entries = fields.Sum(field => field.Name.Length + field.Value.Length + EntryOverhead);
        var isIndexed = entries <= tableSizeMax;
        // A table made smaller than usual must be acknowledged before the first field, RFC 7541 §4.2.
        byte[] start = tableSizeMax >= HpackTable.SizeUsual ? [] : SizeUpdate(isIndexed ? (int)tableSizeMax : 0);
        byte[] literals = [.. fields.SelectMany(field => Literal(field.Index, field.Name, field.Value, isIndexed))];
        First = [.. start, PostMethod, HttpScheme, .. literals];
        Next = isIndexed
            ? [PostMethod, HttpScheme, .. Enumerable.Range(0, fields.Length).Select(i => (byte)(0x80 | (HpackTable.FixedCount + fields.Length - i)))]
            : [PostMethod, HttpScheme, .. literals];
    }

    /// <summary>Block of the first request of a connection.</summary>
    public byte[] First { get; }

    /// <summary>Block of every later request.</summary>
    public byte[] Next { get; }

    private static byte[] Literal(int index, string name, string value, bool isIndexed)
    {
        byte[] nameBytes = index == 0 ? [0, .. Text(name)] : isIndexed || index < 15 ? [(byte)index] : [15, (byte)(index - 15)];
        if (isIndexed) nameBytes[0] |= 0x40;
        return [.. nameBytes, .. Text(value)];
    }

    private static byte[] SizeUpdate(int size) => size switch
    {
        < 31 => [(byte)(0x20 | size)],
        < 31 + 128 => [0x3F, (byte)(size - 31)],
        _ => [0x3F, (byte)(((size - 31) & 0x7F) | 0x80), (byte)((size - 31) >> 7)],
    };

    private static byte[] Text(string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, LengthMax);
        return [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
    }
}
