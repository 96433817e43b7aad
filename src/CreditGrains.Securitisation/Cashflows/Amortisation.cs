using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>How a line repays by plan: one of the closed cases below. Only what a projection needs; plans of single loans with dates and fees are the domain's.</summary>
public abstract record Amortisation
{
    private Amortisation()
    {
    }

    /// <summary>Level instalments over the remaining term (等额本息).</summary>
    public sealed record LevelPayment : Amortisation;

    /// <summary>The same principal each month (等额本金).</summary>
    public sealed record EqualPrincipal : Amortisation;

    /// <summary>Interest only, all principal in the last month.</summary>
    public sealed record AtMaturity : Amortisation;

    /// <summary>Interest only for a number of months from now, then level.</summary>
    /// <param name="InterestOnlyMonths">Below the remaining term.</param>
    public sealed record InterestOnlyThenLevel(int InterestOnlyMonths) : Amortisation;

    /// <summary>Instalments as over a longer term; the rest in the last month.</summary>
    /// <param name="AmortisationMonths">Counted from now, at least the remaining term.</param>
    public sealed record Balloon(int AmortisationMonths) : Amortisation;

    /// <summary>Principal by month as parts of the balance now; they add up to 1.</summary>
    public sealed record Stepped(ImmutableArray<double> Parts) : Amortisation;

    public static readonly Amortisation Level = new LevelPayment();
    public static readonly Amortisation Equal = new EqualPrincipal();
    public static readonly Amortisation Bullet = new AtMaturity();
}
