using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Cashflows;

/// <summary>creditgrains cashflow project, from files to printed tables.</summary>
public sealed class ProjectTest : IDisposable
{
    private const string Lines = """
        { "currency": "USD", "amounts": "major",
          "lines": [ { "id": "A", "balance": 100000000, "rate": 0.08, "remainingMonths": 360 } ] }
        """;

    private const string Assumptions = """
        { "name": "A", "prepayment": { "smm": 0.01 }, "default": { "mdr": 0.01 },
          "recovery": { "severity": 0.2, "lagMonths": 12 }, "advances": "principalAndInterest" }
        """;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    /// <summary>The totals of BMA Cash Flow A, SF-30, in dollars: defaulted 47,576,640, recovered 37,446,547, lost 9,515,314.</summary>
    [Fact]
    public async Task RepLine_CashflowA_PrintsTheTotals()
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines), "--assumptions", File("a.json", Assumptions), "--conventions", "bma");
        Assert.Equal(ExitCode.Ok, run.Code);
        var rows = run.Output.TrimEnd().Split('\n');
        Assert.Equal(1 + 372, rows.Length);
        Assert.StartsWith("scenario,segment,loan,period,date,opening,scheduled,prepaid,defaulted,", rows[0], StringComparison.Ordinal);
        Assert.Equal(47_576_640, Total(rows, "defaulted"), 20.0);
        Assert.Equal(37_446_547, Total(rows, "recovery"), 20.0);
        Assert.Equal(9_515_314, Total(rows, "loss"), 20.0);
        Assert.Contains("A: 372 periods, USD: principal", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tape_WithMapping_TakesGoodRowsAndNamesBadOnes()
    {
        var tape = File("tape.csv", "NO;BAL;APR;LEFT;WAS\n1;1000.10;6;12;24\n2;oops;6;12;24\n3;500;6;0;24\n4;2000;7.5;6;60\n");
        var mapping = File("map.json", """
            { "columns": { "id": "NO", "balance": "BAL", "rate": "APR", "remaining_months": "LEFT", "original_months": "WAS" },
              "amounts": "major", "rates": "percent", "currency": "EUR", "delimiter": ";" }
            """);
        var run = await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--mapping", mapping);
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Contains("row 2, balance: FieldWrong: 'oops' is no number", run.Error, StringComparison.Ordinal);
        Assert.Contains("row 3, remainingMonths: LineOutOfRange", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 rows of", run.Error, StringComparison.Ordinal);
        Assert.Equal(3000.10, Total(run.Output.TrimEnd().Split('\n'), "scheduled"), 0.001);
    }

    [Fact]
    public async Task Columns_AndLines_GiveTheSameTable()
    {
        var tape = File("tape.csv", "id,balance,rate,remaining_months,age_months\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"{i},{100_000 + i},0.0{i % 9 + 1},{i % 30 + 1},{i}\n")));
        var assumptions = File("a.json", """{ "prepayment": { "psa": 150 }, "default": { "cdr": 0.02 }, "recovery": { "severity": 1 } }""");
        var lines = await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--assumptions", assumptions);
        var columns = await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--assumptions", assumptions, "--columns");
        Assert.Equal(ExitCode.Ok, columns.Code);
        Assert.Equal(lines.Output, columns.Output);
    }

    [Theory]
    [InlineData("""{ "prepayment": { "cpr": 1.5 } }""", "RateOutOfRange", "prepayment.cpr")]
    [InlineData("""{ "prepayment": { "crp": 0.1 } }""", "FieldWrong", "prepayment: say how loans prepay")]
    [InlineData("""{ "prepaymnt": { "cpr": 0.1 } }""", "FieldUnknown", "prepaymnt: the field is not known")]
    [InlineData("""{ "default": { "cumulative": 0.1, "timing": [0.5, 0.4] } }""", "TimingNotWhole", "default.timing")]
    [InlineData("""{ "scenarios": [ {}, { "recovery": { "severity": 0.5, "lagMonths": -1 } } ] }""", "LagOutOfRange", "scenarios[1].recovery.lagMonths")]
    [InlineData("""{ "default": { "rollRates": [[0.9, 0.2, 0]] } }""", "MatrixRowNotWhole", "default.rollRates[0]")]
    [InlineData("{", "BadJson", "this is no JSON")]
    public async Task Assumptions_Wrong_NameFilePathAndFix(string json, string name, string path)
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines), "--assumptions", File("wrong.json", json));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith($"creditgrains: {name}: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("wrong.json", run.Error, StringComparison.Ordinal);
        Assert.Contains(path, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Json_ByLoan_PrintsPeriodsAndSummaries()
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines), "--by", "loan", "--json");
        var rows = run.Output.TrimEnd().Split('\n');
        Assert.Equal(361, rows.Length);
        Assert.Contains("\"loan\":\"A\"", rows[0], StringComparison.Ordinal);
        Assert.Contains("\"average_life_years\":", rows[^1], StringComparison.Ordinal);
    }

    private static double Total(string[] rows, string column)
    {
        var place = Array.IndexOf(rows[0].Split(','), column);
        return rows.Skip(1).Sum(row => double.Parse(row.Split(',')[place], CultureInfo.InvariantCulture));
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
