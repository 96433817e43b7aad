using System.Text;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Securitisation.Tests.Cashflows;

/// <summary>
/// Servicer advances by hand. The line: 1,000,000 at 1 % a month, ten equal parts of principal; some of it defaults, and is liquidated three months later. Rules: docs/cashflows.md, "Advances" —
/// a default amortises on the line's plan while it is advanced on, interest up to and with the month of liquidation, principal before it (BMA Standard Formulas, chapter SF, table SF-23);
/// the bound is the clause on nonrecoverable advances of servicing agreements: nothing is advanced that the expected recovery, balance × (1 − severity), would not give back; reimbursement is
/// interest advanced, out of the recovery, before the investors.
/// </summary>
public sealed class AdvanceGoldenTest
{
    private static readonly CashflowColumn[] Shown =
    [
        CashflowColumn.Opening, CashflowColumn.Scheduled, CashflowColumn.Defaulted, CashflowColumn.Interest, CashflowColumn.Closing,
        CashflowColumn.AdvancedPrincipal, CashflowColumn.AdvancedInterest, CashflowColumn.LostInterest, CashflowColumn.Liquidated, CashflowColumn.Loss, CashflowColumn.Reimbursed, CashflowColumn.Recovery,
        CashflowColumn.DefaultedStock,
    ];

    /// <summary>
    /// All: of 1,000,000 a tenth defaults in month 1: 100,000. The rest, 900,000, pays 1/10 = 90,000, then 1/9 of 810,000 and so on: 90,000 each month, with 1 % of what survived as interest.
    /// </summary>
    public static TheoryData<string, string, double, string, double[][]> Cases => new()
    {
        {
            // Severity 0.4: loss 40,000, expected recovery 60,000.
            // 1: interest 1 % of 100,000 = 1,000, principal 1/10 = 10,000; 90,000 left.   2: 900, 1/9 of 90,000 = 10,000; 80,000 left.   3: 800, 1/8 of 80,000 = 10,000; 70,000 left.
            // 4: interest 700, no principal; liquidated 70,000 = loss 40,000 + 30,000. Advanced in all 33,400, below 60,000: the bound does not bind. Interest advanced 1,000 + 900 + 800 + 700 = 3,400.
            "both, recoverable", "\"boundByRecovery\": true, \"reimbursesInterest\": true", 0.4, "[0.1, 0]",
            [
                // opening, scheduled, defaulted, interest, closing, adv principal, adv interest, lost, liquidated, loss, reimbursed, recovery, stock
                [1_000_000, 90_000, 100_000, 9_000, 810_000, 10_000, 1_000, 0, 0, 0, 0, 0, 90_000],
                [810_000, 90_000, 0, 8_100, 720_000, 10_000, 900, 0, 0, 0, 0, 0, 80_000],
                [720_000, 90_000, 0, 7_200, 630_000, 10_000, 800, 0, 0, 0, 0, 0, 70_000],
                [630_000, 90_000, 0, 6_300, 540_000, 0, 700, 0, 70_000, 40_000, 3_400, 26_600, 0],
            ]
        },
        {
            // The same, the interest left with the investors: 70,000 = 40,000 + 30,000.
            "bound only", "\"boundByRecovery\": true", 0.4, "[0.1, 0]",
            [
                [1_000_000, 90_000, 100_000, 9_000, 810_000, 10_000, 1_000, 0, 0, 0, 0, 0, 90_000],
                [810_000, 90_000, 0, 8_100, 720_000, 10_000, 900, 0, 0, 0, 0, 0, 80_000],
                [720_000, 90_000, 0, 7_200, 630_000, 10_000, 800, 0, 0, 0, 0, 0, 70_000],
                [630_000, 90_000, 0, 6_300, 540_000, 0, 700, 0, 70_000, 40_000, 0, 30_000, 0],
            ]
        },
        {
            // Severity 0.8: loss 80,000, expected recovery 20,000.
            // 1: 1,000 + 10,000 = 11,000 advanced; 90,000 left.   2: 900 + 10,000 would make 21,900 > 20,000: nothing any more, the loan stands still, 900 of interest is nobody's.   3, 4: 900 lost each.
            // 4: liquidated 90,000 = loss 80,000 + 10,000, of which 1,000 to the servicer. It had advanced 11,000: 10,000 came back as balance that left, 1,000 now.
            "both, not recoverable", "\"boundByRecovery\": true, \"reimbursesInterest\": true", 0.8, "[0.1, 0]",
            [
                [1_000_000, 90_000, 100_000, 9_000, 810_000, 10_000, 1_000, 0, 0, 0, 0, 0, 90_000],
                [810_000, 90_000, 0, 8_100, 720_000, 0, 0, 900, 0, 0, 0, 0, 90_000],
                [720_000, 90_000, 0, 7_200, 630_000, 0, 0, 900, 0, 0, 0, 0, 90_000],
                [630_000, 90_000, 0, 6_300, 540_000, 0, 0, 900, 90_000, 80_000, 1_000, 9_000, 0],
            ]
        },
        {
            // The same without the bound: 30,000 of principal advanced leave 70,000, less than the loss of 80,000, so all of it is lost and nothing is left to reimburse: the servicer bears the rest.
            "reimbursed only, not recoverable", "\"reimbursesInterest\": true", 0.8, "[0.1, 0]",
            [
                [1_000_000, 90_000, 100_000, 9_000, 810_000, 10_000, 1_000, 0, 0, 0, 0, 0, 90_000],
                [810_000, 90_000, 0, 8_100, 720_000, 10_000, 900, 0, 0, 0, 0, 0, 80_000],
                [720_000, 90_000, 0, 7_200, 630_000, 10_000, 800, 0, 0, 0, 0, 0, 70_000],
                [630_000, 90_000, 0, 6_300, 540_000, 0, 700, 0, 70_000, 70_000, 0, 0, 0],
            ]
        },
        {
            // Two defaults, severity 0.4. Month 2: a tenth of 810,000 = 81,000 defaults; 729,000 pay 1/9 = 81,000 and 7,290. Its loss is 32,400.
            // Second default: 2: 810 + 9,000, 72,000 left.   3: 720 + 9,000, 63,000.   4: 630 + 9,000, 54,000.   5: 540, liquidated 54,000 = 32,400 + 2,700 (810 + 720 + 630 + 540) + 18,900.
            // First default as above. Month 3: 10,000 + 9,000 and 800 + 720; month 4: 9,000 and 700 + 630.
            "two defaults", "\"boundByRecovery\": true, \"reimbursesInterest\": true", 0.4, "[0.1, 0.1, 0]",
            [
                [1_000_000, 90_000, 100_000, 9_000, 810_000, 10_000, 1_000, 0, 0, 0, 0, 0, 90_000],
                [810_000, 81_000, 81_000, 7_290, 648_000, 19_000, 1_710, 0, 0, 0, 0, 0, 152_000],
                [648_000, 81_000, 0, 6_480, 567_000, 19_000, 1_520, 0, 0, 0, 0, 0, 133_000],
                [567_000, 81_000, 0, 5_670, 486_000, 9_000, 1_330, 0, 70_000, 40_000, 3_400, 26_600, 54_000],
                [486_000, 81_000, 0, 4_860, 405_000, 0, 540, 0, 54_000, 32_400, 2_700, 18_900, 0],
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Advances_ByHand_AreMetToTheUnit(string name, string flags, double severity, string defaults, double[][] expected)
    {
        var scenario = ScenarioFile.Parse(Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""
            { "default": { "vector": {{defaults}}, "unit": "monthly" }, "recovery": { "severity": {{severity}}, "lagMonths": 3 }, "advances": { "kind": "principalAndInterest", {{flags}} } }
            """)))[0][0];
        var table = LineProjection.Of(new LoanLine { Balance = 1_000_000, RateAnnual = 0.12, RemainingMonths = 10, Amortisation = Amortisation.Equal }, scenario, new ProjectionConventions { NoDefaultNearMaturity = true });
        for (var i = 0; i < expected.Length; i++)
            for (var column = 0; column < Shown.Length; column++)
                Assert.True(expected[i][column] == table[Shown[column]][i], $"{name}, month {i + 1}, {Shown[column]}: {expected[i][column]} by hand, {table[Shown[column]][i]} projected");
        Identities(table, severity, flags);
    }

    /// <summary>
    /// 12 months with a lag of 12: a default of any month is liquidated after maturity. 120,000 in equal parts, a tenth of the first month defaults: 12,000. Unbound they would all be advanced by month 12 and the loss be 0 of
    /// the 12,000 that a severity of 1 takes; so that is refused. Bound, nothing is advanced, since nothing is recoverable: the 12,000 are lost in month 13. By BMA nothing defaults in the last 12 months.
    /// </summary>
    [Fact]
    public void Advances_OnDefaultsLiquidatedAfterMaturity_AreRefusedOrBound()
    {
        var line = new LoanLine { Balance = 120_000, RateAnnual = 0.12, RemainingMonths = 12, Amortisation = Amortisation.Equal };
        Scenario Of(AdvanceTerms advances) => new() { LoanDefault = new LoanDefaultCurve.Vector([0.1, 0], RateUnit.Monthly, CurveClock.Period), Recovery = new RecoveryTerms(1, 12), Advances = advances };
        var fault = Assert.Throws<InvalidInputException>(() => LineProjection.Of(line, Of(AdvanceTerms.Bma), new ProjectionConventions()));
        Assert.Equal(("AssumptionConflict", "advances"), (fault.Name, fault.Path));
        var bound = LineProjection.Of(line, Of(AdvanceTerms.Bma with { IsBoundByRecovery = true }), new ProjectionConventions());
        Assert.Equal((0, 12_000), (bound.Total(CashflowColumn.AdvancedPrincipal), bound[CashflowColumn.Loss][12]));
        Assert.Equal(0, LineProjection.Of(line, Of(AdvanceTerms.Bma), ProjectionConventions.Bma).Total(CashflowColumn.Defaulted));
        // Nothing is lost of a default, or there is none: nothing to refuse.
        LineProjection.Of(line, Of(AdvanceTerms.Bma) with { Recovery = new RecoveryTerms(0, 12) }, new ProjectionConventions());
        LineProjection.Of(line, Of(AdvanceTerms.Bma) with { LoanDefault = LoanDefaultCurve.None }, new ProjectionConventions());
    }

    /// <summary>Every month: principal is conserved, the stock of defaults rolls, what is liquidated is told apart whole, and a bound servicer gets back all it advanced.</summary>
    private static void Identities(CashflowTable table, double severity, string flags)
    {
        double Of(CashflowColumn column, int i) => table[column][i];
        double stock = 0, outstanding = 0;
        for (var i = 0; i < table.Periods; i++)
        {
            Assert.Equal(Of(CashflowColumn.Closing, i), Of(CashflowColumn.Opening, i) - Of(CashflowColumn.Scheduled, i) - Of(CashflowColumn.Prepaid, i) - Of(CashflowColumn.Defaulted, i));
            stock += Of(CashflowColumn.Defaulted, i) - Of(CashflowColumn.AdvancedPrincipal, i) - Of(CashflowColumn.Liquidated, i);
            Assert.Equal(stock, Of(CashflowColumn.DefaultedStock, i));
            Assert.Equal(Of(CashflowColumn.Liquidated, i), Of(CashflowColumn.Recovery, i) + Of(CashflowColumn.Reimbursed, i) + Of(CashflowColumn.Loss, i));
            outstanding += Of(CashflowColumn.AdvancedInterest, i) - Of(CashflowColumn.Reimbursed, i);
            Assert.True(outstanding >= 0, $"month {i + 1}: more interest is reimbursed than was advanced");
        }

        Assert.Equal(0, stock);
        if (!flags.Contains("bound", StringComparison.Ordinal)) return;
        // Principal advanced comes back by leaving the balance; so the investors and the servicer share exactly what was expected of all defaults.
        var defaulted = table.Total(CashflowColumn.Defaulted);
        Assert.Equal(defaulted * severity, table.Total(CashflowColumn.Loss), 1e-6);
        Assert.Equal(defaulted * (1 - severity), table.Total(CashflowColumn.Recovery) + table.Total(CashflowColumn.Reimbursed) + table.Total(CashflowColumn.AdvancedPrincipal), 1e-6);
        if (flags.Contains("reimburses", StringComparison.Ordinal)) Assert.Equal(0, outstanding);
    }
}
