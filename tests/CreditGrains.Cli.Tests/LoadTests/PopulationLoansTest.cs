using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>Loans of a load test, by a short run of a scenario against a server in this process.</summary>
public sealed class PopulationLoansTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Accounts = 10_000;
    private const string Catalogue = """{ "name": "unused", "lateness": "6h", "ahead": "5m", "features": [{ "name": "late_events", "aggregation": "late" }] }""";

    [Fact]
    public async Task Load_WithLoans_GivesThemToTheFirstAccountsOnce_AndDecidesOnThem()
    {
        var first = await LoadAsync(loans: 4_000);
        Assert.Equal(4_000, first.GetProperty("loans").GetInt64());
        Assert.Empty(first.GetProperty("errors").EnumerateArray());
        Assert.Empty(first.GetProperty("reasons").EnumerateArray());
        Assert.True(CountOf(first, "Approved") > 0);
        Assert.Equal((1, 1, 0), (await LoansOfAsync(1), await LoansOfAsync(4_000), await LoansOfAsync(4_001)));

        // The same book again, with more of them: those that are there stay as they are.
        var second = await LoadAsync(loans: 4_500);
        Assert.Equal(4_500, second.GetProperty("loans").GetInt64());
        Assert.Equal((1, 1, 1, 0), (await LoansOfAsync(1), await LoansOfAsync(4_001), await LoansOfAsync(4_500), await LoansOfAsync(4_501)));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("10001")]
    public async Task Load_WithMoreLoansThanAccounts_SaysWhatIsAllowed(string loans)
    {
        var run = await CliRun.OfAsync("load", "decide", "--accounts", $"{Accounts}", "--loans", loans, "--address", "127.0.0.1:9");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("--loans must be 0 to --accounts", run.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> LoadAsync(int loans)
    {
        var directory = Path.Combine(server.DataDirectory, "..", "load-report");
        // A second of load is enough; what it reaches on a machine that is shared is not looked at.
        var run = await CliRun.OfAsync(
            "load", "decide", "--accounts", $"{Accounts}", "--loans", $"{loans}", "--rate", "1000", "--minutes", "0.02", "--hold-seconds", "1", "--out", directory,
            "--catalogue", server.Write("features.json", Catalogue), "--address", server.Address.Replace("http://", "", StringComparison.Ordinal), "--json");
        Assert.True(run.Code is ExitCode.Ok or ExitCode.Differences, run.Output + run.Error);
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "decide.json"))).RootElement;
    }

    private static double CountOf(JsonElement report, string outcome) =>
        report.GetProperty("outcomes").EnumerateArray().Where(each => each.GetProperty("name").GetString() == outcome).Sum(each => each.GetProperty("value").GetDouble());

    private async Task<int> LoansOfAsync(int account)
    {
        var (_, view) = await server.RunJsonAsync("get", "facility", $"1/1/{account}");
        var facility = view.TryGetProperty("facility", out var inner) ? inner : view;
        return facility.TryGetProperty("loans", out var loans) ? loans.GetArrayLength() : 0;
    }
}
