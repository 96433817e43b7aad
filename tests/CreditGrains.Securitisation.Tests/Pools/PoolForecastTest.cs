using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Securitisation.Tests.Pools;

/// <summary>A pool's own past on its loans as they are.</summary>
public sealed class PoolForecastTest
{
    [Fact]
    public void Project_EverybodyPays_IsThePlanOfTheLoans()
    {
        var forecast = new PoolForecast();
        for (var i = 0; i < 10; i++) forecast.Add(0, 12, 60_000, 1_000_000);
        Assert.Equal(1, forecast.Lines);
        var own = forecast.Project(new RollRateMatrix([[1, 0, 0, 0], [1, 0, 0, 0]]));
        var plan = PoolProjection.Run([new LoanLine { Balance = 10_000_000, RateAnnual = 0.06, RemainingMonths = 12 }], [new Scenario()], new ProjectionConventions(), default).Total;
        for (var month = 0; month < 12; month++) Assert.Equal(plan[CashflowColumn.Scheduled][month], own[CashflowColumn.Scheduled][month], 1.0);
    }

    [Fact]
    public void Project_FirstMonth_MovesByTheMatrix()
    {
        var forecast = new PoolForecast();
        forecast.Add(0, 24, 0, 1_000_000);
        forecast.Add(1, 24, 0, 400_000);
        var table = forecast.Project(new RollRateMatrix([[0.9, 0.1, 0, 0], [0.5, 0, 0.25, 0.25]]));
        Assert.Equal(100_000, table[CashflowColumn.Defaulted][0]);
        Assert.Equal(100_000, table[CashflowColumn.Delinquent][0]);
    }
}
