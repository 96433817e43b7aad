using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>
/// Loans in default when the projection begins. 1,200,000 in one bullet of five months without interest; 200,000 default in the first month and are 40 % recovered, in halves two and three months later: 80,000 come
/// back, 120,000 are lost. The run from the middle has the first month as an actual and the 200,000 as its stock.
/// </summary>
public sealed class DefaultedStockTest
{
    private const string Steps = """{ "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }, { "do": "payResidual", "to": "B", "from": "income" }""";
    private const string Recovery = """ "recovery": { "severity": 0.6, "lagMonths": 2, "timing": [0.5, 0.5] } """;
    private const string Actual = """{ "opening": 1200000, "defaulted": 200000, "closing": 1000000 }""";

    private static readonly DealTerms Middle = Deal(1_000_000, 4, $"{{ {Recovery} }}", $""" "actuals": [{Actual}], "defaultedStock": 200000,""");

    [Fact]
    public void Stock_OfADealFromTheMiddle_ComesBackAsItDoesFromTheStart()
    {
        // 200,000 of 1,200,000 is a sixth; after the first month nothing defaults.
        var whole = DealRunner.Run(Deal(1_200_000, 5, $$"""{ "default": { "vector": [0.16666666666666666, 0], "unit": "monthly" }, {{Recovery}} }"""));
        var middle = DealRunner.Run(Middle);
        Assert.Equal([0, 0, 40_000, 40_000, 0], middle.Periods.Take(5).Select(period => period.Pool.Recovered));
        Assert.Equal([0, 0, 60_000, 60_000, 0], middle.Periods.Take(5).Select(period => period.Pool.Loss));
        Assert.Equal([0, 0, 60_000, 60_000, 0], middle.Of("B").Take(5).Select(period => period.WrittenDown));
        Assert.Equal(120_000.0 / 1_200_000, middle.Periods[^1].Triggers[0].Value!.Value, 12);
        Assert.All(middle.Periods, period => Assert.Equal(200_000.0 / 1_200_000, period.CumulativeDefault, 12));
        Assert.Equal(whole.Periods.Count, middle.Periods.Count);
        Assert.All(whole.Periods.Zip(middle.Periods), pair => Assert.Equal(pair.First.Pool, pair.Second.Pool));
        Assert.All(whole.Periods.Zip(middle.Periods), pair => Assert.Equal(pair.First.Tranches, pair.Second.Tranches));
    }

    /// <summary>Without a lag all of it is liquidated in the first month projected, also when that month ends the loans.</summary>
    [Theory]
    [InlineData(""" "recovery": { "severity": 0.6 } """, 80_000, 120_000)]
    [InlineData(""" "prepayment": { "cpr": 0 } """, 0, 200_000)]
    [InlineData(""" "recovery": { "severity": 0.6 }, "stresses": [{ "fromPeriod": 1, "severity": 1.5 }] """, 80_000, 120_000)]
    public void Stock_WithoutALag_IsLiquidatedInTheFirstMonth(string assumptions, long recovered, long lost)
    {
        var run = DealRunner.Run(Deal(1_000_000, 1, $"{{ {assumptions} }}", $""" "actuals": [{Actual}], "defaultedStock": 200000,"""));
        Assert.Equal((2, recovered, lost), (run.Periods.Count, run.Periods[1].Pool.Recovered, run.Periods[1].Pool.Loss));
    }

    /// <summary>Recoveries come after the last loan has paid: the run goes on for them.</summary>
    [Fact]
    public void Stock_WithALongLag_OutlivesTheLoans()
    {
        var run = DealRunner.Run(Deal(1_000_000, 1, """{ "recovery": { "severity": 0.6, "lagMonths": 6 } }""", """ "originalPool": 1200000, "defaultedBefore": 200000, "defaultedStock": 200000,"""));
        // As if it had defaulted in month 0, it comes back in month 6; what defaults in month 1 would in month 7.
        Assert.Equal([0, 80_000, 0], run.Periods.Skip(4).Select(period => period.Pool.Recovered));
        Assert.Equal((80_000, 120_000), (run.Periods[5].Tranches[1].PrincipalPaid, run.Periods[5].Tranches[1].WrittenDown));
    }

    /// <summary>Whole defaults are on the ledger since they defaulted; what comes back is income, and the stock is not booked again.</summary>
    [Fact]
    public void Stock_WhereRecoveriesAreIncome_IsNotBookedAgain()
    {
        var run = DealRunner.Run(Middle with { RecoveriesAreIncome = true, Losses = LossTreatment.Ledger });
        Assert.Equal(200_000, run.Periods[0].Tranches[1].Deficiency);
        Assert.Equal([200_000, 200_000, 200_000, 200_000], run.Of("B").Take(4).Select(period => period.Deficiency));
        Assert.Equal([40_000, 40_000], run.Of("B").Skip(2).Take(2).Select(period => period.ResidualPaid));
    }

    [Fact]
    public void Stock_OfOneOfSeveralPools_IsThatPools()
    {
        var run = DealRunner.Run(DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "pools": [
                { "name": "one", "lines": [{ "balance": 500000, "rate": 0, "remainingMonths": 4 }] },
                { "name": "two", "lines": [{ "balance": 500000, "rate": 0, "remainingMonths": 4 }], "originalBalance": 700000, "defaultedBefore": 200000, "defaultedStock": 200000 }] },
              "assumptions": { {{Recovery}} }, "tranches": [{ "name": "A", "balance": 1000000 }, { "name": "B", "balance": 200000 }], "losses": "writeDown", "waterfalls": { "amortising": [{{Steps}}] } }
            """));
        Assert.Equal([0, 60_000, 60_000, 0], run.Periods.Take(4).Select(period => period.Pools[1].Month.Loss));
        Assert.All(run.Periods, period => Assert.Equal(0, period.Pools[0].Month.Loss));
        Assert.Equal(200_000.0 / 700_000, run.Periods[^1].Pools[1].CumulativeDefault, 12);
    }

    [Fact]
    public void Export_HasTheStockAsARowOfItsOwn()
    {
        var run = DealRunner.Run(Middle);
        var months = LoanExport.Of(run).ToArray();
        foreach (var period in run.Periods.Skip(1))
        {
            var own = months.Where(month => month.PaymentPeriod == period.Period).ToArray();
            Assert.Equal((period.Pool.Recovered, period.Pool.Loss), ((long)own.Sum(month => month.Recovery), (long)own.Sum(month => month.Loss)));
        }

        Assert.Equal([(3, 60_000), (4, 60_000)], months.Where(month => month.Loan == LoanExport.StockName && month.Loss > 0).Select(month => (month.Month, (int)month.Loss)));
    }

    [Fact]
    public void Stock_OfSegmentsThatRecoverDifferently_IsRefused()
    {
        const string segments = """{ "segments": [{ "recovery": { "severity": 0.6 } }, { "recovery": { "severity": SECOND } }] }""";
        DealTerms Of(string second) => Deal(1_000_000, 4, segments.Replace("SECOND", second, StringComparison.Ordinal), """ "defaultedStock": 200000,""");
        Assert.Equal(120_000, DealRunner.Run(Of("0.6")).Periods[0].Pool.Loss);
        Assert.Equal("defaultedStock", Assert.Throws<InvalidInputException>(() => Of("0.5")).Path);
    }

    /// <summary>With pools, what was before the run is said of each: of the deal it would be read and thrown away.</summary>
    [Theory]
    [InlineData("defaultedBefore")]
    [InlineData("lostBefore")]
    [InlineData("defaultedStock")]
    public void Before_OfADealWithPools_IsRefused(string field)
    {
        var fault = Assert.Throws<InvalidInputException>(() => DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "pools": [{ "name": "one", "lines": [{ "balance": 500000, "rate": 0, "remainingMonths": 4 }] }] },
              "{{field}}": 200000, "tranches": [{ "name": "A", "balance": 500000 }, { "name": "B" }], "waterfalls": { "amortising": [{{Steps}}] } }
            """));
        Assert.Equal(field, fault.Path);
        Assert.Contains($"collateral.pools[i].{field}", fault.Fault, StringComparison.Ordinal);
    }

    private static DealTerms Deal(long balance, int months, string assumptions, string more = "") => DealSamples.Parse($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": {{balance}}, "rate": 0, "remainingMonths": {{months}}, "amortisation": "bullet" }] }, "assumptions": {{assumptions}}, {{more}}
          "tranches": [{ "name": "A", "balance": 1000000 }, { "name": "B", "balance": 200000 }], "losses": "writeDown",
          "triggers": [{ "name": "lost", "kind": "cumulativeLoss", "level": 1 }], "waterfalls": { "amortising": [{{Steps}}] } }
        """);
}
