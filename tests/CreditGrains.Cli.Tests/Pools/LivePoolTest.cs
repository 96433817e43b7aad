using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Pools;

/// <summary>creditgrains pool against a running server.</summary>
public sealed class LivePoolTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Terms = """
        { "name": "auto", "currency": "EUR", "amounts": "major", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90],
          "eligibility": [ { "name": "enough rate", "field": "rate", "min": 0.05 } ],
          "triggers": [ { "name": "defaults", "measure": "cumulativeDefault", "level": 0.05 } ] }
        """;

    [Fact]
    public async Task Load_OfATapeTwice_ChangesNothingTheSecondTimeAndNamesTheRule()
    {
        await DefineAsync("Pool/51/1/1");
        var tape = server.Write("live-tape.csv", "id,balance,rate,remaining_months,age_months,region,days_past_due\nA,1000,0.06,12,3,1,0\nB,1000,0.04,12,3,1,0\nC,oops,0.06,12,3,1,0\nD,1000,0.06,12,3,1,0\n");
        var mapping = server.Write("live-map.json", """{ "currency": "EUR", "amounts": "major" }""");
        for (var round = 0; round < 2; round++)
        {
            var rejected = Path.Combine(Path.GetDirectoryName(tape)!, $"rejected-{round}.csv");
            var (run, figures) = await server.RunJsonAsync("pool", "load", "Pool/51/1/1", "--tape", tape, "--mapping", mapping, "--rejected", rejected);
            Assert.Equal(ExitCode.Differences, run.Code);
            Assert.Equal((2, 2, 2, 200_000L), (figures.GetProperty("entered").GetInt32(), figures.GetProperty("rejected").GetInt32(), figures.GetProperty("loans").GetInt32(), figures.GetProperty("balance").GetInt64()));
            Assert.Equal(round == 0 ? 0 : 3, figures.GetProperty("repeated").GetInt32());
            var report = await File.ReadAllTextAsync(rejected);
            Assert.Contains("tape,2,enough rate,NotEligible,", report, StringComparison.Ordinal);
            Assert.Contains("tape,3,balance,FieldWrong,", report, StringComparison.Ordinal);
        }

        var events = server.Write("live-events.csv", "loan,date,event,principal,scheduled,interest,days_past_due,remaining_months,rate\nA,2026-02-10,paid,900,100,5,0,11,0.06\nD,2026-02-11,repurchase,,,,,,\nD,2026-02-12,paid,1,0,0,0,1,0.06\nA,2026-02-13,paid,,1,0,0,1,0.06\n");
        var (booked, after) = await server.RunJsonAsync("pool", "load", "Pool/51/1/1", "--events", events, "--mapping", mapping);
        Assert.Equal((ExitCode.Differences, 2, 2, 90_000L), (booked.Code, after.GetProperty("booked").GetInt32(), after.GetProperty("rejected").GetInt32(), after.GetProperty("balance").GetInt64()));
        Assert.Contains("events, row 3, loan: NotInPool", booked.Error, StringComparison.Ordinal);
        Assert.Contains("events, row 4, principal: FieldMissing", booked.Error, StringComparison.Ordinal);
        var state = await server.RunAsync("pool", "state", "Pool/51/1/1", "--csv");
        Assert.Contains("pool,,balance,90000", state.Output, StringComparison.Ordinal);
        Assert.Contains("group,region 1,loans,1", state.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Define_Twice_OrOfWrongTerms_IsRefusedByName()
    {
        await DefineAsync("Pool/52/1/1");
        var again = await server.RunAsync("pool", "define", "Pool/52/1/1", "--terms", server.Write("terms-52.json", Terms));
        Assert.Equal(ExitCode.Differences, again.Code);
        Assert.Contains("AlreadyExists", again.Output, StringComparison.Ordinal);
        var wrong = await server.RunAsync("pool", "define", "Pool/52/1/2", "--terms", server.Write("terms-wrong.json", Terms.Replace("0.05 }", "7 }", StringComparison.Ordinal).Replace("level", "lovel", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("pool", "state", "Pool/52/1/9")).Code);
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("pool", "state", "Borrower/52/1/9")).Code);
    }

    [Fact]
    public async Task Simulate_Live_ForecastsEachMonthOnTheServerAsOffline()
    {
        await DefineAsync("Pool/53/1/1", Terms.Replace("EUR", "CNY", StringComparison.Ordinal).Replace("\"min\": 0.05", "\"min\": 0", StringComparison.Ordinal));
        string[] arguments = ["pool", "simulate", "--loans", "3000", "--months", "2", "--history", "3", "--csv"];
        var live = await server.RunAsync([.. arguments, "--live", "Pool/53/1/1"]);
        Assert.Equal(ExitCode.Ok, live.Code);
        var offline = await CliRun.OfAsync(arguments);
        var rows = Rows(live.Output).Zip(Rows(offline.Output)).ToArray();
        Assert.Equal(2 * 7, rows.Length);
        foreach (var (here, there) in rows)
        {
            Assert.Equal(there[..2], here[..2]);
            // What happened is the same to the unit; lines of the forecasts are put together by age too, so they round elsewhere.
            Assert.Equal(there[3], here[3]);
            Assert.InRange(Number(here[2]) - Number(there[2]), -5_000, 5_000);
        }

        var history = await server.RunAsync("pool", "history", "Pool/53/1/1", "--csv");
        Assert.Contains("closing in all", history.Error, StringComparison.Ordinal);
        Assert.Equal(6, Rows(history.Output).Length);
        foreach (var line in (string[][])[["pool", "rolls"], ["pool", "vintages"], ["pool", "state"], ["pool", "history"]])
        {
            Assert.Equal(ExitCode.Ok, (await server.RunAsync([.. line, "Pool/53/1/1"])).Code);
            Assert.Equal(ExitCode.Ok, (await server.RunAsync([.. line, "Pool/53/1/1", "--json"])).Code);
        }

        var again = await server.RunAsync([.. arguments, "--live", "Pool/53/1/1"]);
        Assert.Equal(ExitCode.Ok, again.Code);
        Assert.Contains("of an earlier run", again.Error, StringComparison.Ordinal);
        Assert.Equal(history.Output, (await server.RunAsync("pool", "history", "Pool/53/1/1", "--csv")).Output);
    }

    private async Task DefineAsync(string pool, string terms = Terms)
    {
        var run = await server.RunAsync("pool", "define", pool, "--terms", server.Write(pool.Replace('/', '-') + ".json", terms));
        Assert.Equal(ExitCode.Ok, run.Code);
    }

    private static string[][] Rows(string output) => [.. output.TrimEnd().Split('\n').Skip(1).Select(row => row.Split(','))];

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
