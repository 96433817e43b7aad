using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>A scenario's monthly rates as arrays, worked out once: by period, or by age when a curve goes by age.</summary>
internal sealed class ScenarioRates
{
    /// <param name="scenario">Checked; conditional defaults.</param>
    /// <param name="conventions">Give the clock.</param>
    /// <param name="calendar">Gives the days.</param>
    /// <param name="months">Longest term.</param>
    /// <param name="ages">Highest age.</param>
    public ScenarioRates(Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar, int months, int ages)
    {
        IsByAge = scenario.Prepayment.Clock == CurveClock.Age || scenario.LoanDefault.Clock == CurveClock.Age;
        MonthsFree = conventions.NoDefaultNearMaturity ? scenario.Recovery.LagMonths : 0;
        // By age the arrays cover every age a loan can reach; a period curve beside an age curve is read by period in the kernel.
        PrepaidByAge = scenario.Prepayment.Clock == CurveClock.Age;
        DefaultedByAge = scenario.LoanDefault.Clock == CurveClock.Age;
        Prepaid = new double[PrepaidByAge ? months + ages : months];
        Defaulted = new double[DefaultedByAge ? months + ages : months];
        for (var i = 0; i < Prepaid.Length; i++) Prepaid[i] = scenario.PrepaidRatio(i + 1, i + 1, Years(i));
        for (var i = 0; i < Defaulted.Length; i++) Defaulted[i] = scenario.DefaultedRatio(i + 1, i + 1, Years(i));

        double Years(int i) => calendar.YearFraction(conventions.RateClock, null, i + 1);
    }

    /// <summary>Whether one of the curves goes by age.</summary>
    public bool IsByAge { get; }

    public bool PrepaidByAge { get; }

    public bool DefaultedByAge { get; }

    /// <summary>Months before maturity without defaults.</summary>
    public int MonthsFree { get; }

    /// <summary>SMM; index 0 is period 1, or age 1.</summary>
    public double[] Prepaid { get; }

    /// <summary>MDR; the same index.</summary>
    public double[] Defaulted { get; }
}
