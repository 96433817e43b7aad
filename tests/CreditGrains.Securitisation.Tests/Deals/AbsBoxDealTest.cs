using System.Globalization;
using System.Text.Json;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>
/// Whole deals of AbsBox (china_test01 to 03): one account, A1 at 7 % by actual days over 365 between payment dates of the 26th, then B, then the rest to B. Every payment to A1 is
/// compared. Differences that stay: its amounts are cut to the cent and ours rounded, so a payment differs by some cents. From which day A1 accrues is not in the files; the closing below is the day that its first interest
/// implies: 5.49 owed on 2022-03-26 are 286 days, 7.02 on 2022-04-26 are 366, 3.70 are 193.
/// </summary>
public sealed class AbsBoxDealTest
{
    [SharedFact("data/absbox/china_test01_deal.json")]
    public void China01_PaymentsToA1_Within5Hundredths() => Check("01", 120, 20, "2022-01-01", "2021-06-13", "", fee: true);

    [SharedFact("data/absbox/china_test02_deal.json")]
    public void China02_PaymentsToA1_Within5Hundredths() => Check("02", 120, 10, "2022-03-01", "2021-04-25", "");

    /// <summary>Its rates are taken from the pool's own column, as in the pool's test: the index is not in the file.</summary>
    [SharedFact("data/absbox/china_test03_deal.json")]
    public void China03_PaymentsToA1_Within5Hundredths() => Check("03", 180, 10, "2022-03-01", "2021-10-15", ", \"rates\": [0.08, 0.05]");

    /// <summary>The twin: 100 at 7 % from 2021-05-01 to 2022-04-26, 360 days, is 6.90 of interest by hand.</summary>
    [Fact]
    public void FirstPayment_ByHand_AccruesFromClosingOverAllPaymentDates()
    {
        var run = Run(120, 10, "2022-03-01", "2021-05-01", "", false);
        var first = run.Periods.First(period => period.Tranches[0].InterestPaid > 0);
        Assert.Equal(new DateOnly(2022, 4, 26), first.Payment);
        var due = run.Of("A1").Take(first.Period).Sum(period => period.InterestDue);
        Assert.InRange(due, 690 - 6, 690 + 6);
    }

    private static void Check(string number, int balance, int months, string firstPayment, string closing, string more, bool fee = false)
    {
        var run = Run(balance, months, firstPayment, closing, more, fee);
        using var file = JsonDocument.Parse(File.ReadAllBytes(Shared.Find($"data/absbox/china_test{number}_deal.json")!));
        var rows = file.RootElement.GetProperty("bond_stmt").GetProperty("A1").EnumerateArray().ToArray();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var date = DateOnly.ParseExact(row[0].GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var at = run.Periods.First(period => period.Payment is { } day && day.Year == date.Year && day.Month == date.Month);
            // Cents by which payments differ add up in the balance, and the last payment is what is left of it.
            Near(row[1].GetDouble(), at.Tranches[0].Closing, "balance", 0.10);
            Near(row[2].GetDouble(), at.Tranches[0].InterestPaid, "interest");
            Near(row[3].GetDouble(), at.Tranches[0].PrincipalPaid, "principal", at.Tranches[0].Closing == 0 ? 0.10 : 0.05);

            void Near(double printed, long here, string what, double within = 0.05) => Assert.True(Math.Abs(printed - here / 100.0) <= within + 1e-9, $"{date:yyyy-MM-dd} {what}: printed {printed}, here {here / 100.0}");
        }
    }

    private static DealRun Run(int balance, int months, string firstPayment, string closing, string more, bool fee) => DealRunner.Run(DealSamples.Parse($$"""
        { "collateral": { "currency": "CNY", "amounts": "major", "cutOff": "2021-03-31",
            "lines": [{ "balance": {{balance}}, "rate": 0.08, "remainingMonths": {{months}}, "amortisation": "equalPrincipal", "firstPayment": "{{firstPayment}}"{{more}} }] },
          "conventions": "absbox", "assumptions": { "prepayment": { "cpr": 0.10 }, "default": { "cdr": 0.01 }, "recovery": { "severity": 1 } },
          "closing": "{{closing}}", "dates": { "paymentDelayDays": 26, "accrual": "paymentDates" },
          "fees": [{ "name": "trust", "amount": 0 {{(fee ? ", \"unpaid\": 10" : "")}} }],
          "tranches": [{ "name": "A1", "balance": 100, "coupon": 0.07, "clock": "actual365" }, { "name": "B", "kind": "equity", "balance": 20 }],
          "waterfalls": { "amortising": [{ "do": "move", "to": "income", "from": "principal" }, { "do": "payFees", "fees": "trust", "from": "income" }, { "do": "payInterest", "to": "A1", "from": "income" },
            { "do": "payPrincipal", "to": ["A1", "B"], "from": "income" }, { "do": "payResidual", "to": "B", "from": "income" }] } }
        """));
}
