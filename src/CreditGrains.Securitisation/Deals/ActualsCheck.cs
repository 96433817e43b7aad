using System.Globalization;

namespace CreditGrains.Securitisation.Deals;

/// <summary>
/// Months that have been must add up, meet each other, and meet the lines, which are of after the last: else principal would come from nowhere or be lost. Looked at by the run, so by every way in, and
/// not when the file is read: a tape or a live pool may yet stand for its lines.
/// </summary>
internal static class ActualsCheck
{
    /// <exception cref="InvalidInputException">ActualsApart, naming the month.</exception>
    public static void Check(DealTerms deal)
    {
        var pools = deal.AllPools;
        for (var i = 0; i < pools.Length; i++)
            if (!pools[i].Actuals.IsDefaultOrEmpty) Check(pools[i], deal.Pools.IsEmpty ? "" : $"collateral.pools[{i}].");
    }

    private static void Check(CollateralPool pool, string under)
    {
        var months = pool.Actuals;
        for (var i = 0; i < months.Length; i++)
        {
            if (WhyNotSum(months[i]) is { } fault) throw Apart($"{under}actuals[{i}]", fault);
            if (i > 0 && months[i].Opening != Left(months[i - 1]))
                throw Apart($"{under}actuals[{i}].opening", $"the month before closes at {Left(months[i - 1])} minor units with what was bought, this one opens at {months[i].Opening}; make them equal");
        }

        var lines = pool.Lines.Sum(line => line.Balance);
        if (Math.Abs(lines - Left(months[^1])) > pool.Lines.Length)
            throw Apart($"{under}actuals[{months.Length - 1}].closing", string.Create(CultureInfo.InvariantCulture, $"the last month closes at {Left(months[^1])} minor units with what was bought, the lines add up to {lines:F0}; the lines are of after the last month, so make them equal"));
    }

    /// <summary>What is wrong with the sum of a month; null when it adds up.</summary>
    public static string? WhyNotSum(in PoolMonth month)
    {
        var sum = (Int128)month.Opening + month.Added - month.Scheduled - month.Prepaid - month.Defaulted;
        return sum == month.Closing ? null : $"opening with what was added, less scheduled, prepaid and defaulted, is {sum} minor units, closing is {month.Closing}; make them equal";
    }

    private static long Left(in PoolMonth month) => month.Closing + month.Purchased;

    private static InvalidInputException Apart(string path, string fault) => new("ActualsApart", path, fault);
}
