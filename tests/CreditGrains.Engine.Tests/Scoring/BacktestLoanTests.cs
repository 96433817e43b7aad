using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tests.Loans;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>What a backtest makes of loans.</summary>
public sealed class BacktestLoanTests : LoanTest
{
    [Fact]
    public void Drawdown_WithTermsOfALoan_IsLeftOutAndCounted()
    {
        Draw(1_200_000, Level, 12);
        Assert.Equal(OutcomeKind.Approved, World.Ask(50_00).Kind);
        using var run = new BacktestRun(World.Partition.EventJournal, BacktestRunTests.Options, World.Scope, BacktestRunTests.Files, 0);
        run.Execute(_ => { }, CancellationToken.None);
        var part = run.Part(new Dictionary<NodeKey, bool>());
        Assert.Equal((1, 1, 1), (part.Counts.Requests, part.Counts.ApprovedNow, part.Counts.LeftOut));
        Assert.Equal((1_205_000, 5_000), (part.ExposureThen["EUR"], part.ExposureNow["EUR"]));
    }
}
