using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;
using static CreditGrains.Securitisation.Tests.Pools.PoolWorld;

namespace CreditGrains.Securitisation.Tests.Pools;

/// <summary>A pool kept in parts adds up to the one that is whole.</summary>
public sealed class PoolSumTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AddUp_OfPartsByLoan_IsTheWholePool(int seed)
    {
        var random = new Random(seed);
        var whole = Book();
        PoolBook[] parts = [Book(), Book(), Book()];
        for (var loan = 0; loan < 120; loan++)
        {
            var candidate = Loan(random.Next(1, 1_000_000)) with { Industry = random.Next(6), Region = random.Next(9), Obligor = random.Next(20), Origination = CutOff.AddDays(-random.Next(900)) };
            Assert.Null(whole.Enter(loan, 0, candidate, TransferKind.Purchase, CutOff));
            Assert.Null(parts[loan % 3].Enter(loan, 0, candidate, TransferKind.Purchase, CutOff));
        }

        // The last part hears of nothing for months: the months are closed for it when it is added.
        for (var date = On(2, 1); date < On(9, 1); date = date.AddDays(1))
        {
            var loan = random.Next(date < On(6, 1) ? 80 : 120);
            loan = date < On(6, 1) && loan % 3 == 2 ? loan - 1 : loan;
            if (whole.Of(loan).Pool == 0) continue;
            var owed = whole.Of(loan).Principal;
            var movement = random.Next(5) switch
            {
                0 => Move(date, MovementCause.Aged, owed, random.Next(120)),
                1 => Move(date, MovementCause.PrepaidWhole, 0) with { Prepaid = owed },
                _ => Move(date, MovementCause.Paid, owed - owed / 10) with { Scheduled = owed / 10, Interest = 7 },
            };
            whole.Apply(loan, movement);
            parts[loan % 3].Apply(loan, movement);
        }

        var sum = PoolLedger.AddUp([.. parts.Select(part => part.Pools[0].Freeze())]);
        // A sum of one has codes and vintages in the same order as a sum of several.
        Assert.Equal(Convert.ToHexString(PoolLedger.AddUp([whole.Pools[0].Freeze()]).SaveWhole()), Convert.ToHexString(sum.SaveWhole()));
        Assert.Equal(whole.Pools[0].CumulativeDefaults(), sum.CumulativeDefaults());
        Assert.All(sum.History, month => Assert.Equal(month.Closing, month.ByFlows));
        Assert.True(sum.History.Count >= 6 && sum.DefaultedTotal > 0, "too little happened");
    }

    [Fact]
    public void Part_OfFour_HoldsAQuarterOfWhatSumsAllow()
    {
        var part = new PoolLedger(Terms) { Parts = 4 };
        Assert.Equal(1L << 58, part.SumMax);
        Assert.Null(part.Check(Loan(1L << 58), TransferKind.Purchase, CutOff));
        var refusal = part.Check(Loan((1L << 58) + 1), TransferKind.Purchase, CutOff)!;
        Assert.Equal(PoolFault.PoolTooLarge, refusal.Fault);
        Assert.Contains("4 partitions", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Part_UnderConcentrationRules_LetsInWhatThePoolSays()
    {
        var terms = Terms with { Concentrations = [new ConcentrationRule("one region", PoolDimension.Region, 1, 0)] };
        Assert.Equal(PoolFault.TooConcentrated, new PoolLedger(terms).Check(Loan(), TransferKind.Purchase, CutOff)!.Fault);
        var part = new PoolLedger(terms) { Parts = 2 };
        Assert.Null(part.Check(Loan(), TransferKind.Purchase, CutOff, PoolVerdict.MayEnter));
        Assert.Equal("one region", part.Check(Loan(), TransferKind.Purchase, CutOff)!.Rule);
        Assert.Equal("too much", part.Check(Loan(), TransferKind.Purchase, CutOff, new PoolVerdict("another", "too much"))!.Message);
    }

    [Fact]
    public void AddUp_OfProjectedParts_IsTheProjectionOfAllLoans()
    {
        var random = new Random(9);
        var all = new LoanColumns(3_000);
        var parts = Enumerable.Range(0, 3).Select(_ => new LoanColumns(1_000)).ToArray();
        for (var i = 0; i < all.Count; i++)
        {
            var (part, at) = (parts[i % 3], i / 3);
            part.Balance[at] = all.Balance[i] = random.Next(1, 9_999_999);
            part.RateAnnual[at] = all.RateAnnual[i] = random.Next(20_000_000);
            part.RemainingMonths[at] = all.RemainingMonths[i] = (ushort)random.Next(1, 90);
            part.AgeMonths[at] = all.AgeMonths[i] = (ushort)random.Next(60);
            part.Plan[at] = all.Plan[i] = (ColumnPlan)random.Next(3);
        }

        var scenario = new Scenario
        {
            Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(0.15)), LoanDefault = new LoanDefaultCurve.FlatMdr(new Mdr(0.004)), Recovery = new RecoveryTerms(0.37, 5, [0.5, 0.3, 0.2]),
        };
        var conventions = new ProjectionConventions();
        var whole = ColumnProjection.Run(all, scenario, conventions).Total;
        var sum = ColumnProjection.AddUp([.. parts.Select(part => ColumnProjection.Run(part, scenario, conventions).Total)], scenario, conventions, default);
        Assert.Equal(whole.Periods, sum.Periods);
        foreach (var column in Enum.GetValues<CashflowColumn>()) Assert.Equal(whole[column], sum[column]);
        Assert.True(sum.Total(CashflowColumn.Recovery) > 0);
    }
}
