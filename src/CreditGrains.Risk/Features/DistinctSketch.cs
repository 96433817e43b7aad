namespace CreditGrains.Risk.Features;

/// <summary>
/// Linear counting (Whang, Vander-Zanden and Taylor 1990): values fall on m places by their hash, and the number of empty places tells how many different ones there were. The estimate
/// is the expected number of draws that leave z places empty, m · (1/(z + 1) + … + 1/m), worked out once in integers.
/// </summary>
public static class DistinctSketch
{
    /// <summary>Different values that are counted exactly.</summary>
    public const int ExactMax = 32;

    /// <summary>The same in a compact catalogue.</summary>
    public const int ExactMaxCompact = 16;

    /// <summary>Estimates by the number of places that are taken, 0 to m.</summary>
    public static int[] Table(int places)
    {
        var table = new int[places + 1];
        // 2^−40 units, so that the sum of rounded parts stays far below one half.
        Int128 draws = 0;
        for (var taken = 1; taken <= places; taken++)
        {
            draws += ((Int128)places << 40) / (places - taken + 1);
            table[taken] = (int)((draws + (1L << 39)) >> 40);
        }
        return table;
    }

    /// <summary>Standard error of the estimate of n different values as a part of n: √(m · (e^t − t − 1)) ÷ n, t = n ÷ m.</summary>
    public static double RelativeError(int places, int distinct)
    {
        var load = (double)distinct / places;
        return Math.Sqrt(places * (Math.Exp(load) - load - 1)) / distinct;
    }

    /// <summary>The place of a value.</summary>
    internal static int PlaceOf(long value, int places)
    {
        unchecked
        {
            var hash = (ulong)value * 0x9E3779B97F4A7C15UL;
            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            return (int)Math.BigMul(hash ^ (hash >> 31), (ulong)places, out _);
        }
    }
}
