using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Tests.EndToEnd;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using Command = CreditGrains.Domain.Commands.Command;

namespace CreditGrains.Cli.Tests.Risks;

/// <summary>Backtests of a running server: followed, listed and cancelled.</summary>
public sealed class JobCommandsTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Tenant = 71;

    [Fact]
    public async Task Backtest_Cancelled_EndsForWhoWaits_AndIsListedSo()
    {
        await server.OpenFacilityAsync(Tenant, 1, 1_000_000);
        var registered = await server.RunAsync("risk", "register-policy", "slow", server.Write("slow.dmn", SlowPolicy.Dmn), "--decision", SlowPolicy.Decision, "--tenant", $"{Tenant}");
        Assert.True(registered.Code == ExitCode.Ok, registered.Output + registered.Error);
        for (var batch = 0; batch < 4; batch++)
        {
            var commands = new Command[5_000];
            for (var i = 0; i < commands.Length; i++)
                commands[i] = new Command { Kind = CommandKind.Drawdown, Id = RequestId.FromGuid(Guid.CreateVersion7()), Facility = NodeKey.Facility(Tenant, 1, 1), Amount = 1, Currency = Currency.Parse("EUR") };
            var outcomes = new Outcome[commands.Length];
            await server.Server.Engine.ExecuteAsync(commands, outcomes);
            Assert.All(outcomes, outcome => Assert.Equal((OutcomeKind.Approved, Reason.None), (outcome.Kind, outcome.Reason)));
        }

        var waits = server.RunAsync("risk", "backtest", "slow", "1", "--tenant", $"{Tenant}");
        var id = await RunningAsync(waits);
        var cancelled = await server.RunAsync("risk", "cancel", id);
        Assert.Equal(ExitCode.Ok, cancelled.Code);
        Assert.Contains($"job {id}, backtest of policy slow@1: Cancelled", cancelled.Output, StringComparison.Ordinal);
        var ended = await waits;
        Assert.Equal(ExitCode.Differences, ended.Code);
        Assert.Contains("Cancelled", ended.Output, StringComparison.Ordinal);
        var listed = await server.RunAsync("risk", "job");
        Assert.Contains("backtest of policy slow@1", listed.Output, StringComparison.Ordinal);
        Assert.Contains("Cancelled", listed.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Differences, (await server.RunAsync("risk", "job", id)).Code);
        var unknown = await server.RunAsync("risk", "cancel", "none");
        Assert.NotEqual(ExitCode.Ok, unknown.Code);
        Assert.Contains("there is no job none", unknown.Error, StringComparison.Ordinal);
        await InterruptAsync();
    }

    /// <summary>Who stops waiting stops the job.</summary>
    private async Task InterruptAsync()
    {
        using var interrupt = new CancellationTokenSource();
        using var output = new StringWriter();
        var waits = CommandTree.RunAsync(["risk", "backtest", "slow", "1", "--tenant", $"{Tenant}", "--address", server.Address], new Shell(output, output, isTerminal: false, isErrorTerminal: false), interrupt.Token);
        var id = await RunningAsync(waits);
        await interrupt.CancelAsync();
        Assert.NotEqual((int)ExitCode.Ok, await waits);
        var ended = await server.RunAsync("risk", "cancel", id);
        Assert.Contains($"job {id}, backtest of policy slow@1: Cancelled", ended.Output, StringComparison.Ordinal);
    }

    /// <summary>The id of the job that runs, once it does.</summary>
    private async Task<string> RunningAsync(Task waits)
    {
        while (true)
        {
            var (_, json) = await server.RunJsonAsync("risk", "job");
            if (json.TryGetProperty("jobs", out var jobs))
            {
                foreach (var job in jobs.EnumerateArray())
                    if (job.GetProperty("state").GetString() == "Running") return job.GetProperty("id").GetString()!;
            }

            Assert.False(waits.IsCompleted, "it ended before it could be listed");
        }
    }
}
