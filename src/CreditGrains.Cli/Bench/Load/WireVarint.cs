namespace CreditGrains.Cli.Bench.Load;

/// <summary>Base-128 varints of the protobuf wire format.</summary>
internal static class WireVarint
{
    /// <summary>Most bytes of one.</summary>
    public const int LengthMax = 10;

    /// <summary>Writes the shortest form.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(ulong value, Span<byte> target)
    {
        var at = 0;
        while (value >= 0x80)
        {
            target[at++] = (byte)(value & 0x7F | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads one at a place and moves the place behind it.</summary>
    /// <returns>False when the bytes end within it or it is longer than 10 bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && at < source.Length; shift += 7)
        {
            var part = source[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return true;
        }

        return false;
    }
}
