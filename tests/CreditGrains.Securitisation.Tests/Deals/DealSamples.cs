using System.Text;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>Deals for tests, written as files so that the reader is part of every test.</summary>
internal static class DealSamples
{
    public const string Sequential = """{ "do": "payInterest", "to": ["A", "B"], "from": "income" }, { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }""";

    /// <summary>100,000.00 at 6 % over 24 months, without prepayment or default unless given.</summary>
    public static DealTerms Deal(string tranches, string steps, string more = "") => Parse($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": 10000000, "rate": 0.06, "remainingMonths": 24 }] },
          "tranches": [{{tranches}}], {{more}}
          "waterfalls": { "amortising": [{{steps}}] } }
        """);

    public static DealTerms Parse(string json) => DealFile.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>Senior, mezzanine and equity with reserve, fees, ledger and triggers.</summary>
    public static DealTerms Layered(string losses = "ledger") => Deal(
        """
        { "name": "A", "balance": 7000000, "coupon": 0.03 }, { "name": "B", "balance": 2000000, "coupon": 0.05 }, { "name": "E", "kind": "equity", "balance": 1000000 }
        """,
        """
        { "do": "release", "from": "cash", "to": "income" },
        { "do": "payFees", "fees": ["trustee"], "from": ["income", "principal", "cash"] },
        { "do": "payInterest", "to": ["A"], "from": ["income", "principal", "cash"] },
        { "do": "payInterest", "to": ["B"], "from": ["income", "cash"], "when": { "trigger": "cum", "breached": false } },
        { "do": "restore", "to": ["A", "B", "E"], "from": "income" },
        { "do": "fill", "to": "cash", "from": "income" },
        { "do": "payPrincipal", "to": ["A"], "from": "principal" },
        { "do": "payPrincipal", "to": ["A"], "from": "income", "when": { "trigger": "oc" } },
        { "do": "payPrincipal", "to": ["B"], "from": "principal" },
        { "do": "payInterest", "to": ["B"], "from": ["income", "principal"] },
        { "do": "payPrincipal", "to": ["B"], "from": "income", "when": { "trigger": "oc" } },
        { "do": "payResidual", "to": "E", "from": ["income"] },
        { "do": "payPrincipal", "to": ["E"], "from": "principal" },
        { "do": "payResidual", "to": "E", "from": ["principal"] }
        """,
        $$"""
        "losses": "{{losses}}",
        "fees": [{ "name": "trustee", "on": "poolBalance", "rate": 0.001, "capPerPayment": 700 }],
        "reserves": [{ "name": "cash", "balance": 100000, "ofPool": 0.01, "floor": 20000 }],
        "triggers": [{ "name": "cum", "kind": "cumulativeDefault", "level": 0.10 }, { "name": "oc", "kind": "overcollateralisation", "level": 1.02, "tranches": ["A", "B"], "cureAfter": 2 }],
        """);

    public static DealTerms With(this DealTerms deal, double cpr = 0, double cdr = 0, double severity = 1, int lag = 0) => deal with
    {
        Scenarios = [new Scenario
        {
            Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(cpr)), LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(cdr)), Recovery = new RecoveryTerms(severity, lag),
        }],
    };

    public static long Principal(this DealRun run, string tranche) => run.Of(tranche).Sum(period => period.PrincipalPaid);

    public static long Cash(this DealRun run, string tranche) => run.Of(tranche).Sum(period => period.Cash);
}
