using System.Collections.Immutable;

namespace CreditGrains.Domain.Delinquency;

/// <summary>One claim on an obligor.</summary>
/// <param name="Balance">In one currency for all claims, minor units, 0 to 2^60.</param>
/// <param name="Own">Its class by its own table.</param>
public readonly record struct ObligorClaim(long Balance, Classification Own);

/// <summary>What an obligor owes to all banks, by the credit register; in one currency, minor units.</summary>
/// <param name="Total">All debts, 0 to 2^60.</param>
/// <param name="Over90Days">Those over 90 days past due, at most all.</param>
public readonly record struct AllBankDebt(long Total, long Over90Days);

/// <summary>
/// How one obligor's bad debts colour the others (Measures of 2023 as cited at <see cref="ClassificationTable.Loans"/>; non-retail obligors only). Above a
/// share all claims are at least substandard. Shares are of the balances and exact; equal to the share is not above it.
/// </summary>
/// <param name="InHouseSharePpm">Non-performing part of the in-house claims above which all are, parts per million.</param>
/// <param name="AllBankSharePpm">Part of all banks' claims over 90 days past due above which all are, parts per million.</param>
public sealed record ContagionRule(long InHouseSharePpm, long AllBankSharePpm)
{
    private const long WholePpm = 1_000_000;

    /// <summary>More than 10 % in house, more than 20 % over all banks.</summary>
    public static ContagionRule Usual { get; } = new(100_000, 200_000);

    /// <summary>The class of each claim after contagion, in the order given.</summary>
    /// <param name="claims">All in-house claims on the obligor.</param>
    /// <param name="allBanks">Its debt to all banks; null when it is not known, which applies the in-house rule alone.</param>
    /// <param name="isRetail">A retail obligor: nothing spreads.</param>
    public ImmutableArray<Classification> Apply(IReadOnlyCollection<ObligorClaim> claims, AllBankDebt? allBanks, bool isRetail)
    {
        var spreads = !isRetail && (IsInHouse(claims) || (allBanks is { } debt && IsAbove(debt.Over90Days, debt.Total, AllBankSharePpm)));
        return [.. claims.Select(claim => spreads ? Classifications.Worse(claim.Own, Classification.Substandard) : claim.Own)];
    }

    /// <summary>Whether bad claims on an obligor that is not retail make all of them bad.</summary>
    /// <param name="total">In-house claims, 0 or more.</param>
    /// <param name="bad">Those non-performing by their own class, at most all.</param>
    /// <param name="allBanks">Its debt to all banks; null when it is not known.</param>
    public bool Spreads(long total, long bad, AllBankDebt? allBanks) =>
        IsAbove(bad, total, InHouseSharePpm) || (allBanks is { } debt && IsAbove(debt.Over90Days, debt.Total, AllBankSharePpm));

    private bool IsInHouse(IReadOnlyCollection<ObligorClaim> claims)
    {
        Int128 total = 0, bad = 0;
        foreach (var claim in claims)
        {
            total += claim.Balance;
            if (claim.Own.IsNonPerforming()) bad += claim.Balance;
        }

        return IsAbove(bad, total, InHouseSharePpm);
    }

    private static bool IsAbove(Int128 part, Int128 whole, long sharePpm) => part * WholePpm > whole * sharePpm;
}
