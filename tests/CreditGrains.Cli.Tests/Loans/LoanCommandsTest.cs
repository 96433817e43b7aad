using System.Runtime.CompilerServices;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Loans;

/// <summary>creditgrains loan: the examples of docs/loans.md, and what a wrong file is told.</summary>
public sealed class LoanCommandsTest
{
    private const string Terms = """ "currency": "CNY", "amount": 12000000, "ratePercent": 6, "drawdown": "2024-01-15", "instalments": 12, "dayCount": "MONTHS/12" """;

    private static string Example(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "examples", name));

    private static async Task<CliRun> OfTextAsync(string command, string json, params string[] options)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "loan.json");
        await File.WriteAllTextAsync(path, json);
        return await CliRun.OfAsync(["loan", command, path, .. options]);
    }

    [Fact]
    public async Task Schedule_OfTheExample_EndsWithItsSumsAndMovesAcrossTheHoliday()
    {
        var run = await CliRun.OfAsync("loan", "schedule", Example("loan-level.json"));
        Assert.Equal((ExitCode.Ok, ""), (run.Code, run.Error));
        Assert.Contains("12 instalments; paid out 119,400.00 CNY, interest 3,935.66, fees 636.00; APR 6.94 %", run.Output, StringComparison.Ordinal);
        Assert.Contains("2024-06-17*", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_AsCsvAndJson_HasTheSameRows()
    {
        var csv = await CliRun.OfAsync("loan", "schedule", Example("loan-level.json"), "--csv");
        var json = await CliRun.OfAsync("loan", "schedule", Example("loan-level.json"), "--json");
        var rows = csv.Output.TrimEnd().Split('\n')[1..];
        var objects = json.Output.TrimEnd().Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(12, rows.Length);
        Assert.Equal(rows, objects.Select(one => string.Join(',', one.EnumerateObject().Select(field => field.Value.ToString()))));
    }

    [Fact]
    public async Task Schedule_OfASeasonalLoan_PaysPrincipalAfterTheHarvest()
    {
        var run = await CliRun.OfAsync("loan", "schedule", Example("loan-seasonal.json"), "--csv");
        Assert.All(run.Output.TrimEnd().Split('\n')[1..], row =>
        {
            var cells = row.Split(',');
            Assert.Equal(cells[1][5..7] is "09" or "10" or "11", cells[6] != "0");
        });
    }

    [Fact]
    public async Task Apr_OfTheExample_HasItsPrintedDigits()
    {
        // 12 CFR 1026, Appendix J (c)(1)(iv).
        var run = await CliRun.OfAsync("loan", "apr", Example("apr-quarterly.json"));
        Assert.StartsWith("APR 8.97 % ", run.Output, StringComparison.Ordinal);
        Assert.Contains("unit-period 3 months, 4 a year", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "currency": "USD", "unitPeriodsPerYear": 52, "advances": [{ "whole": 0, "amount": 50000 }], "payments": [{ "whole": 4, "fraction": 0.5714285714285714, "amount": 1760, "count": 30 }] }""", "14.96")] // (c)(1)(v)
    [InlineData("""{ "currency": "USD", "amounts": "major", "advances": [{ "date": "1978-02-23", "amount": 5000 }], "payments": [{ "date": "1978-03-01", "amount": 219.17, "count": 24, "every": "semimonth" }] }""", "10.34")] // (c)(1)(iii)
    [InlineData("""{ "currency": "USD", "amounts": "major", "advances": [{ "date": "1978-01-10", "amount": 5000 }], "payments": [{ "date": "1978-02-10", "amount": 250 }, { "date": "1978-03-10", "amount": 230, "count": 23, "every": "1 month" }] }""", "10.08")] // (c)(2)(i)
    public async Task Apr_OfFlows_HasItsPrintedDigits(string json, string percent)
    {
        var run = await OfTextAsync("apr", json, "--json");
        Assert.Equal(percent, JsonDocument.Parse(run.Output).RootElement.GetProperty("aprPercent").GetRawText());
    }

    /// <summary>12 CFR 1026, Appendix J (c)(1)(i) as published, and with a digit changed.</summary>
    [Theory]
    [InlineData("9.69", 0, "1 of 1 cases")]
    [InlineData("9.68", 1, "DIFFERS")]
    public async Task Apr_OfPublishedCases_ComparesTheirPrintedDigits(string published, int code, string part)
    {
        var payments = string.Join(',', Enumerable.Repeat("230", 24));
        var json = $$"""{ "cases": [{ "id": "c1i", "amount_advanced": 5000, "fraction_f": 0, "whole_units_t": 1, "payments": [{{payments}}], "unit_periods_per_year": 12, "published_apr_pct": {{published}}, "advance": "1978-01-10", "first": "1978-02-10" }] }""";
        var run = await OfTextAsync("apr", json);
        Assert.Equal((code, ""), ((int)run.Code, run.Error));
        Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Life_OfTheExample_EndsNonAccrual()
    {
        var run = await CliRun.OfAsync("loan", "life", Example("loan-life.json"), "--json");
        var last = JsonDocument.Parse(run.Output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal((108, "M4", "Substandard", "2024-09-13"), (last.GetProperty("daysPastDue").GetInt32(), last.GetProperty("bucket").GetString(), last.GetProperty("class").GetString(), last.GetProperty("nonAccrualSince").GetString()));
    }

    /// <summary>Rows: what is wrong, the name of the fault, and a part of the message that leads to the place.</summary>
    [Theory]
    [InlineData("not json", "BadJson", "is no JSON")]
    [InlineData("[]", "BadField", "$ is []")]
    [InlineData("{}", "MissingField", "$.currency")]
    [InlineData("{ \"currency\": \"XXX\" }", "BadCurrency", "XXX")]
    [InlineData("{ \"currency\": \"CNY\" }", "MissingField", "$.amount")]
    [InlineData("{ TERMS, \"interst\": 5 }", "UnknownField", "$.interst")]
    [InlineData("{ TERMS, \"amount\": 5 }", "BadField", "$.amount comes twice")]
    [InlineData("{ TERMS, \"dueDay\": \"5\" }", "BadField", "$.dueDay")]
    [InlineData("{ TERMS, \"firstDue\": \"2024-02-30\" }", "BadField", "$.firstDue")]
    [InlineData("{ TERMS, \"every\": \"1 fortnight\" }", "BadField", "$.every")]
    [InlineData("{ TERMS, \"schedule\": \"level\" }", "BadField", "$.schedule")]
    [InlineData("{ TERMS, \"schedule\": { \"kind\": \"levle\" } }", "BadField", "$.schedule.kind")]
    [InlineData("{ TERMS, \"schedule\": { \"kind\": \"level\", \"final\": 1 } }", "UnknownField", "$.schedule.final")]
    [InlineData("{ TERMS, \"schedule\": { \"kind\": \"stepped\", \"steps\": [{ \"from\": 1, \"ppm\": 1 }, { \"from\": 2 }] } }", "MissingField", "$.schedule.steps[1].ppm")]
    [InlineData("{ TERMS, \"schedule\": { \"kind\": \"seasonal\", \"cash\": [1, 2] } }", "InvalidAmortisation", "twelve months")]
    [InlineData("{ TERMS, \"schedule\": { \"kind\": \"seasonal\", \"cash\": [0,0,0,0,0,0,0,0,0,0,0,20000000] } }", "CashTooShort", "2024-02")]
    [InlineData("{ TERMS, \"holidays\": [\"2024-13-01\"] }", "BadField", "$.holidays[0]")]
    [InlineData("{ TERMS, \"workingWeekends\": [\"2024-10-09\"] }", "InvalidCalendar", "2024-10-09")]
    [InlineData("{ TERMS, \"fees\": [{ \"name\": \"x\", \"when\": \"atDrawdown\" }] }", "BadField", "$.fees[0]")]
    [InlineData("{ TERMS, \"overdue\": { \"allocation\": [{ \"order\": [\"fees\"] }] } }", "InvalidTerm", "allocation order 1")]
    public async Task Schedule_OfAWrongFile_NamesThePlaceAndTheFault(string json, string name, string part)
    {
        var run = await OfTextAsync("schedule", json.Replace("TERMS", Terms, StringComparison.Ordinal));
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.StartsWith($"creditgrains: {name}: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("""{ "currency": "USD", "advances": [], "payments": [] }""", "InvalidTerm")]
    [InlineData("""{ "currency": "USD", "advances": [{ "date": "2024-01-01", "amount": 1 }], "payments": [{ "date": "2024-02-01", "amount": 1, "count": 99999999, "every": "1 month" }] }""", "BadField")]
    [InlineData("""{ "currency": "USD", "advances": [{ "date": "2024-01-01", "amount": 1 }], "payments": [{ "date": "9999-02-01", "amount": 1, "count": 1200, "every": "12 months" }] }""", "BadField")]
    [InlineData("""{ "currency": "USD", "advances": [{ "date": "2024-01-01", "amount": 1 }], "payments": [{ "date": "2024-02-01", "amount": 1, "count": 2 }] }""", "BadField")]
    [InlineData("""{ "currency": "USD", "unitPeriodsPerYear": 0, "advances": [{ "whole": 0, "amount": 1 }], "payments": [{ "whole": 1, "amount": 1 }] }""", "InvalidTerm")]
    [InlineData("""{ "currency": "USD", "unitPeriodsPerYear": 12, "advances": [{ "whole": 0, "amount": 1 }], "payments": [{ "whole": 2147483647, "amount": 1, "count": 9 }] }""", "BadField")]
    public async Task Apr_OfAWrongFile_NamesTheFault(string json, string name)
    {
        var run = await OfTextAsync("apr", json);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith($"creditgrains: {name}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Life_OfAnActThatIsRefused_NamesTheAct()
    {
        var run = await OfTextAsync("life", $$"""{ {{Terms}}, "acts": [{ "date": "2024-02-01", "repay": 5 }, { "date": "2024-01-31", "repay": 5 }] }""");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("$.acts[1]", run.Error, StringComparison.Ordinal);
        Assert.Contains("OutOfOrder", run.Error, StringComparison.Ordinal);
    }
}
