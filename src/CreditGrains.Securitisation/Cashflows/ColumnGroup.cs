using System.Runtime.Intrinsics;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>Up to 32 loans of one shape, as the kernel reads them; empty places have no balance. One a thread, refilled for each group.</summary>
internal sealed class ColumnGroup(LoanColumns loans)
{
    private const int Width = ColumnKernel.GroupLength;
    private readonly int[] ages = new int[Width];
    private readonly double[] free = new double[Width];

    /// <summary>Balances in minor units.</summary>
    public double[] Balance { get; } = new double[Width];

    /// <summary>Annual rates.</summary>
    public double[] Rate { get; } = new double[Width];

    /// <summary>Part of the balance due with k + 1 instalments left, at k · 32 + place.</summary>
    public double[] Parts { get; } = new double[loans.MonthsLongest * Width];

    /// <summary>SMM of a month, at month · 32 + place; by age only.</summary>
    public double[] PrepaidRatios { get; private set; } = [];

    /// <summary>MDR of a month; by age only.</summary>
    public double[] DefaultedRatios { get; private set; } = [];

    /// <summary>Instalments left, the same for all.</summary>
    public int Months { get; private set; }

    /// <summary>Takes up loans and works out their plans.</summary>
    public void Load(ReadOnlySpan<int> places, int months, ColumnPlan plan)
    {
        Months = months;
        for (var i = 0; i < Width; i++)
        {
            var isLoan = i < places.Length;
            var at = isLoan ? places[i] : 0;
            Balance[i] = isLoan ? loans.Balance[at] : 0;
            Rate[i] = isLoan ? (double)loans.RateAnnual[at] / LoanColumns.RateScale : 0;
            ages[i] = isLoan ? loans.AgeMonths[at] : 0;
            free[i] = isLoan && loans.InterestOnlyMonths.Length > 0 ? loans.InterestOnlyMonths[at] : 0;
        }

        switch (plan)
        {
            case ColumnPlan.EqualPrincipal:
                for (var k = 0; k < months; k++) Parts.AsSpan(k * Width, Width).Fill(1.0 / (k + 1));
                break;
            case ColumnPlan.Listed:
                FillListed(places);
                break;
            case ColumnPlan.AtMaturity:
                Parts.AsSpan(0, months * Width).Clear();
                break;
            default:
                FillLevel(plan == ColumnPlan.InterestOnlyThenLevel);
                break;
        }

        Parts.AsSpan(0, Width).Fill(1);
    }

    /// <summary>Looks up the rates of every loan and month by its age.</summary>
    public void LoadRates(ScenarioRates rates)
    {
        if (PrepaidRatios.Length == 0)
        {
            PrepaidRatios = new double[Parts.Length];
            DefaultedRatios = new double[Parts.Length];
        }

        var lastDefault = Months - rates.MonthsFree;
        for (var t = 0; t < Months; t++)
            for (var i = 0; i < Width; i++)
            {
                PrepaidRatios[t * Width + i] = rates.Prepaid[rates.PrepaidByAge ? ages[i] + t : t];
                DefaultedRatios[t * Width + i] = t < lastDefault ? rates.Defaulted[rates.DefaultedByAge ? ages[i] + t : t] : 0;
            }
    }

    /// <summary>Each loan's own plan, turned round: the kernel counts months from the end.</summary>
    private void FillListed(ReadOnlySpan<int> places)
    {
        Parts.AsSpan(0, Months * Width).Clear();
        var own = new double[Months];
        for (var i = 0; i < places.Length; i++)
        {
            ScheduledBalance.Fill(new Amortisation.Stepped(loans.Listed[places[i]]), 0, own);
            for (var k = 0; k < Months; k++) Parts[k * Width + i] = own[Months - 1 - k];
        }
    }

    /// <summary>The recurrence of <see cref="ScheduledBalance.Fill"/>, eight loans at a time; months that pay interest only stay 0.</summary>
    private void FillLevel(bool hasFree)
    {
        for (var v = 0; v < Width; v += ColumnKernel.Lanes)
        {
            var growth = Vector512<double>.One + Vector512.Create(Rate.AsSpan(v, ColumnKernel.Lanes)) * Vector512.Create(1.0 / 12);
            var levelMonths = Vector512.Create((double)Months) - Vector512.Create(free.AsSpan(v, ColumnKernel.Lanes));
            var annuity = Vector512<double>.One;
            for (var k = 0; k < Months; k++)
            {
                var part = Vector512<double>.One / annuity;
                if (hasFree) part = Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Create((double)k), levelMonths), part, Vector512<double>.Zero);
                part.CopyTo(Parts.AsSpan(k * Width + v, ColumnKernel.Lanes));
                annuity = Vector512<double>.One + annuity * growth;
            }
        }
    }
}
