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
        Assert.Equal(1 + 360, rows.Length);
        Assert.StartsWith("scenario,segment,loan,period,date,opening,scheduled,prepaid,defaulted,", rows[0], StringComparison.Ordinal);
        Assert.Equal(47_576_640, Total(rows, "defaulted"), 20.0);
        Assert.Equal(37_446_547, Total(rows, "recovery"), 20.0);
        Assert.Equal(9_515_314, Total(rows, "loss"), 20.0);
        Assert.Contains("A: 360 periods, USD: principal", run.Error, StringComparison.Ordinal);
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
        Assert.Contains("row 3, remaining_months: LineOutOfRange", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 rows of", run.Error, StringComparison.Ordinal);
        Assert.Equal(3000.10, Total(run.Output.TrimEnd().Split('\n'), "scheduled"), 0.001);
    }

    /// <summary>Amounts in major units depend on the currency, so it is never guessed.</summary>
    [Theory]
    [InlineData("balance,rate,remaining_months\n1000,0.06,12\n", "", "CurrencyMissing: ")]
    [InlineData("balance,rate,remaining_months\n1000,0.06,12\n", "--currency XXY", "BadCurrency: ")]
    [InlineData("balance,rate,remaining_months\n1000,0.06,12\n", "--currency JPY", null)]
    [InlineData("balance,rate,remaining_months,currency\n1000,0.06,12,JPY\n", "", null)]
    [InlineData("balance,rate,remaining_months,currency\n1000,0.06,12,JPY\n2000,0.06,12,EUR\n", "", "row 2, currency: CurrencyMismatch: the row is in EUR, the tape in JPY")]
    [InlineData("balance,rate,remaining_months,currency\n1000,0.06,12,JPY\n2000,0.06,12,\n", "--currency JPY", null)]
    [InlineData("balance,rate,remaining_months,currency\n1000,0.06,12,JPY\n3000,0.06,12,yen\n", "", "row 2, currency: FieldWrong: 'yen' is no ISO 4217 code")]
    [InlineData("balance,rate,remaining_months,currency\n1000,0.06,12,\n2000,0.06,12,JPY\n", "", "row 1, currency: FieldMissing: the field is empty")]
    [InlineData("balance,rate,remaining_months,currency\n1000,0.06,12,JPY\n2000,0.06,12,\n", "", "row 2, currency: FieldMissing: the field is empty")]
    [InlineData("balance,rate,remaining_months,currency\n1000,x,12,EUR\n2000,0.06,12,JPY\n", "", "row 1, rate: FieldWrong")]
    public async Task Tape_Currency_IsGivenOrRefused(string rows, string options, string? fault)
    {
        var run = await CliRun.OfAsync(["cashflow", "project", "--tape", File("tape.csv", rows), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        if (fault is null) Assert.Contains(": 12 periods, JPY: principal ", run.Error, StringComparison.Ordinal);
        else Assert.Contains(fault, run.Error, StringComparison.Ordinal);
        Assert.Equal(fault is null ? ExitCode.Ok : fault.StartsWith("row", StringComparison.Ordinal) ? ExitCode.Differences : ExitCode.Usage, run.Code);
    }

    [Fact]
    public async Task Tape_CurrencyOfOptionAndMapping_MustAgree()
    {
        var tape = File("tape.csv", "balance,rate,remaining_months\n1000,0.06,12\n");
        var run = await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--mapping", File("map.json", """{ "currency": "EUR" }"""), "--currency", "USD");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("CurrencyMismatch: --currency says USD, the mapping EUR", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_AndLines_GiveTheSameTable()
    {
        var tape = File("tape.csv", "id,balance,rate,remaining_months,age_months\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"{i},{100_000 + i},0.0{i % 9 + 1},{i % 30 + 1},{i}\n")));
        var assumptions = File("a.json", """{ "prepayment": { "psa": 150 }, "default": { "cdr": 0.02 }, "recovery": { "severity": 1 } }""");
        var lines = await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--currency", "EUR", "--assumptions", assumptions);
        var columns = await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--currency", "EUR", "--assumptions", assumptions, "--columns");
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
    [InlineData("""{ "segments": [] }""", "FieldWrong", "segments: there is no segment")]
    [InlineData("""{ "scenarios": [ { "name": "x" }, { "name": "x" } ] }""", "NameTwice", "scenarios[1].name: 'x'")]
    [InlineData("""{ "prepayment": { "cpr": 0.1, "cpr": 0.2 } }""", "FieldTwice", "prepayment.cpr: the field stands twice")]
    [InlineData("""{ "scenarios": [ { "default": { "cdr": 0.1 }, "default": { "cdr": 0.2 } } ] }""", "FieldTwice", "scenarios[0].default")]
    [InlineData("""{ "prepayment": { "psa": 1.65e-1 } }""", "RateOutOfRange", "prepayment.psa: 0.165 is less than 1 % of the curve; speeds are in percent, so write 16.5 for 16.5 %")]
    [InlineData("""{ "prepayment": { "abs": 0.5 } }""", "RateOutOfRange", "prepayment.abs: 0.5 is no absolute speed from 0 to 0.1; an ABS of 1.5 is 0.015")]
    [InlineData("""{ "default": { "sda": 0.5 } }""", "RateOutOfRange", "default.sda")]
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

    [Fact]
    public async Task Csv_BmaCashflowA_EndsWithTheLastMonthAndHasNoMinusZero()
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines), "--assumptions", File("a.json", Assumptions), "--conventions", "bma");
        Assert.DoesNotContain("-0.0", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("A,,,360,", run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    /// <summary>Loans in segments under one set of assumptions for all: the results are told by segment all the same, by lines and by columns.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BySegment_OneSetForAll_TellsEachSegment(bool isColumns)
    {
        var tape = File("tape.csv", "id,balance,rate,remaining_months,segment\n1,100000,0.06,12,0\n2,300000,0.06,24,2\n3,500000,0.06,12,2\n");
        var assumptions = File("a.json", """{ "prepayment": { "cpr": 0.1 }, "default": { "cdr": 0.02 } }""");
        string[] columns = isColumns ? ["--columns"] : [];
        var run = await CliRun.OfAsync(["cashflow", "project", "--tape", tape, "--currency", "EUR", "--assumptions", assumptions, "--by", "segment", .. columns]);
        Assert.Equal(ExitCode.Ok, run.Code);
        var first = run.Output.Split('\n').Where(row => row.Split(',') is [_, _, _, "1", ..]).Select(row => row.Split(',')).ToDictionary(cells => cells[1], cells => cells[5]);
        Assert.Equal(new Dictionary<string, string> { ["0"] = "100000", ["2"] = "800000", [""] = "900000" }, first);
    }

    [Theory]
    [InlineData("""{ "rateClock": "actual365" }""", "")]
    [InlineData("""{ "interestClock": "actual360" }""", "")]
    [InlineData("""{}""", ", \"firstPayment\": \"2026-05-01\"")]
    public async Task Days_WithoutCutOff_AreRefusedByName(string conventions, string more)
    {
        var lines = File("lines.json", Lines.Replace(" } ] }", more + " } ] }", StringComparison.Ordinal));
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", lines, "--conventions", File("c.json", conventions));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: CutOffMissing: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"rate\": 25", "lines[0].rate: 25 must be 0 to 20")]
    [InlineData("\"rate\": 0.06, \"servicingFee\": 0.07", "lines[0].servicingFee: ")]
    [InlineData("\"rate\": 0.06, \"segment\": 70000", "lines[0].segment: 70000 must be 0 to 999")]
    [InlineData("\"rate\": 0.06, \"segment\": -1", "lines[0].segment: -1 must be 0 to 999")]
    [InlineData("\"rate\": 0.06, \"amortisation\": { \"interestOnlyMonths\": 360 }", "lines[0].amortisation.interestOnlyMonths: ")]
    [InlineData("\"rate\": 0.06, \"amortisation\": { \"parts\": [1] }", "lines[0].amortisation.parts: ")]
    public async Task Line_OutOfRange_NamesTheFieldAsTheFileWritesIt(string fields, string fault)
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines.Replace("\"rate\": 0.08", fields, StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("LineOutOfRange", run.Error, StringComparison.Ordinal);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tape_WithALoanTwice_TakesItOnce()
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--tape", File("tape.csv", "id,balance,rate,remaining_months\nA,1000,0.06,12\nB,500,0.06,12\nA,1000,0.06,12\n"), "--currency", "EUR");
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Contains("row 3, id: LoanTwice: 'A' stands in an earlier row too", run.Error, StringComparison.Ordinal);
        Assert.Equal(1500, Total(run.Output.TrimEnd().Split('\n'), "scheduled"));
    }

    [Theory]
    [InlineData("\"rate\": 6", "warning: 1 of 1 loans pay more than 100 % a year, the most 600 %")]
    [InlineData("\"rate\": 0.99", null)]
    public async Task Rate_InPercent_IsWarnedOf(string rate, string? warning)
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines.Replace("\"rate\": 0.08", rate, StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Ok, run.Code);
        if (warning is null) Assert.DoesNotContain("warning", run.Error, StringComparison.Ordinal);
        else Assert.Contains(warning, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conventions_Misspelt_NameThePresets()
    {
        var run = await CliRun.OfAsync("cashflow", "project", "--lines", File("lines.json", Lines), "--conventions", "bmb");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: ConventionsUnknown: --conventions 'bmb' is neither standard, bma, absbox, china nor a file", run.Error, StringComparison.Ordinal);
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
