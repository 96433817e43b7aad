using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>Steps worked by hand: one bullet of 100,000.00 over 12 months, whose interest is the same each month.</summary>
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

    private static DealRun Run(double rate, string tranches, string steps, string more = "", string plan = "bullet") => DealRunner.Run(DealSamples.Parse(FormattableString.Invariant($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": 10000000, "rate": {{rate}}, "remainingMonths": 12, "amortisation": "{{plan}}" }] },
          "tranches": [{{tranches}}], {{more}} "waterfalls": { "amortising": [{{steps}}] } }
        """)));
}
