using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>Steps worked by hand: a bullet of 100,000.00 over 12 months, whose interest is the same each month, unless said otherwise.</summary>
public sealed class StepRuleTest
{
    /// <summary>
    /// 24 % a year of 10,000,000 is 200,000 a month, all residual; principal brings nothing until month 12. In month 6 5 % defaults: 500,000 are lost, and E has its 1,000,000 still to bear them. Of the 9,500,000 of
    /// month 12 A gets 9,000,000 and E 500,000 as principal; the interest of that month, 2 % of 9,500,000, is residual.
    /// </summary>
    [Fact]
    public void Residual_FromIncomeAndPrincipal_RepaysOnlyWhatCameFromPrincipal()
    {
        var run = Run(0.24, """{ "name": "A", "balance": 9000000 }, { "name": "E", "kind": "equity", "balance": 1000000 }""",
            """{ "do": "payPrincipal", "to": "A", "from": "principal" }, { "do": "payResidual", "to": "E", "from": ["income", "principal"] }""",
            """ "losses": "writeDown", "assumptions": { "default": { "vector": [0, 0, 0, 0, 0, 0.05, 0], "unit": "monthly" } },""");
        Assert.All(run.Of("E").Take(5), period => Assert.Equal((200_000, 0, 1_000_000), (period.ResidualPaid, period.PrincipalPaid, period.Closing)));
        Assert.Equal((500_000, 0), (run.Periods[5].Tranches[1].WrittenDown, run.Periods[5].Tranches[0].WrittenDown));
        Assert.Equal(9_000_000, run.Periods[11].Tranches[0].PrincipalPaid);
        Assert.Equal((500_000, 190_000), (run.Periods[11].Tranches[1].PrincipalPaid, run.Periods[11].Tranches[1].ResidualPaid));
    }

    /// <summary>
    /// No interest; a twelfth of 12,000,000 comes as principal each month. Moved to income, the 1,000,000 is on B's ledger. Where income then makes it good, it is back in principal and repays A.
    /// </summary>
    [Theory]
    [InlineData("", 1_000_000, 0)]
    [InlineData("""{ "do": "restore", "to": ["A", "B"], "from": "income" },""", 0, 1_000_000)]
    public void Move_OfPrincipalToIncome_IsOnTheLedgerUntilMadeGood(string restore, long deficiency, long repaid)
    {
        var first = Run(0, """{ "name": "A", "balance": 10000000 }, { "name": "B", "balance": 2000000 }""",
            $$"""{ "do": "move", "to": "income", "from": "principal" }, {{restore}} { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }""", """ "losses": "ledger",""", "equalPrincipal", 12_000_000).Periods[0];
        Assert.Equal((0, deficiency, repaid), (first.Tranches[0].Deficiency, first.Tranches[1].Deficiency, first.Tranches[0].PrincipalPaid));
    }

    /// <summary>From one account of principal to another nothing is lent to income.</summary>
    [Fact]
    public void Move_BetweenPrincipalAccounts_IsNoDeficiency()
    {
        var run = DealRunner.Run(DealSamples.Parse("""
            { "collateral": { "currency": "EUR", "pools": [{ "name": "p", "ownAccounts": true, "lines": [{ "balance": 12000000, "rate": 0, "remainingMonths": 12, "amortisation": "equalPrincipal" }] }] },
              "tranches": [{ "name": "A", "balance": 10000000 }, { "name": "B", "balance": 2000000 }], "losses": "ledger",
              "waterfalls": { "amortising": [{ "do": "move", "to": "principal", "from": "p.principal" }, { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }] } }
            """));
        Assert.Equal((0, 1_000_000), (run.Periods[0].Tranches[1].Deficiency, run.Periods[0].Tranches[0].PrincipalPaid));
    }

    /// <summary>
    /// 12 % a year of 10,000,000 is 100,000. Owed are 1 % of 5,000,000 to P, 2 % of 2,500,000 to S, 4 % of 2,500,000 to Z: 50,000, 50,000 and 100,000. Half of each is there: Z's 50,000 becomes principal and
    /// repays P, and Z grows by all of its 100,000.
    /// </summary>
    [Fact]
    public void Interest_ThatIsShort_IsSharedWithTheAccruingTranche()
    {
        var first = Run(0.12, """
            { "name": "P", "balance": 5000000, "coupon": 0.12 }, { "name": "S", "balance": 2500000, "coupon": 0.24 },
            { "name": "Z", "kind": "accrual", "balance": 2500000, "coupon": 0.48, "accruesUntilPaid": ["P", "S"] }
            """, """{ "do": "payInterest", "to": ["P", "S", "Z"], "from": "income" }, { "do": "payPrincipal", "to": ["P", "S", "Z"], "from": "principal" }""").Periods[0];
        Assert.Equal((25_000, 25_000, 50_000), (first.Tranches[0].InterestPaid, first.Tranches[0].InterestUnpaid, first.Tranches[0].PrincipalPaid));
        Assert.Equal((25_000, 25_000), (first.Tranches[1].InterestPaid, first.Tranches[1].InterestUnpaid));
        Assert.Equal((0, 0, 100_000, 2_600_000), (first.Tranches[2].InterestPaid, first.Tranches[2].InterestUnpaid, first.Tranches[2].Accreted, first.Tranches[2].Closing));
    }

    /// <summary>The same with a facility of 60,000 behind income: 160,000 of 200,000 are there, four fifths of each: 40,000, 40,000 and 80,000. P and S take 80,000 of income, Z the 20,000 left and 60,000 lent.</summary>
    [Fact]
    public void Interest_WithAFacilityBehindIncome_CountsWhatItCanLend()
    {
        var first = Run(0.12, """
            { "name": "P", "balance": 5000000, "coupon": 0.12 }, { "name": "S", "balance": 2500000, "coupon": 0.24 },
            { "name": "Z", "kind": "accrual", "balance": 2500000, "coupon": 0.48, "accruesUntilPaid": ["P", "S"] }
            """, """{ "do": "payInterest", "to": ["P", "S", "Z"], "from": ["income", "bank"] }, { "do": "payPrincipal", "to": ["P", "S", "Z"], "from": "principal" }""",
            """ "facilities": [{ "name": "bank", "limit": 60000, "rate": 0 }],""").Periods[0];
        Assert.Equal((40_000, 40_000, 80_000), (first.Tranches[0].InterestPaid, first.Tranches[1].InterestPaid, first.Tranches[0].PrincipalPaid));
        Assert.Equal((60_000, 2_600_000), (first.Draws, first.Tranches[2].Closing));
    }

    private static DealRun Run(double rate, string tranches, string steps, string more = "", string plan = "bullet", long balance = 10_000_000) => DealRunner.Run(DealSamples.Parse(FormattableString.Invariant($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": {{balance}}, "rate": {{rate}}, "remainingMonths": 12, "amortisation": "{{plan}}" }] },
          "tranches": [{{tranches}}], {{more}} "waterfalls": { "amortising": [{{steps}}] } }
        """)));
}
