using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Tests.EndToEnd;

public sealed class ReconcileTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Header = "tenant,legal_entity,facility,currency,principal,interest,fees\n";

    [Fact]
    public async Task Reconcile_OfAnAgreeingLedger_IsOk()
    {
        await OpenAsync(31, 3);
        var run = await server.RunAsync("reconcile", Ledger(31, "31,1,1,EUR,1000,0,0\n31,1,2,EUR,2000,0,0\n31,1,3,EUR,3000,0,0\n"), "--tenant", "31");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("3 rows: 3 match, 0 differ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_OfPlantedDifferences_FindsEachAndAdjustsOnce()
    {
        await OpenAsync(32, 4);
        await PostAsync("postFee", 32, 2, 50);
        // 1 agrees; 2 has more principal, interest and no fee; 3 is a credit; 4 is missing here; 9 is missing in the engine.
        var file = Ledger(32, "32,1,1,EUR,1000,0,0\n32,1,2,EUR,2500,7,0\n32,1,3,EUR,-100,0,0\n32,1,9,EUR,5,0,0\n");
        var (run, found) = await server.RunJsonAsync("reconcile", file, "--tenant", "32");
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Equal((4, 1, 2), (Number(found, "rows"), Number(found, "matches"), Number(found, "differences")));
        Assert.Equal("32/1/9", found.GetProperty("missingInEngine")[0].GetString());
        Assert.Equal("32/1/4", found.GetProperty("missingInLedger")[0].GetString());
        Assert.Contains("\"principal\":500,\"interest\":7,\"fees\":-50", run.Output, StringComparison.Ordinal);

        // A credit cannot be made by a correction: it is declined and named, the other is posted.
        var (_, adjusted) = await server.RunJsonAsync("reconcile", file, "--tenant", "32", "--adjust");
        Assert.Equal(1, Number(adjusted.GetProperty("adjustment"), "posted"));
        Assert.Equal("BalanceNegative", adjusted.GetProperty("adjustment").GetProperty("declined")[0].GetProperty("reason").GetString());
        Assert.Equal(1, Number((await server.RunJsonAsync("reconcile", file, "--tenant", "32")).Json, "differences"));

        var (_, again) = await server.RunJsonAsync("reconcile", file, "--tenant", "32", "--adjust");
        Assert.True(again.GetProperty("adjustment").GetProperty("wasDone").GetBoolean());
    }

    [Fact]
    public async Task Adjust_OfTheSameFileAfterTheBookMovedOn_ChangesNothing()
    {
        await OpenAsync(33, 2);
        var file = Ledger(33, "33,1,1,EUR,1200,0,0\n33,1,2,EUR,2000,0,0\n");
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("reconcile", file, "--tenant", "33", "--adjust")).Code);
        await PostAsync("postInterest", 33, 1, 10);
        await PostAsync("postInterest", 33, 2, 10);
        var before = await LastDecisionAsync();
        var run = await server.RunAsync("reconcile", file, "--tenant", "33", "--adjust");
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Contains("this file has corrected the engine before", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, await LastDecisionAsync());
    }

    [Fact]
    public async Task Adjust_ThatBrokeOff_GoesOnWhereItStopped()
    {
        await OpenAsync(34, 3);
        var file = Ledger(34, "34,1,1,EUR,1001,0,0\n34,1,2,EUR,2002,0,0\n34,1,3,EUR,3003,0,0\n");
        var name = OrderedSession.NameOf(await FileHash.OfAsync(file, default), "reconcile");
        var session = new OrderedSession(new EngineBook(server.Server.Engine, ""), 34, name);
        Command[] first = [new() { Kind = CommandKind.Adjust, Facility = NodeKey.Facility(34, 1, 1), Currency = Currency.Parse("EUR"), Amount = 1 }];
        await session.ExecuteAsync(first, new Outcome[1], default);

        var (run, json) = await server.RunJsonAsync("reconcile", file, "--tenant", "34", "--adjust");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Equal(2, Number(json.GetProperty("adjustment"), "posted"));
        Assert.Equal(3, Number((await server.RunJsonAsync("reconcile", file, "--tenant", "34")).Json, "matches"));
    }

    [Theory]
    [InlineData("35,1,1,EUR,1.5,0,0\n", "row 1, column principal")]
    [InlineData("35,1,1,EUR,1,-1,0\n", "interest, fees")]
    [InlineData("36,1,1,EUR,1,0,0\n", "tenant")]
    [InlineData("35,1,1,EUR,1,0,0\n35,1,1,EUR,1,0,0\n", "row 2, column facility")]
    [InlineData("35,1,1,euro,1,0,0\n", "currency")]
    public async Task Reconcile_OfAnUnreadableRow_StopsAndNamesIt(string rows, string part)
    {
        var run = await server.RunAsync("reconcile", Ledger(35, rows), "--tenant", "35");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    private async Task OpenAsync(int tenant, int count)
    {
        for (var id = 1; id <= count; id++) await server.OpenFacilityAsync(tenant, id, limit: 1_000_000, principal: id * 1_000);
    }

    private async Task PostAsync(string kind, int tenant, long id, long amount)
    {
        var json = $$"""{ "{{kind}}": { "facility": { "tenant": {{tenant}}, "legalEntity": 1, "id": {{id}} }, "amount": {{amount}}, "currency": "EUR" } }""";
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("execute", json)).Code);
    }

    private string Ledger(int tenant, string rows) => server.Write($"ledger-{tenant}-{rows.Length}.csv", Header + rows);

    private async Task<string?> LastDecisionAsync() => (await server.RunJsonAsync("status")).Json.GetProperty("lastDecisionId").GetString();

    private static long Number(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
