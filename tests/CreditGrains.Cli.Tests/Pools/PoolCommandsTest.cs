using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Pools;

/// <summary>creditgrains pool, from files to printed tables.</summary>
public sealed class PoolCommandsTest : IDisposable
{
    private const string Terms = """
        { "name": "auto", "currency": "EUR", "amounts": "major", "cutOff": "2026-01-31",
          "eligibility": [ { "name": "enough rate", "field": "rate", "min": 0.05 } ],
          "concentrations": [ { "name": "one region", "by": "region", "max": 0.6, "base": 3000 } ] }
        """;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Simulate_Csv_ForecastsEachMonthAndAddsUp()
    {
        string[] arguments = ["pool", "simulate", "--loans", "20000", "--months", "3", "--history", "6", "--csv"];
        var run = await CliRun.OfAsync(arguments);
        Assert.Equal(ExitCode.Ok, run.Code);
        var rows = run.Output.TrimEnd().Split('\n').Skip(1).Select(row => row.Split(',')).ToArray();
        Assert.Equal(3 * 7, rows.Length);
        foreach (var row in rows.Where(row => row[1] is "opening" or "scheduled" or "closing")) Assert.InRange(double.Parse(row[2]) / double.Parse(row[3]), 0.97, 1.03);
        Assert.All(rows.Where(row => row[1] == "defaulted"), row => Assert.True(long.Parse(row[3]) > 0));
        Assert.Contains("holds in all 10 months", run.Error, StringComparison.Ordinal);
        Assert.Equal(run.Output, (await CliRun.OfAsync(arguments)).Output);
        Assert.NotEqual(run.Output, (await CliRun.OfAsync([.. arguments, "--seed", "7"])).Output);
    }

    [Theory]
    [InlineData("rolls")]
    [InlineData("rates")]
    public async Task Simulate_WithState_PrintsThePoolAfterTheMonths(string forecast)
    {
        var run = await CliRun.OfAsync("pool", "simulate", "--loans", "5000", "--months", "2", "--forecast", forecast, "--state");
        Assert.Equal(ExitCode.Ok, run.Code);
        foreach (var text in (string[])["forecast", "actual", "difference", "Roll matrix", "Vintages", "Triggers", "clean-up call"]) Assert.Contains(text, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_TapeWithBadRows_NamesTheRuleOfEach()
    {
        var tape = File("tape.csv", "id,balance,rate,remaining_months,age_months,region,days_past_due\nA,1000,0.06,12,3,1,0\nB,1000,0.04,12,3,1,0\nC,oops,0.06,12,3,1,0\nD,1000,0.06,12,3,1,0\nE,500,0.06,12,3,1,0\nF,500,0.06,12,3,2,120\nG,500,0.06,12,3,2,35\n");
        var mapping = File("map.json", """{ "currency": "EUR", "amounts": "major" }""");
        var rejected = Path.Combine(directory.Path, "rejected.csv");
        var run = await CliRun.OfAsync("pool", "import", tape, "--pool", File("pool.json", Terms), "--mapping", mapping, "--rejected", rejected, "--csv");
        Assert.Equal(ExitCode.Differences, run.Code);
        var rows = (await System.IO.File.ReadAllTextAsync(rejected)).TrimEnd().Split('\n');
        Assert.Equal(5, rows.Length);
        Assert.StartsWith("tape,2,enough rate,NotEligible,", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("tape,3,balance,FieldWrong,", rows[2], StringComparison.Ordinal);
        Assert.StartsWith("tape,4,one region,TooConcentrated,", rows[3], StringComparison.Ordinal);
        Assert.StartsWith("tape,6,loan,LoanInDefault,", rows[4], StringComparison.Ordinal);
        Assert.Contains("group,Bucket M0,balance,150000\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("group,Bucket M2,balance,50000\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Events_AreBookedAndWrongOnesNamed()
    {
        var tape = File("tape.csv", "id,balance,rate,remaining_months,region\nA,1000.50,0.06,12,1\nB,1000,0.06,12,2\nC,500,0.06,12,3\n");
        var events = File("events.csv", """
            loan,date,event,principal,scheduled,prepaid,interest,days_past_due,remaining_months
            A,2026-02-10,paid,,100.50,,5,0,11
            B,2026-02-10,prepaidWhole,,83,917,,,
            Z,2026-02-10,paid,,1,,,,
            C,2026-02-11,repurchase,,,,,,
            C,2026-02-11,paid,,1,,,,
            A,2026-02-28,aged,,,,,9,
            A,2026-02-01,paid,,1,,,,
            A,2026-03-01,paid,,9999,,,,
            A,2026-03-01,danced,,,,,,
            """);
        var pool = File("pool.json", """{ "name": "p", "currency": "EUR", "cutOff": "2026-01-31" }""");
        var mapping = File("map.json", """{ "currency": "EUR", "amounts": "major" }""");
        string[] arguments = ["pool", "import", tape, "--pool", pool, "--mapping", mapping, "--events", events, "--until", "2026-03-01"];
        var run = await CliRun.OfAsync([.. arguments, "--csv"]);
        Assert.Equal(ExitCode.Differences, run.Code);
        foreach (var (item, value) in ((string, int)[])[("opening", 250_050), ("scheduled", 18_350), ("prepaid", 91_700), ("repurchased", 50_000), ("closing", 90_000), ("delinquent", 90_000), ("interest", 500)])
            Assert.Contains($"month,2026-02,{item},{value}\n", run.Output, StringComparison.Ordinal);
        foreach (var text in (string[])["row 3, loan: LoanUnknown", "row 5, loan: LoanInNoPool", "row 7, date: OutOfOrder", "row 8, scheduled: MoreThanOwed", "row 9, event: FieldWrong: 'danced' is not known; write one of drawn, instalmentDue"])
            Assert.Contains(text, run.Error, StringComparison.Ordinal);
        var projected = await CliRun.OfAsync([.. arguments, "--project"]);
        Assert.StartsWith("month,opening,scheduled,prepaid,defaulted,interest,closing,delinquent\n2026-03,90000,", projected.Output, StringComparison.Ordinal);
    }

    /// <summary>Principal that nobody lent does not come into a pool by an event of payment; what was lent, capitalised or taken back may.</summary>
    [Theory]
    [InlineData("A,2026-02-10,paid,5000,0,0", "row 1, principal: MoreThanOwed: after 'Paid' 5000 minor units are owed, 1000 were before it and 0 were paid; write at most 1000")]
    [InlineData("A,2026-02-10,paid,901,100,0", "row 1, principal: MoreThanOwed: after 'Paid' 901 minor units are owed, 1000 were before it and 100 were paid; write at most 900")]
    [InlineData("A,2026-02-10,paid,,-100,0", "row 1, scheduled: FieldWrong: '-100' is no amount of 0 or more")]
    [InlineData("A,2026-02-10,paid,-1,0,0", "row 1, principal: FieldWrong: '-1' is no amount of 0 or more")]
    [InlineData("A,2026-02-10,prepaidPart,,0,1001", "row 1, scheduled: MoreThanOwed: 1001 minor units are paid of 1000 owed; write at most what is owed")]
    [InlineData("A,2026-02-10,aged,1001,0,0", "row 1, principal: MoreThanOwed")]
    [InlineData("A,2026-02-10,chargedOff,1001,0,0", "row 1, principal: MoreThanOwed")]
    [InlineData("A,2026-02-10,chargedOff,,0,0\nA,2026-02-11,recovered,1001,0,0", "row 2, principal: MoreThanOwed")]
    [InlineData("A,2026-02-10,chargedOff,,0,0\nA,2026-02-11,writtenOff,1001,0,0", "row 2, principal: MoreThanOwed")]
    [InlineData("A,2026-02-10,paid,900,100,0", null)]
    [InlineData("A,2026-02-10,drawn,5000,0,0\nA,2026-02-11,capitalised,5010,0,0\nA,2026-02-12,bounced,5110,0,0", null)]
    public async Task Import_EventThatRaisesPrincipal_IsRefusedByRowAndField(string rows, string? fault)
    {
        var run = await CliRun.OfAsync("pool", "import", File("tape.csv", "id,balance,rate,remaining_months\nA,1000,0.06,12\n"), "--pool", File("pool.json", """{ "name": "p", "currency": "EUR", "cutOff": "2026-01-31" }"""),
            "--events", File("events.csv", $"loan,date,event,principal,scheduled,prepaid\n{rows}\n"), "--csv");
        Assert.Equal(fault is null ? ExitCode.Ok : ExitCode.Differences, run.Code);
        if (fault is not null) Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_RatesInPercent_AreRefusedByPath()
    {
        var tape = File("tape.csv", "balance,rate,remaining_months\n1,0,1\n");
        var run = await CliRun.OfAsync("pool", "import", tape, "--pool", File("pool.json", """{ "name": "x", "currency": "EUR", "cutOff": "2026-01-31", "rateBands": [5, 10] }"""));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("rateBands[0]: 5 is no rate from 0 to below 1; rates are fractions, so write 5 % as 0.05", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WrongTerms_NamesThePath()
    {
        var run = await CliRun.OfAsync("pool", "import", File("tape.csv", "balance,rate,remaining_months\n1,0,1\n"), "--pool", File("pool.json", """{ "name": "x", "currency": "EUR", "cutOff": "2026-01-31", "buckets": [1] }"""));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("buckets: write the last day of each bucket", run.Error, StringComparison.Ordinal);
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
