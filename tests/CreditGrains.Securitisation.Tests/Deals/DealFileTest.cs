using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>A wrong file names the path and the fix.</summary>
public sealed class DealFileTest
{
    private const string Tranche = """{ "name": "A", "balance": 10000000, "coupon": 0.05 }""";
    private const string Step = """{ "do": "payPrincipal", "to": ["A"], "from": "principal" }""";

    /// <summary>A residual step pays the interest of its tranche first, so equity with a coupon is paid by it; another tranche with a coupon is not.</summary>
    [Fact]
    public void Warnings_OfEquityWithACoupon_AreNoneWhenTheResidualPaysIt()
    {
        var deal = DealSamples.Deal(
            """{ "name": "A", "balance": 9000000, "coupon": 0.05 }, { "name": "E", "kind": "equity", "balance": 1000000, "coupon": 0.02 }""",
            """{ "do": "payPrincipal", "to": "A", "from": "principal" }, { "do": "payResidual", "to": "E", "from": ["income", "principal"] }""");
        Assert.Equal(["no step pays interest of tranche A; name it in the steps of waterfalls, or leave it out"], DealWarnings.Of(deal));
        // 2 % of 1,000,000 for a month.
        Assert.Equal(1_667, DealRunner.Run(deal).Periods[0].Tranches[1].InterestPaid);
    }

    [Theory]
    [InlineData("""{ "name": "A", "balance": 1.5 }""", Step, "", "tranches[0].balance", "whole minor units")]
    [InlineData("""{ "name": "A", "balanse": 1 }""", Step, "", "tranches[0].balanse", "not known")]
    [InlineData("""{ "name": "A", "balance": 1 }, { "name": "A", "balance": 1 }""", Step, "", "tranches", "comes twice")]
    [InlineData("""{ "name": "A", "balance": 1, "coupon": { "index": "L" } }""", Step, "", "tranches[0].coupon.index", "no index 'L'")]
    [InlineData("""{ "name": "A", "balance": 1, "clock": "actual360" }""", Step, "", "tranches[0].clock", "collateral.cutOff")]
    [InlineData("""{ "name": "A", "kind": "accrual", "balance": 1 }""", Step, "", "tranches[0].accruesUntilPaid", "name the tranches")]
    [InlineData(Tranche, """{ "do": "payPrincipal", "to": ["B"], "from": "principal" }""", "", "waterfalls.amortising[0].to", "there are A")]
    [InlineData(Tranche, """{ "do": "payPrincipal", "to": ["A"] }""", "", "waterfalls.amortising[0].from", "at least one account")]
    [InlineData(Tranche, """{ "do": "payPrincipal", "to": ["A"], "from": "cash" }""", "", "waterfalls.amortising[0].from", "income, principal")]
    [InlineData(Tranche, """{ "do": "pay", "to": ["A"], "from": "income" }""", "", "waterfalls.amortising[0].do", "payInterest")]
    [InlineData(Tranche, """{ "do": "purchase", "from": "principal" }""", "", "purchase", "say which")]
    [InlineData(Tranche, """{ "do": "payPrincipal", "to": ["A"], "upTo": "schedule", "from": "principal" }""", "", "waterfalls.amortising[0].to", "no schedule")]
    [InlineData(Tranche, """{ "do": "payPrincipal", "to": ["A"], "from": "principal", "when": { "trigger": "x" } }""", "", "waterfalls.amortising[0].when.trigger", "no trigger 'x'")]
    [InlineData(Tranche, Step, """ "triggers": [{ "name": "t", "kind": "overcollateralisation", "level": 1 }],""", "triggers[0].tranches", "name the tranches")]
    [InlineData(Tranche, Step, """ "fees": [{ "name": "f", "on": "poolBalance", "rate": 2 }],""", "fees[0].rate", "1 % as 0.01")]
    [InlineData(Tranche, Step, """ "assumptions": { "prepayment": { "cpr": 7 } },""", "assumptions.prepayment.cpr", "0 to 1")]
    [InlineData(Tranche, Step, """ "conventions": "mine",""", "conventions", "bma")]
    [InlineData(Tranche, Step, """ "actuals": [{ "opening": 10, "scheduled": 3, "closing": 6 }],""", "actuals[0]", "make them equal")]
    [InlineData(Tranche, Step, """ "purchase": { "likeLine": -1, "remainingMonths": 12 },""", "purchase.likeLine", "from 0")]
    [InlineData(Tranche, Step, """ "triggers": [{ "name": "t", "kind": "cumulativeDefault", "level": 5 }],""", "triggers[0].level", "1 % as 0.01")]
    [InlineData(Tranche, Step, """ "triggers": [{ "name": "t", "kind": "delinquency", "level": [0.1, 12] }],""", "triggers[0].level[1]", "1 % as 0.01")]
    [InlineData(Tranche, Step, """ "triggers": [{ "name": "t", "kind": "overcollateralisation", "level": 104, "tranches": ["A"] }],""", "triggers[0].level", "104 % is 1.04")]
    [InlineData(Tranche, Step, """ "triggers": [{ "name": "t", "kind": "interestCoverage", "level": -1, "tranches": ["A"] }],""", "triggers[0].level", "at least 0")]
    [InlineData(Tranche, Step, """ "assumptions": { "segments": [] },""", "assumptions.segments", "one set of assumptions a segment")]
    [InlineData(Tranche, Step, """ "losses": "none", "losses": "ledger",""", "losses", "stands twice")]
    [InlineData("""{ "name": "A", "balance": 1, "balance": 2 }""", Step, "", "tranches[0].balance", "stands twice")]
    public void File_WithOneFault_NamesThePathAndTheFix(string tranches, string steps, string more, string path, string fix)
    {
        var fault = Assert.Throws<InvalidInputException>(() => DealSamples.Deal(tranches, steps, more));
        Assert.Equal(path, fault.Path);
        Assert.Contains(fix, fault.Fault, StringComparison.Ordinal);
    }

    /// <summary>A dated index must have a rate in the first period; one fixed on the closing date, after the cut-off, has.</summary>
    [Theory]
    [InlineData("2026-02-10", null)]
    [InlineData("2026-02-28", "indices.L[0].from")]
    public void Index_ThatBeginsAfterTheFirstPeriod_IsRefused(string from, string? path)
    {
        var json = $$"""
            { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{ "balance": 10000000, "rate": 0.06, "remainingMonths": 24 }] },
              "indices": { "L": [{ "from": "{{from}}", "rate": 0.03 }] },
              "tranches": [{ "name": "A", "balance": 10000000, "coupon": { "index": "L" } }], "waterfalls": { "amortising": [{{Step}}] } }
            """;
        if (path is null) Assert.Single(DealSamples.Parse(json).Indices);
        else Assert.Equal(path, Assert.Throws<InvalidInputException>(() => DealSamples.Parse(json)).Path);
    }

    [Fact]
    public void File_WithoutWaterfall_IsRefused() => Assert.Equal("waterfalls", Assert.Throws<InvalidInputException>(() => DealSamples.Parse(
        $$"""{ "collateral": { "currency": "EUR", "lines": [{ "balance": 1, "rate": 0, "remainingMonths": 1 }] }, "tranches": [{{Tranche}}], "waterfalls": {} }""")).Path);

    [Theory]
    [InlineData("deal-sequential.json")]
    [InlineData("deal-auto.json")]
    [InlineData("deal-pools.json")]
    [InlineData("deal-cmo.json")]
    [InlineData("deal-middle.json")]
    public void Example_OfTheGuide_Runs(string file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "CreditGrains.sln"))) directory = directory.Parent;
        var run = DealRunner.Run(DealFile.Parse(File.ReadAllBytes(Path.Combine(directory.FullName, "docs", "examples", file))));
        // The equity is left with what the pool has lost; every note is repaid, but for what rounding costs.
        Assert.All(run.Terms.Tranches.Where(tranche => tranche.Name != "Sub"), tranche => Assert.False(TrancheShortfall.Of(run, tranche, new LossRule()).IsLoss));
        // A deal without a residual keeps the units that rounding leaves.
        Assert.InRange(run.Periods[^1].ClosingCash, 0, new LossRule().AllowanceOf(run));
    }
}
