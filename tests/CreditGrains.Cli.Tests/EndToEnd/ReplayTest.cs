using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.Uci;
using Xunit.Abstractions;

namespace CreditGrains.Cli.Tests.EndToEnd;

public sealed class ReplayTest(ServerFixture server, ITestOutputHelper output) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Replay_OfATwinTwice_BalancesEveryBillAndChangesNothingTheSecondTime()
    {
        var file = server.Write("twin.csv", UciTwin.TextOf(UciTwin.Accounts(2_500, seed: 42)));
        var (first, did) = await server.RunJsonAsync("replay", "uci", file, "--tenant", "21");
        Assert.Equal(ExitCode.Ok, first.Code);
        AssertSound(did, accounts: 2_500);
        AssertAsCounted(did, UciTwin.Accounts(2_500, seed: 42));

        var (second, again) = await server.RunJsonAsync("replay", "uci", file, "--tenant", "21");
        Assert.Equal(ExitCode.Ok, second.Code);
        AssertSameAgain(did, again);
    }

    [Fact]
    public async Task Replay_InThisProcess_FindsTheSameAsOverGrpc()
    {
        var file = server.Write("small.csv", UciTwin.TextOf(UciTwin.Accounts(300, seed: 5)));
        var (_, remote) = await server.RunJsonAsync("replay", "uci", file, "--tenant", "22");
        using var directory = new TemporaryDirectory();
        var local = JsonDocument.Parse((await CliRun.OfAsync("replay", "uci", file, "--tenant", "22", "--data", directory.Path, "--json")).Output).RootElement;
        AssertSameNumbers(remote, local);
        var run = await CliRun.OfAsync("replay", "uci", file, "--tenant", "22", "--data", directory.Path);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("Nothing changed: this file was replayed before", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OfAnotherFileInTheSameTenant_IsAUsageFault()
    {
        await server.RunAsync("replay", "uci", server.Write("one.csv", UciTwin.TextOf(UciTwin.Accounts(5, seed: 1))), "--tenant", "23");
        var run = await server.RunAsync("replay", "uci", server.Write("two.csv", UciTwin.TextOf(UciTwin.Accounts(5, seed: 2))), "--tenant", "23");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: AlreadyExists: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--tenant", run.Error, StringComparison.Ordinal);
    }

    [UciFact]
    public async Task Replay_OfThe30000RealAccounts_BalancesEveryBillAndChangesNothingTheSecondTime()
    {
        using var directory = new TemporaryDirectory();
        var first = await CliRun.OfAsync("replay", "uci", UciFactAttribute.File!, "--data", directory.Path, "--json");
        var did = JsonDocument.Parse(first.Output).RootElement;
        output.WriteLine(first.Output);
        Assert.Equal(ExitCode.Ok, first.Code);
        AssertSound(did, accounts: 30_000);
        // Counted from the file alone, by hand: 0.41 % refunds, 13.1 % of the accounts above their limit at least once.
        Assert.Equal((619, 120_276, 131_033), (Number(did, "refunds"), Number(did, "payments"), Number(did, "requests")));
        Assert.Equal((7_404, 3_931), (Number(did, "declined"), Number(did, "accountsOverLimit")));

        var second = await CliRun.OfAsync("replay", "uci", UciFactAttribute.File!, "--data", directory.Path, "--json");
        Assert.Equal(ExitCode.Ok, second.Code);
        AssertSameAgain(did, JsonDocument.Parse(second.Output).RootElement);
    }

    private static void AssertSound(JsonElement report, int accounts)
    {
        Assert.Equal(accounts, Number(report, "accounts"));
        Assert.Equal((accounts * 6, 0), (Number(report, "balancesCompared"), Number(report, "mismatchCount")));
        Assert.Equal(Number(report, "requests"), Number(report, "approved") + Number(report, "declined"));
        Assert.Equal(Number(report, "declined"), Number(report, "postedAsFact"));
        Assert.Equal(
            Number(report, "commands"),
            Number(report, "opened") + Number(report, "openingCredits") + Number(report, "payments") + Number(report, "refunds") + Number(report, "requests") + Number(report, "postedAsFact"));
        Assert.Equal(Number(report, "accountsBilledAboveLimit"), Number(report, "accountsOverLimit"));
        Assert.True(report.GetProperty("changed").GetBoolean());
        Assert.Equal(0, Number(report, "repeated"));
    }

    /// <summary>What the file alone says must be declined: a drawdown after which the bill is above the limit.</summary>
    private static void AssertAsCounted(JsonElement report, IEnumerable<Dictionary<string, long>> accounts)
    {
        long declined = 0, refunds = 0, over = 0;
        foreach (var row in accounts)
        {
            for (var month = 12; month < 17; month++)
            {
                var drawdown = row[$"X{month}"] - row[$"X{month + 1}"] + row[$"X{month + 6}"];
                if (drawdown < 0) refunds++;
                if (drawdown > 0 && row[$"X{month}"] > row["X1"]) declined++;
            }

            if (Enumerable.Range(12, 6).Any(month => row[$"X{month}"] > row["X1"])) over++;
        }

        Assert.True(declined > 0 && refunds > 0 && over > 0, "the twin lacks the odd cases");
        Assert.Equal((declined, refunds, over), (Number(report, "declined"), Number(report, "refunds"), Number(report, "accountsOverLimit")));
    }

    private static void AssertSameAgain(JsonElement first, JsonElement second)
    {
        Assert.False(second.GetProperty("changed").GetBoolean());
        Assert.Equal(Number(second, "commands"), Number(second, "repeated"));
        AssertSameNumbers(first, second);
    }

    private static void AssertSameNumbers(JsonElement first, JsonElement second)
    {
        string[] mayDiffer = ["repeated", "changed", "seconds", "commandsPerSecond"];
        foreach (var property in first.EnumerateObject())
            if (!mayDiffer.Contains(property.Name)) Assert.Equal(property.Value.GetRawText(), second.GetProperty(property.Name).GetRawText());
    }

    private static long Number(JsonElement report, string name) => report.GetProperty(name).GetInt64();
}
