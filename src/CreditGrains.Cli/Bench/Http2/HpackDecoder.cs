namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// Decodes the header blocks of one connection in the order they arrive (RFC 7541). Blocks must not be skipped: the table
/// would go out of step. Allocates only when the server adds to the table.
/// </summary>
internal sealed class HpackDecoder
{
    private readonly HpackTable table = new();
    private byte[] nameBuffer = new byte[256];
    private byte[] valueBuffer = new byte[1_024];

    /// <summary>Decodes a whole block into cleared fields.</summary>
    /// <exception cref="Http2Exception">The block is malformed.</exception>
    public void Decode(ReadOnlySpan<byte> block, ResponseFields fields)
    {
        fields.Clear();
        var at = 0;
        while (at < block.Length)
        {
            var first = block[at];
            if ((first & 0x80) != 0)
            {
                var (name, value) = table[Integer(block, ref at, 7)];
                fields.Take(name, value);
            }
            else if ((first & 0xE0) == 0x20)
            {
                table.Resize(Integer(block, ref at, 5));
            }
            else
            {
                Literal(block, ref at, fields, isAdded: (first & 0x40) != 0);
            }
        }
    }

    private void Literal(ReadOnlySpan<byte> block, ref int at, ResponseFields fields, bool isAdded)
    {
        var index = Integer(block, ref at, isAdded ? 6 : 4);
        var name = index == 0 ? Text(block, ref at, ref nameBuffer) : table[index].Name;
        var value = Text(block, ref at, ref valueBuffer);
        fields.Take(name, value);
        if (isAdded) table.Add(name, value);
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> block, ref int at, ref byte[] buffer)
    {
        if (at >= block.Length) throw Truncated();
        var isHuffman = (block[at] & 0x80) != 0;
        var length = Integer(block, ref at, 7);
        if (length > block.Length - at) throw Truncated();
        var raw = block.Slice(at, length);
        at += length;
        if (!isHuffman) return raw;
        // The shortest code has five bits.
        var lengthMax = length * 8 / 5 + 1;
        if (buffer.Length < lengthMax) buffer = new byte[lengthMax];
        return buffer.AsSpan(0, HpackHuffman.Decode(raw, buffer));
    }

    /// <summary>An integer with a prefix of some bits, RFC 7541 §5.1; at most 2^28.</summary>
    private static int Integer(ReadOnlySpan<byte> block, ref int at, int prefixBits)
    {
        var prefixMax = (1 << prefixBits) - 1;
        var value = block[at++] & prefixMax;
        if (value < prefixMax) return value;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            if (at >= block.Length) throw Truncated();
            var part = block[at++];
            value += (part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw new Http2Exception("HPACK: an integer too large");
    }

    private static Http2Exception Truncated() => new("HPACK: a block that ends too early");
}
