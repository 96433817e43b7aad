using System.Globalization;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Deals;

/// <summary>creditgrains deal measures, grid, montecarlo and loans, from a file to what is printed.</summary>
public sealed class DealCommandsTest : IDisposable
{
    private const string Deal = """
        { "name": "Small", "collateral": { "currency": "EUR", "amounts": "major", "cutOff": "2026-01-31", "lines": [{ "id": "x", "balance": 1000000, "rate": 0.06, "remainingMonths": 24 }] },
          "assumptions": { "prepayment": { "cpr": 0.1 }, "default": { "cdr": 0.03 }, "recovery": { "severity": 0.6 } }, "indices": { "I": [{ "from": "2026-01-01", "rate": 0.03 }] },
          "tranches": [{ "name": "A", "balance": 800000, "coupon": { "index": "I", "spread": 0.01 } }, { "name": "B", "balance": 150000, "coupon": 0.05 }, { "name": "E", "kind": "equity", "balance": 50000 }],
          "waterfalls": { "amortising": [{ "do": "payInterest", "to": ["A", "B"], "from": ["income", "principal"] }, { "do": "payPrincipal", "to": ["A", "B"], "from": ["principal", "income"] },
            { "do": "payResidual", "to": "E", "from": ["income", "principal"] }] } }
        """;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Measures_AsTableCsvAndJson_SayTheSame()
    {
        var deal = File("deal.json", Deal);
        var table = await CliRun.OfAsync("deal", "measures", deal, "--price", "A=99.5");
        Assert.Equal(ExitCode.Ok, table.Code);
        foreach (var row in (string[])["average life", "modified duration", "discount margin", "break-even CDR, annual", "critical cumulative default", "first loss"]) Assert.Contains(row, table.Output, StringComparison.Ordinal);
        Assert.Contains("effectiveDuration refused: NeedsRateFunction", table.Error, StringComparison.Ordinal);
        var csv = Rows((await CliRun.OfAsync("deal", "measures", deal, "--price", "A=99.5", "--csv")).Output);
        var a = csv.First(row => row["tranche"] == "A");
        Assert.Equal(0.995, Number(a["price"]));
        Assert.True(Number(a["yield"]) > 0.04);
        var json = (await CliRun.OfAsync("deal", "measures", deal, "--price", "A=99.5", "--json")).Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(3, json.Length);
        Assert.Equal(Number(a["break_even_cdr"]), json[0].GetProperty("breakEvenCdr").GetProperty("points")[0].GetProperty("bearable").GetDouble());
        Assert.Equal(Number(a["first_loss"]), json[0].GetProperty("firstLoss").GetDouble());
        // The two rates are measures of their own: an annual one and one over the life.
        Assert.NotEqual(Number(a["break_even_cdr"]), Number(a["critical_cumulative_default"]));
    }

    [Fact]
    public async Task Measures_WithAPricingFile_GiveEffectiveDurationAndSpread()
    {
        var pricing = File("pricing.json", """
            { "settlement": "2026-02-10", "compounding": 2, "quotes": { "A": 100.2, "B": { "yield": 0.06 } }, "discount": [{ "date": "2027-01-31", "zero": 0.03 }, { "date": "2029-01-31", "factor": 0.91 }],
              "rateToCpr": { "index": "I", "points": [{ "incentive": 0, "cpr": 0.05 }, { "incentive": 0.03, "cpr": 0.25 }] }, "loss": { "interest": "timely" } }
            """);
        var row = Rows((await CliRun.OfAsync("deal", "measures", File("deal.json", Deal), "--pricing", pricing, "--csv")).Output)[0];
        Assert.True(Number(row["effective_duration"]) is > -1 and < 2);
        Assert.NotEqual("", row["spread"]);
        Assert.True(Number(row["accrued"]) > 0);
    }

    /// <summary>Dated points are counted from settlement, so the option gives the spread that the same day in the file does, and not that of the file's own day.</summary>
    [Fact]
    public async Task Measures_WithASettlementOption_CountTheDatedCurveFromIt()
    {
        async Task<string> SpreadAsync(string settlement, params string[] more) =>
            Rows((await CliRun.OfAsync(["deal", "measures", File("deal.json", Deal), "--skip-break-even", "--csv", "--pricing",
                File("pricing.json", $$"""{ "settlement": "{{settlement}}", "discount": [{ "date": "2026-08-31", "zero": 0.01 }, { "date": "2027-12-31", "zero": 0.08 }] }"""), .. more])).Output)[0]["spread"];
        var moved = await SpreadAsync("2026-02-10", "--settlement", "2026-06-10");
        Assert.Equal(await SpreadAsync("2026-06-10"), moved);
        Assert.NotEqual("", moved);
        Assert.NotEqual(await SpreadAsync("2026-02-10"), moved);
    }

    [Fact]
    public async Task Measures_OfScenariosWithWeights_TellTheLeastRateAndTheExpectedLoss()
    {
        var scenarios = File("s.json", """
            { "scenarios": [ { "name": "base", "probability": 0.9, "prepayment": { "cpr": 0.1 }, "default": { "cdr": 0.03 }, "recovery": { "severity": 0.6 } },
              { "name": "bad", "probability": 0.1, "default": { "cdr": 0.5 }, "recovery": { "severity": 0.9 } } ] }
            """);
        var run = await CliRun.OfAsync("deal", "measures", File("deal.json", Deal), "--assumptions", scenarios, "--csv");
        Assert.Equal(6, Rows(run.Output).Count);
        Assert.Contains("A: least critical cumulative default rate", run.Error, StringComparison.Ordinal);
        Assert.Contains("in bad", run.Error, StringComparison.Ordinal);
        Assert.Contains("B: expected loss 10 %", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grid_OfThreeAxes_HasARowACellAndTranche()
    {
        var run = await CliRun.OfAsync("deal", "grid", File("deal.json", Deal), "--cpr", "0:0.2:0.1", "--cdr", "0,0.4", "--severity", "0.5,1", "--csv");
        var rows = Rows(run.Output);
        Assert.Equal(3 * 2 * 2 * 3, rows.Count);
        Assert.Contains("12 cells in", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, rows.Where(row => row["cdr"] == "0").Sum(row => Number(row["principal_unpaid"])));
        Assert.Contains(rows, row => row["tranche"] == "B" && row["cdr"] == "0.4" && Number(row["loss_ratio"]) > 0);
    }

    [Fact]
    public async Task MonteCarlo_SameSeed_PrintsTheSameWithStandardErrors()
    {
        string[] args = ["deal", "montecarlo", File("deal.json", Deal), "--trials", "200", "--seed", "7", "--csv"];
        var run = await CliRun.OfAsync(args);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Equal(run.Output, (await CliRun.OfAsync(args)).Output);
        var rows = Rows(run.Output);
        Assert.Equal(["default rate drawn", "pool default", "pool loss", "A loss", "B loss", "E loss", "vasicek large pool"], rows.Select(row => row["measure"]));
        Assert.True(Number(rows[2]["standard_error"]) > 0);
        Assert.True(Number(rows[6]["p99"]) > Number(rows[6]["p50"]));
    }

    /// <summary>Without --probability it is 4 of the 100 left, not (8 + 4) of the original 800.</summary>
    [Fact]
    public async Task MonteCarlo_OfADealFromTheMiddle_DrawsAroundTheDefaultsOfWhatIsLeft()
    {
        var deal = File("middle.json", """
            { "collateral": { "currency": "EUR", "amounts": "major", "lines": [{ "balance": 100, "rate": 0, "remainingMonths": 1 }] }, "assumptions": { "default": { "cumulative": 0.04, "timing": [1] } },
              "originalPool": 800, "defaultedBefore": 8, "tranches": [{ "name": "A", "balance": 100 }], "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """);
        var run = await CliRun.OfAsync("deal", "montecarlo", deal, "--trials", "50", "--correlation", "0", "--csv");
        Assert.Contains("default probability 4 %", run.Error, StringComparison.Ordinal);
        Assert.Equal(0.04, Number(Rows(run.Output)[0]["mean"]), 9);
    }

    [Fact]
    public async Task MonteCarlo_Vintages_AreBootstrapped()
    {
        var vintages = File("v.csv", "vintage,month,opening,defaulted\n" + string.Concat(Enumerable.Range(1, 12).Select(m => $"2023,{m},1000,{m}\n2024,{m},1000,{2 * m}\n")));
        var run = await CliRun.OfAsync("deal", "montecarlo", File("deal.json", Deal), "--trials", "100", "--vintages", vintages, "--block", "3", "--csv");
        Assert.Equal(ExitCode.Ok, run.Code);
        var low = 1 - Enumerable.Range(1, 12).Aggregate(1.0, (left, m) => left * (1 - m / 1000.0));
        Assert.True(Number(Rows(run.Output)[0]["mean"]) > low);
        Assert.Contains("2 vintages, paths of 12 months in blocks of 3", run.Error, StringComparison.Ordinal);
        var gap = await CliRun.OfAsync("deal", "montecarlo", File("deal.json", Deal), "--vintages", File("w.csv", "vintage,month,rate\n1,1,0.1\n1,3,0.1\n"));
        Assert.Equal(ExitCode.Usage, gap.Code);
        Assert.Contains("VintageHasGaps", gap.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loans_OfATape_AddUpToThePool()
    {
        var tape = File("tape.csv", "id,balance,rate,remaining_months\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"{i},{2_000_000 + i},0.0{i % 9 + 1},{i % 12 + 6}\n")));
        var loans = await CliRun.OfAsync("deal", "loans", File("deal.json", Deal), "--tape", tape, "--period", "2", "--csv");
        var report = await CliRun.OfAsync("deal", "run", File("deal.json", Deal), "--tape", tape, "--period", "2", "--report", "--csv");
        Assert.Equal(40, Rows(loans.Output).Count);
        var prepaid = Rows(report.Output).First(row => row["section"] == "pool" && row["item"] == "prepaid")["value"];
        Assert.Equal(Number(prepaid), Rows(loans.Output).Sum(row => Number(row["prepaid"])));
    }

    [Theory]
    [InlineData("measures", "--price", "A", "Usage")]
    [InlineData("measures", "--price", "X=100", "TrancheUnknown")]
    [InlineData("measures", "--yield", "A=5", "RateOutOfRange")]
    [InlineData("measures", "--yield", "A=1", "RateOutOfRange")]
    [InlineData("measures", "--yield", "A=-1", "RateOutOfRange")]
    [InlineData("measures", "--yield", "A=NaN", "RateOutOfRange")]
    [InlineData("measures", "--compounding", "0", "CompoundingOutOfRange")]
    [InlineData("measures", "--settlement", "2040-01-01", "SettlementOutOfRange")]
    [InlineData("measures", "--settlement", "2026-01-01", "SettlementOutOfRange")]
    [InlineData("grid", "--cpr", "0:1", "Usage")]
    [InlineData("grid", "--cpr", "2", "RateOutOfRange")]
    [InlineData("grid", "--index-shift", "0.01", "NeedsRateFunction")]
    [InlineData("montecarlo", "--correlation", "1", "RateOutOfRange")]
    [InlineData("montecarlo", "--trials", "0", "TrialsOutOfRange")]
    [InlineData("montecarlo", "--trials", "1", "TrialsOutOfRange")]
    [InlineData("loans", "--period", "99", "PeriodUnknown")]
    public async Task Options_Wrong_AreUsageByName(string command, string option, string value, string name)
    {
        var run = await CliRun.OfAsync("deal", command, File("deal.json", Deal), option, value);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith($"creditgrains: {name}: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The commands of docs/deals.md on the files of docs/examples.</summary>
    [Fact]
    public async Task Examples_OfTheGuide_ArePricedAndSimulated()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(root!.FullName, "CreditGrains.sln"))) root = root.Parent;
        string Example(string name) => Path.Combine(root.FullName, "docs", "examples", name);
        var measures = await CliRun.OfAsync("deal", "measures", Example("deal-auto.json"), "--pricing", Example("deal-pricing.json"), "--assumptions", Example("deal-scenarios.json"), "--csv");
        Assert.Equal(ExitCode.Ok, measures.Code);
        Assert.Equal(12, Rows(measures.Output).Count);
        Assert.Contains("Sub: expected loss", measures.Error, StringComparison.Ordinal);
        var simulated = await CliRun.OfAsync("deal", "montecarlo", Example("deal-auto.json"), "--vintages", Example("vintages.csv"), "--trials", "20");
        Assert.Equal(ExitCode.Ok, simulated.Code);
    }

    /// <summary>A part the waterfall forgets keeps its cash in the accounts, and the run says so.</summary>
    [Fact]
    public async Task Run_PartsNoStepPays_AreWarnedOf()
    {
        const string json = """
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 1000000, "rate": 0.06, "remainingMonths": 12 }] }, "fees": [{ "name": "trustee", "amount": 10 }],
              "indices": { "X": 0.02 }, "swaps": [{ "name": "swap", "pays": 0.03, "receivesIndex": "X" }],
              "tranches": [{ "name": "A", "balance": 600000, "coupon": 0.03 }, { "name": "B", "balance": 400000, "coupon": 0.04 }, { "name": "Sub", "kind": "equity", "balance": 0 }],
              "waterfalls": { "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """;
        var run = await CliRun.OfAsync("deal", "run", File("forgets.json", json));
        Assert.Equal(ExitCode.Ok, run.Code);
        foreach (var part in (string[])["principal of tranche B", "interest of tranche B", "fee trustee", "what is owed on swap swap"]) Assert.Contains($"warning: no step pays {part}; name it in the steps", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("tranche A", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("tranche Sub", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", (await CliRun.OfAsync("deal", "run", File("deal.json", Deal))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LineThatCannotBeProjected_IsNamedByItsPathInTheFile()
    {
        var run = await CliRun.OfAsync("deal", "run", File("deal.json", """
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 100.5, "rate": 0.06, "remainingMonths": 12 }] }, "tranches": [{ "name": "A", "balance": 1 }],
              "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: BalanceNotWhole: collateral.lines[0].balance: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Months that have been and the lines after them are of one pool: a figure that was written wrongly would make or lose principal.</summary>
    [Theory]
    [InlineData("""{ "opening": 1020000, "scheduled": 20000, "closing": 1000000 }""", null)]
    [InlineData("""{ "opening": 1020000, "scheduled": 40000, "closing": 980000, "purchased": 20000 }""", null)]
    [InlineData("""{ "opening": 1020000, "scheduled": 30000, "closing": 990000 }""", "actuals[0].closing: the last month closes at 99000000 minor units with what was bought, the lines add up to 100000000")]
    [InlineData("""{ "opening": 1030000, "scheduled": 10000, "closing": 1020000 }, { "opening": 1010000, "scheduled": 10000, "closing": 1000000 }""", "actuals[1].opening: the month before closes at 102000000")]
    public async Task Run_ActualsThatDoNotMeetTheLines_AreRefused(string months, string? fault)
    {
        var json = Deal.Replace("\"assumptions\":", $"\"actuals\": [{months}], \"assumptions\":", StringComparison.Ordinal)
            .Replace("\"amortising\": [", "\"revolving\": [{ \"do\": \"purchase\", \"from\": \"principal\" }], \"amortising\": [", StringComparison.Ordinal)
            .Replace("\"tranches\":", "\"revolvingPeriods\": 1, \"purchase\": { \"remainingMonths\": 24 }, \"tranches\":", StringComparison.Ordinal);
        var run = await CliRun.OfAsync("deal", "run", File("deal.json", json), "--csv");
        if (fault is null) Assert.Equal(ExitCode.Ok, run.Code);
        else Assert.Contains("ActualsApart: " + fault, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "discount": 5 }""", "discount: a zero rate is a part of one")]
    [InlineData("""{ "discount": [{ "years": 1, "zero": 2 }] }""", "discount[0].zero: a zero rate is a part of one")]
    [InlineData("""{ "quotes": { "A": { "yield": 5 } } }""", "quotes.A.yield: a yield is a part of one; write 2 % as 0.02")]
    [InlineData("""{ "discount": 0.02, "quotes": { "A": { "spread": -1 } } }""", "quotes.A.spread: a spread is a part of one; write 2 % as 0.02")]
    public async Task Measures_RateInPercent_IsRefused(string pricing, string fault)
    {
        var run = await CliRun.OfAsync("deal", "measures", File("deal.json", Deal), "--skip-break-even", "--pricing", File("pricing.json", pricing));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private static List<Dictionary<string, string>> Rows(string csv)
    {
        var lines = csv.TrimEnd().Split('\n');
        var header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
