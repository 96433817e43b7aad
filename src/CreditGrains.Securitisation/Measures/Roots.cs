namespace CreditGrains.Securitisation.Measures;

/// <summary>Finds where a function changes its sign. All places within the range that a fine enough grid separates are found, since a cash flow may have several yields.</summary>
public static class Roots
{
    private const int Pieces = 2_000;
    private const int HalvingsMax = 200;

    /// <summary>All roots in ascending order; empty when there is none in the range.</summary>
    /// <param name="function">Continuous where it is finite.</param>
    /// <param name="low">Start of the range, above −1: the grid is even in ln(1 + x), finer where rates are low.</param>
    /// <param name="high">End of the range.</param>
    public static IReadOnlyList<double> All(Func<double, double> function, double low, double high)
    {
        var roots = new List<double>();
        double start = Math.Log(1 + low), step = (Math.Log(1 + high) - start) / Pieces;
        var left = low;
        var atLeft = function(left);
        for (var i = 1; i <= Pieces; i++)
        {
            var right = Math.Exp(start + i * step) - 1;
            var atRight = function(right);
            if (atLeft == 0) roots.Add(left);
            else if (double.IsFinite(atLeft) && double.IsFinite(atRight) && atLeft < 0 != atRight < 0 && atRight != 0) roots.Add(Halve(function, left, right, atLeft < 0));
            left = right;
            atLeft = atRight;
        }

        if (atLeft == 0) roots.Add(left);
        return roots;
    }

    /// <summary>
    /// All places where a condition changes along a range, to a resolution: the value just before and just after. For measures such as a break-even rate, where several answers must be told.
    /// </summary>
    public static IReadOnlyList<(double Before, double After)> Changes(Func<double, bool> holds, double low, double high, int pieces, double resolution)
    {
        var changes = new List<(double, double)>();
        var left = low;
        var atLeft = holds(low);
        for (var i = 1; i <= pieces; i++)
        {
            var right = low + (high - low) * i / pieces;
            var atRight = holds(right);
            if (atLeft != atRight)
            {
                double before = left, after = right;
                while (after - before > resolution)
                {
                    var middle = (before + after) / 2;
                    if (holds(middle) == atLeft) before = middle;
                    else after = middle;
                }

                changes.Add((before, after));
            }

            left = right;
            atLeft = atRight;
        }

        return changes;
    }

    private static double Halve(Func<double, double> function, double low, double high, bool risesFromBelow)
    {
        for (var i = 0; i < HalvingsMax; i++)
        {
            var middle = (low + high) / 2;
            if (middle == low || middle == high) break;
            if (function(middle) < 0 == risesFromBelow) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }
}
