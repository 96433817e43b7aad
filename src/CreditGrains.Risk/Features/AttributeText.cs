using System.Buffers.Text;

namespace CreditGrains.Risk.Features;

/// <summary>
/// Caller's attributes as features and policies read them: UTF-8 text of pairs "key=value" parted by ';', such as "country=CN;merchant=8812". The first of equal
/// keys counts. Bytes that are no such text simply hold no pair. Nothing is allocated.
/// </summary>
public static class AttributeText
{
    /// <summary>Finds the value of a key.</summary>
    /// <param name="attributes">The bytes of a command's attributes.</param>
    /// <param name="key">UTF-8, without '=' and ';'.</param>
    /// <param name="value">The bytes between '=' and the next ';'.</param>
    /// <returns>False when there is no such key.</returns>
    public static bool TryFind(ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        while (!attributes.IsEmpty)
        {
            var end = attributes.IndexOf((byte)';');
            var pair = end < 0 ? attributes : attributes[..end];
            if (pair.Length > key.Length && pair[key.Length] == (byte)'=' && pair.StartsWith(key))
            {
                value = pair[(key.Length + 1)..];
                return true;
            }
            if (end < 0) break;
            attributes = attributes[(end + 1)..];
        }
        value = default;
        return false;
    }

    /// <summary>A value that is a whole number, such as "-12".</summary>
    public static bool TryNumber(ReadOnlySpan<byte> value, out long number) =>
        Utf8Parser.TryParse(value, out number, out var read) && read == value.Length && number != long.MinValue;

    /// <summary>A 64-bit mark of a value, for counting distinct ones. Two values share one with a chance of 2⁻⁶⁴.</summary>
    public static long MarkOf(ReadOnlySpan<byte> value)
    {
        unchecked
        {
            // FNV-1a, then the finaliser of SplitMix64, so that every bit counts.
            var hash = 0xCBF29CE484222325UL;
            foreach (var one in value) hash = (hash ^ one) * 0x100000001B3UL;
            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            return (long)(hash ^ (hash >> 31));
        }
    }
}
