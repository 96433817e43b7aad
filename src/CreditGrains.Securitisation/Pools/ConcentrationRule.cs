using System.Globalization;

namespace CreditGrains.Securitisation.Pools;

/// <summary>What balances are added up by.</summary>
public enum PoolDimension
{
    Bucket = 0,
    TermBand = 1,
    RateBand = 2,
    Industry = 3,
    Region = 4,
    Vintage = 5,
    Obligor = 6,
}

/// <summary>The largest part of the pool that one group may have after a loan enters.</summary>
/// <param name="Name">As refusals name it.</param>
/// <param name="By">What makes a group: term band, rate band, industry, region or obligor.</param>
/// <param name="MaxPpm">Parts per million, included.</param>
/// <param name="Floor">The pool counts as at least so large, minor units: a pool that is being filled needs it.</param>
public sealed record ConcentrationRule(string Name, PoolDimension By, int MaxPpm, long Floor)
{
    private const int WholePpm = 1_000_000;

    /// <summary>The group a loan is in: a band's place, or the code of an industry, a region or an obligor.</summary>
    public long GroupOf(PoolTerms terms, in LoanCandidate loan) => By switch
    {
        PoolDimension.TermBand => PoolTerms.BandOf(terms.TermBands, loan.RemainingMonths),
        PoolDimension.RateBand => PoolTerms.BandOf(terms.RateBands, loan.RatePpm),
        PoolDimension.Industry => loan.Industry,
        PoolDimension.Region => loan.Region,
        PoolDimension.Obligor => loan.Obligor,
        _ => throw new InvalidOperationException($"no concentration by {By}"),
    };

    /// <summary>What is wrong with a loan that enters; null when the rule holds.</summary>
    /// <param name="loan">The loan.</param>
    /// <param name="groupBefore">What its group holds without it, minor units.</param>
    /// <param name="poolBefore">What the pool holds without it.</param>
    public string? WhyNot(in LoanCandidate loan, long groupBefore, long poolBefore)
    {
        // Debtors that are not known are no group.
        if (By == PoolDimension.Obligor && loan.Obligor == 0) return null;
        var (group, pool) = (groupBefore + loan.Principal, poolBefore + loan.Principal);
        return IsAbove(group, pool)
            ? string.Create(CultureInfo.InvariantCulture, $"{By} would have {group} of {Math.Max(pool, Floor)} minor units, above {MaxPpm} parts per million")
            : null;
    }

    /// <summary>Whether a group of a balance is too large a part of a pool.</summary>
    public bool IsAbove(long group, long pool) => (Int128)group * WholePpm > (Int128)Math.Max(pool, Floor) * MaxPpm;
}
