namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// The Huffman code of RFC 7541 appendix B, decoding only. The code is canonical: within a length codes rise with the
/// symbol, so the lengths are enough to rebuild it.
/// </summary>
internal static class HpackHuffman
{
    private const int LengthMin = 5;
    private const int LengthMax = 30;
    private const int EndOfString = 256;

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    ];

    private static readonly Code Table = new();

    /// <summary>Decodes a string.</summary>
    /// <param name="source">The coded bytes.</param>
    /// <param name="target">Room for 8 ÷ 5 times the source.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="Http2Exception">The end-of-string symbol, or padding that is not its beginning.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        var code = 0;
        var length = 0;
        foreach (var part in source)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((part >> bit) & 1);
                length++;
                var symbol = Table.Find(code, length);
                if (symbol < 0) continue;
                if (symbol == EndOfString) throw new Http2Exception("HPACK: end of string within a string");
                target[written++] = (byte)symbol;
                code = 0;
                length = 0;
            }
        }

        if (length > 7 || code != (1 << length) - 1) throw new Http2Exception("HPACK: bad Huffman padding");
        return written;
    }

    /// <summary>First code and its place in the list of symbols, for each length.</summary>
    private sealed class Code
    {
        private readonly int[] firstCode = new int[LengthMax + 2];
        private readonly int[] firstPlace = new int[LengthMax + 2];
        private readonly short[] symbols = new short[EndOfString + 1];

        public Code()
        {
            var place = 0;
            var code = 0;
            for (var length = LengthMin; length <= LengthMax; length++)
            {
                firstCode[length] = code;
                firstPlace[length] = place;
                for (short symbol = 0; symbol <= EndOfString; symbol++)
                    if (LengthOf(symbol) == length) symbols[place++] = symbol;
                code = (code + place - firstPlace[length]) << 1;
            }

            firstPlace[LengthMax + 1] = place;
        }

        /// <summary>The symbol of a code, −1 when it is only the beginning of one.</summary>
        public int Find(int code, int length)
        {
            if (length < LengthMin) return -1;
            if (length > LengthMax) throw new Http2Exception("HPACK: no such Huffman code");
            var place = firstPlace[length] + code - firstCode[length];
            return code >= firstCode[length] && place < firstPlace[length + 1] ? symbols[place] : -1;
        }

        private static int LengthOf(short symbol) => symbol == EndOfString ? LengthMax : Lengths[symbol];
    }
}
