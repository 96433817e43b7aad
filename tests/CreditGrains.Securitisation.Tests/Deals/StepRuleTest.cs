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

    private static DealRun Run(double rate, string tranches, string steps, string more = "", string plan = "bullet", long balance = 10_000_000) => DealRunner.Run(DealSamples.Parse(FormattableString.Invariant($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": {{balance}}, "rate": {{rate}}, "remainingMonths": 12, "amortisation": "{{plan}}" }] },
          "tranches": [{{tranches}}], {{more}} "waterfalls": { "amortising": [{{steps}}] } }
        """)));
}
