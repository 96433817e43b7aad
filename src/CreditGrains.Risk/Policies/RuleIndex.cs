using System.Collections.Frozen;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>
/// Which rules of a table may hold for the value of one column, as bits: the values are cut at the constants of its tests, and each piece is tested once, when the table is compiled, by the
/// tests themselves. So a value is looked up instead of being tested by every rule. Only columns whose tests are constants, all of one kind, have one.
/// </summary>
internal sealed class RuleIndex
{
    /// <summary>The piece of a value that must be tested by each rule.</summary>
    public const int Unknown = -1;

    // Beyond any error of a decimal made a double.
    private const double Nearness = 1e-12;
    private const int RulesMin = 2;

    private readonly FeelKind kind;
    private readonly decimal[] points;
    private readonly double[] rough;
    private readonly FrozenDictionary<string, int> texts;
    private readonly bool[] isKnown;

    private RuleIndex(FeelKind kind, decimal[] points, FrozenDictionary<string, int> texts, FeelValue?[] pieces, UnaryTest?[] tests)
    {
        (this.kind, this.points, this.texts) = (kind, points, texts);
        rough = Array.ConvertAll(points, point => (double)point);
        isKnown = Array.ConvertAll(pieces, piece => piece is not null);
        Words = (tests.Length + 63) / 64;
        Rules = new ulong[pieces.Length * Words];
        for (var piece = 0; piece < pieces.Length; piece++)
            for (var rule = 0; rule < tests.Length; rule++)
                if (pieces[piece] is { } value && (tests[rule] is null || tests[rule]!.Holds(value, []))) Rules[piece * Words + (rule >> 6)] |= 1UL << (rule & 63);
    }

    /// <summary>Words of bits a piece.</summary>
    public int Words { get; }

    /// <summary>The rules that hold in each piece, <see cref="Words"/> each; a rule without a test of this column holds in all.</summary>
    public ulong[] Rules { get; }

    /// <summary>Makes the index of a column.</summary>
    /// <param name="tests">Of each rule; null where any value will do.</param>
    /// <returns>Null when a test is worked out, or there is nothing to gain.</returns>
    public static RuleIndex? Of(UnaryTest?[] tests)
    {
        if (tests.Length < RulesMin) return null;
        var constants = new List<FeelValue>();
        var isOrdered = false;
        foreach (var test in tests)
            if (test is not null && !ColumnSegments.Collect(test, constants, ref isOrdered)) return null;
        constants.RemoveAll(constant => constant.IsNull);
        if (constants.Count == 0 || constants.Exists(constant => constant.Kind != constants[0].Kind)) return null;
        // The last piece is null.
        switch (constants[0].Kind)
        {
            case FeelKind.Boolean when !isOrdered:
                return new RuleIndex(FeelKind.Boolean, [], FrozenDictionary<string, int>.Empty, [FeelValue.Of(false), FeelValue.Of(true), FeelValue.Null], tests);
            case FeelKind.Text when !isOrdered:
                var known = constants.Select(constant => constant.Text).Distinct(StringComparer.Ordinal).ToArray();
                var places = known.Index().ToFrozenDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
                return new RuleIndex(FeelKind.Text, [], places, [.. known.Select(text => (FeelValue?)FeelValue.Of(text)), FeelValue.Of(Another(known)), FeelValue.Null], tests);
            case FeelKind.Number:
                decimal[] points = [.. constants.Select(constant => constant.Number).Distinct().Order()];
                return new RuleIndex(FeelKind.Number, points, FrozenDictionary<string, int>.Empty, [.. Cut(points), FeelValue.Null], tests);
            default:
                return null;
        }
    }

    /// <summary>The piece of a value.</summary>
    /// <returns><see cref="Unknown"/> when it is of another kind, or lies between constants that are too near each other.</returns>
    public int PieceOf(in FeelValue value)
    {
        if (value.IsNull) return isKnown.Length - 1;
        if (value.Kind != kind) return Unknown;
        if (kind == FeelKind.Boolean) return value.IsTrue ? 1 : 0;
        if (kind == FeelKind.Text) return texts.TryGetValue(value.Text, out var place) ? place : texts.Count;
        var piece = PieceOf(value.Number);
        return isKnown[piece] ? piece : Unknown;
    }

    /// <summary>Twice the points below the value, and one more when it is a point.</summary>
    private int PieceOf(decimal value)
    {
        var about = (double)value;
        int low = 0, high = rough.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            // Doubles settle all but values next to a point, where the decimals must be compared.
            var apart = about - rough[middle];
            var order = Math.Abs(apart) > Nearness * Math.Abs(rough[middle]) ? (apart > 0 ? 1 : -1) : value.CompareTo(points[middle]);
            if (order == 0) return 2 * middle + 1;
            if (order > 0) low = middle + 1;
            else high = middle;
        }

        return 2 * low;
    }

    private static IEnumerable<FeelValue?> Cut(decimal[] points)
    {
        yield return points[0] > decimal.MinValue / 2 ? FeelValue.Of(points[0] - 1) is var below && below.Number < points[0] ? below : null : null;
        for (var i = 0; i < points.Length; i++)
        {
            yield return FeelValue.Of(points[i]);
            if (i + 1 == points.Length) continue;
            var middle = points[i] / 2 + points[i + 1] / 2;
            yield return middle > points[i] && middle < points[i + 1] ? FeelValue.Of(middle) : null;
        }

        yield return points[^1] < decimal.MaxValue / 2 ? FeelValue.Of(points[^1] + 1) is var above && above.Number > points[^1] ? above : null : null;
    }

    private static string Another(string[] known) => string.Concat(known) + "\uFFFF";
}
