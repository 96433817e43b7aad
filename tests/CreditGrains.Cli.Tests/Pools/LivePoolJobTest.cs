using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Pools.Live;
using CreditGrains.Cli.Tests.EndToEnd;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Tests.Pools;

/// <summary>Jobs on a live pool of a running server, from the middle of a deal's life.</summary>
public sealed class LivePoolJobTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Pool = "Pool/61/1/1";
    private const string Terms = """{ "name": "auto", "currency": "EUR", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90] }""";
    private const string Deal = """
        { "name": "deal", "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{ "balance": 1000, "rate": 0.05, "remainingMonths": 12 }] },
          "assumptions": { "prepayment": { "cpr": 0.05 }, "default": { "cdr": 0.02 }, "recovery": { "severity": 0.5, "lagMonths": 3 } },
          "tranches": [ { "name": "A", "balance": 250000000, "coupon": 0.03 }, { "name": "B", "balance": 40000000, "coupon": 0.06 }, { "name": "E", "kind": "equity", "balance": 0 } ],
          "waterfalls": { "amortising": [ { "do": "payInterest", "to": ["A"], "from": "income" }, { "do": "payInterest", "to": ["B"], "from": "income" }, { "do": "payPrincipal", "to": ["A", "B"], "order": "sequential", "from": "principal" }, { "do": "payResidual", "to": "E", "from": ["income", "principal"] } ] } }
        """;

    [Fact]
    public async Task Jobs_OnALivePool_StartFromItsLoansAndItsPast()
    {
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("pool", "define", Pool, "--terms", server.Write("terms-61.json", Terms))).Code);
        var none = await server.RunAsync("pool", "project", Pool, "--own", "rolls");
        Assert.Equal(ExitCode.Usage, none.Code);
        Assert.Contains("NoHistory", none.Error, StringComparison.Ordinal);

        var rows = string.Concat(Enumerable.Range(1, 300).Select(i => FormattableString.Invariant($"{i},{1_000_000 + i},0.0{4 + i % 5},{6 + i % 40},{i % 9}\n")));
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("pool", "load", Pool, "--tape", server.Write("jobs.csv", "id,balance,rate,remaining_months,age_months\n" + rows))).Code);
        var plain = await server.RunAsync("pool", "project", Pool, "--csv");
        Assert.Equal(ExitCode.Ok, plain.Code);
        var months = plain.Output.TrimEnd().Split('\n').Skip(1).Select(row => row.Split(',')).ToArray();
        // No assumptions: principal is repaid whole, by plan.
        Assert.Equal("300045150", months[0][3]);
        Assert.Equal(300_045_150, months.Sum(month => long.Parse(month[4])));
        Assert.All(months, month => Assert.Equal("0", month[5]));
        Assert.Equal("0", months[^1][10]);
        Assert.Contains("each by itself", plain.Error, StringComparison.Ordinal);

        var scenarios = server.Write("jobs.json", """{ "scenarios": [{ "name": "one", "default": { "cdr": 0.02 } }, { "name": "two", "default": { "cdr": 0.2 }, "recovery": { "severity": 1 } }] }""");
        var two = await server.RunAsync("pool", "project", Pool, "--assumptions", scenarios, "--csv");
        Assert.Equal(["one", "two"], two.Output.TrimEnd().Split('\n').Skip(1).Select(row => row.Split(',')[0]).Distinct());

        var deal = server.Write("jobs-deal.json", Deal);
        var run = await server.RunAsync("pool", "deal", Pool, "--deal", deal, "--csv");
        Assert.True(run.Code == ExitCode.Ok, run.Error);
        Assert.Contains("period,payment,state,actual,tranche", run.Output, StringComparison.Ordinal);
        foreach (var command in (string[][])[["measures", "--skip-break-even"], ["grid", "--cdr", "0,0.1"], ["montecarlo", "--trials", "50"]])
            Assert.True((await server.RunAsync(["pool", command[0], Pool, "--deal", deal, .. command[1..]])) is { Code: ExitCode.Ok }, command[0]);
        await StopAsync(Deal);
        var wrong = await server.RunAsync("pool", "deal", Pool, "--deal", server.Write("wrong-deal.json", Deal.Replace("\"coupon\": 0.03", "\"copon\": 0.03", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Contains("tranches[0].copon", wrong.Error, StringComparison.Ordinal);
    }

    /// <summary>A job that would take minutes tells how far it is, and ends when its caller goes.</summary>
    private async Task StopAsync(string deal)
    {
        using var channel = new RpcChannel(new Uri(server.Address));
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var request = new V1.MonteCarloRequest { Pool = new V1.NodeKey { Kind = V1.NodeKind.Pool, Tenant = 61, LegalEntity = 1, Id = 1 }, DealJson = deal, Trials = 10_000_000 };
        var told = 0;
        var ended = await Record.ExceptionAsync(async () =>
        {
            await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.MonteCarlo, request, new CallOptions { CancellationToken = stop.Token }, stop.Token))
                if (reply.Progress is { Step: "running" } && ++told == 2) await stop.CancelAsync();
        });
        Assert.True(ended is OperationCanceledException or RpcException { Code: StatusCode.Cancelled }, ended?.ToString() ?? "it ran to its end");
        // What was on its way when the call was cancelled may still be told.
        Assert.True(told >= 2, $"it told its progress {told} times");
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("pool", "state", Pool)).Code);
    }
}
