using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Cashflows;

/// <summary>creditgrains cashflow rollrates and compress, from files to what is printed.</summary>
public sealed class HistoryTest : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task RollRates_LongHistory_CountsMonthsThatFollowEachOther()
    {
        var run = await CliRun.OfAsync("cashflow", "rollrates", Write("h.csv", "loan,month,status\na,2026-02,1\na,2026-01,0\nb,2026-01,0\nb,2026-03,2\nb,2026-04,chargedOff\nc,2025-12-31,0\nc,2026-01-31,paidOff\n"), "--states", "3", "--csv");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("0,1,1,0.5", run.Output, StringComparison.Ordinal);
        Assert.Contains("0,paidOff,1,0.5", run.Output, StringComparison.Ordinal);
        Assert.Contains("2,chargedOff,1,1", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 moves between 3 states; 1 pairs with months missing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RollRates_WideHistory_GivesAssumptionsThatProject()
    {
        var matrix = Path.Combine(directory.Path, "a.json");
        var run = await CliRun.OfAsync("cashflow", "rollrates", Write("w.csv", "id,may,june,july\n1,0,1,0\n2,-1,2,3\n3,1,2,\n"), "--wide", "may,june,july", "--current-up-to", "1", "--states", "2", "--out", matrix, "--json");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("\"counts\":[[2,2,0,0],[0,1,0,0]]", run.Output, StringComparison.Ordinal);
        var project = await CliRun.OfAsync("cashflow", "project", "--lines", Write("l.json", """{ "currency": "EUR", "lines": [{ "balance": 100000, "rate": 0.05, "remainingMonths": 12 }] }"""), "--assumptions", matrix);
        Assert.Equal(ExitCode.Ok, project.Code);
    }

    [Theory]
    [InlineData("loan,month,status\na,1,late\n", "'late' is no status")]
    [InlineData("loan,month,status\na,first,0\n", "'first' is no month")]
    [InlineData("loan,month,status\na,1,0\na,1,1\n", "has a status in that month already")]
    [InlineData("loan,month\na,1\n", "no column status")]
    public async Task RollRates_WrongHistory_NamesRowAndFix(string csv, string fault)
    {
        var run = await CliRun.OfAsync("cashflow", "rollrates", Write("x.csv", csv));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compress_ATape_WritesLinesThatProjectAlike()
    {
        var tape = Write("t.csv", "id,balance,rate,remaining_months\n" + string.Concat(Enumerable.Range(0, 400).Select(i => FormattableString.Invariant($"{i},{100_000 + 37 * i},{0.04 + i % 50 * 0.001:F3},{i % 30 + 6}\n"))));
        var lines = Path.Combine(directory.Path, "rep.json");
        var run = await CliRun.OfAsync("cashflow", "compress", "--tape", tape, "--currency", "EUR", "--out", lines);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("400 loans in ", run.Error, StringComparison.Ordinal);
        var error = double.Parse(run.Error.Split("price error ")[1].Split(" bp")[0], CultureInfo.InvariantCulture);
        Assert.InRange(error, 0, 1);
        var (whole, rep) = (await CliRun.OfAsync("cashflow", "project", "--tape", tape, "--currency", "EUR"), await CliRun.OfAsync("cashflow", "project", "--lines", lines));
        Assert.Equal(Principal(whole.Output), Principal(rep.Output));
    }

    private static double Principal(string csv)
    {
        var lines = csv.TrimEnd().Split('\n');
        var at = Array.IndexOf(lines[0].Split(','), "scheduled");
        return lines.Skip(1).Sum(line => double.Parse(line.Split(',')[at], CultureInfo.InvariantCulture));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(directory.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
