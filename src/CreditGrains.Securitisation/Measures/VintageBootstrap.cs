using System.Collections.Immutable;
using CreditGrains.Domain.Draws;
using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// Paths of monthly default rates put together from runs of consecutive months of vintages drawn at random, each run at the same month on book where it came from, so that seasoning
/// stays. Source: Künsch 1989, moving blocks.
/// </summary>
public sealed class VintageBootstrap
{
    private readonly ImmutableArray<double>[][] reaching;
    private readonly int block;

    /// <param name="vintages">Conditional monthly default rates by month on book; lengths may differ.</param>
    /// <param name="months">Length of a path; some vintage must be as long.</param>
    /// <param name="block">Months of a run, at least 1.</param>
    /// <exception cref="InvalidInputException">Naming what is out of range.</exception>
    public VintageBootstrap(IReadOnlyList<ImmutableArray<double>> vintages, int months, int block)
    {
        if (block < 1 || months < 1) throw new InvalidInputException("BlockOutOfRange", "block", "months and block must be at least 1");
        if (vintages.Count == 0 || vintages.Max(vintage => vintage.Length) < months)
            throw new InvalidInputException("VintagesTooShort", "vintages", $"no vintage has {months} months; shorten the path or give an older vintage");
        for (var v = 0; v < vintages.Count; v++)
            for (var i = 0; i < vintages[v].Length; i++) RateCheck.Ratio(vintages[v][i], $"vintages[{v}][{i}]");
        this.block = block;
        reaching = [.. Enumerable.Range(0, months).Select(month => vintages.Where(vintage => vintage.Length > month).ToArray())];
    }

    /// <summary>One path.</summary>
    public ImmutableArray<double> Path(Xoshiro256 draws)
    {
        var path = ImmutableArray.CreateBuilder<double>(reaching.Length);
        while (path.Count < reaching.Length)
        {
            var month = path.Count;
            var vintage = reaching[month][(int)draws.Below(reaching[month].Length)];
            var end = Math.Min(Math.Min(month + block, reaching.Length), vintage.Length);
            for (; month < end; month++) path.Add(vintage[month]);
        }

        return path.MoveToImmutable();
    }
}
