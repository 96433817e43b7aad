using System.Net;
using System.Net.Sockets;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Tests.EndToEnd;

public sealed class ClientCommandsTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Authorize_WithinAndAboveTheLimit_EndsWithZeroAndOne()
    {
        await server.OpenFacilityAsync(41, 1, limit: 10_000);
        var (approved, hold) = await server.RunJsonAsync("authorize", "41/1/1", "6000", "EUR", "--channel", "online", "--mcc", "5411");
        Assert.Equal((ExitCode.Ok, "OUTCOME_KIND_APPROVED"), (approved.Code, hold.GetProperty("kind").GetString()));

        var declined = await server.RunAsync("authorize", "41/1/1", "6000", "EUR");
        Assert.Equal(ExitCode.Differences, declined.Code);
        Assert.Contains("Declined: LimitExceeded", declined.Output, StringComparison.Ordinal);
        Assert.Contains("40.00", declined.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, (await server.RunAsync("authorize", "41/1/1", "6000", "EUR", "--min", "1000")).Code);
        Assert.Equal(ExitCode.Differences, (await server.RunAsync("authorize", "41/1/99", "1", "EUR")).Code);
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("authorize", "41/1/1", "-5", "EUR")).Code);
    }

    [Fact]
    public async Task Authorize_WithTheSameIdTwice_IsAnsweredTheSame()
    {
        await server.OpenFacilityAsync(42, 1, limit: 10_000);
        var id = Guid.CreateVersion7().ToString();
        var (_, first) = await server.RunJsonAsync("authorize", "42/1/1", "100", "EUR", "--id", id);
        var (_, second) = await server.RunJsonAsync("authorize", "42/1/1", "100", "EUR", "--id", id);
        Assert.Equal(first.GetProperty("decisionId").GetString(), second.GetProperty("decisionId").GetString());
        Assert.True(second.GetProperty("duplicate").GetBoolean());
        var (other, reused) = await server.RunJsonAsync("authorize", "42/1/1", "101", "EUR", "--id", id);
        Assert.Equal((ExitCode.Usage, "RequestIdReused"), (other.Code, reused.GetProperty("reasonName").GetString()));
        var (_, decision) = await server.RunJsonAsync("get", "decision", id, "--tenant", "42");
        Assert.Equal(first.GetProperty("decisionId").GetString(), decision.GetProperty("decisionId").GetString());
    }

    [Theory]
    [InlineData("authorize", "42/1/1", "100", "EUR")]
    [InlineData("execute", """{"void":{"facility":{"tenant":42,"legalEntity":1,"id":1},"holdId":"7"}}""")]
    public async Task Command_WhoseAnswerDoesNotCome_IsToldWithItsIdAndNeverSentIsNot(params string[] line)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        var calling = CliRun.OfAsync([.. line, "--address", address]);
        using (var taken = await listener.AcceptTcpClientAsync()) await taken.GetStream().ReadExactlyAsync(new byte[24]);
        var run = await calling;
        Assert.Equal(ExitCode.Unavailable, run.Code);
        Assert.StartsWith("creditgrains: Unavailable: ", run.Error, StringComparison.Ordinal);
        Assert.Matches("may have been decided; sent again with .*[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-", run.Error);

        listener.Stop();
        var unsent = await CliRun.OfAsync([.. line, "--address", address]);
        Assert.Equal(ExitCode.Unavailable, unsent.Code);
        Assert.DoesNotContain("decided", unsent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OfFacilityNodeAndDecision_ShowsThemAndNamesWhatIsUnknown()
    {
        await server.OpenFacilityAsync(43, 1, limit: 123_456, principal: 1_000);
        var facility = await server.RunAsync("get", "facility", "43/1/1");
        Assert.Equal(ExitCode.Ok, facility.Code);
        Assert.Contains("1,234.56", facility.Output, StringComparison.Ordinal);
        Assert.Contains("Borrower/43/1/1", facility.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", facility.Output, StringComparison.Ordinal);
        Assert.Contains("unlimited", (await server.RunAsync("get", "node", "Borrower/43/1/1")).Output, StringComparison.Ordinal);
        Assert.Contains("OpenNode", (await server.RunAsync("get", "decision", "1")).Output, StringComparison.Ordinal);
        Assert.StartsWith("creditgrains: UnknownFacility: ", (await server.RunAsync("get", "facility", "43/1/2")).Error, StringComparison.Ordinal);
        Assert.StartsWith("creditgrains: UnknownNode: ", (await server.RunAsync("get", "node", "Borrower/43/1/2")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("get", "decision", "999999999")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("get", "facility", "43/1/1", "--as-of", "2100-01-01")).Code);
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("get", "facility", "43/1/1", "--as-of", "2001-01-01")).Code);
    }

    [Fact]
    public async Task Control_FreezeAndSetLimit_ChangeWhatIsApproved()
    {
        await server.OpenFacilityAsync(44, 1, limit: 100);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("set-limit", "44/1/1", "500")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("authorize", "44/1/1", "400", "EUR")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("freeze", "Borrower/44/1/1")).Code);
        Assert.Contains("NodeFrozen", (await server.RunAsync("authorize", "44/1/1", "1", "EUR")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("unfreeze", "Borrower/44/1/1")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("authorize", "44/1/1", "1", "EUR")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("set-rate", "USD", "EUR", "0.92", "--until", "2100-01-01", "--tenant", "44")).Code);
        Assert.Equal(ExitCode.Differences, (await server.RunAsync("close", "Borrower/44/1/1")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("close", "44/1/1")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("confirm-clock")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("snapshot")).Code);
    }

    [Fact]
    public async Task History_OfAFacility_IsNewestFirstAndBounded()
    {
        await server.OpenFacilityAsync(45, 1, limit: 10_000);
        for (var i = 1; i <= 5; i++) await server.RunAsync("authorize", "45/1/1", i.ToString(), "EUR");
        var run = await server.RunAsync("history", "45/1/1", "--take", "3", "--json");
        var amounts = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("amount").GetString());
        Assert.Equal(["5", "4", "3"], amounts);
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("history", "45/1/2")).Code);
    }

    [Fact]
    public async Task Tail_FromACursor_GoesOnWithoutGapOrRepeat()
    {
        await server.OpenFacilityAsync(46, 1, limit: 10_000);
        for (var i = 1; i <= 4; i++) await server.RunAsync("authorize", "46/1/1", i.ToString(), "EUR");
        var first = Lines(await server.RunAsync("tail", "--tenant", "46", "--take", "3", "--json"));
        var cursor = first[^1].GetProperty("cursor").GetString()!;
        var rest = Lines(await server.RunAsync("tail", "--tenant", "46", "--from", cursor, "--take", "3", "--json"));
        var whole = Lines(await server.RunAsync("tail", "--tenant", "46", "--take", "6", "--json"));
        Assert.Equal(whole.Select(IdOf), first.Concat(rest).Select(IdOf));
        Assert.Equal(ExitCode.Usage, (await server.RunAsync("tail", "--from", "nonsense")).Code);

        static List<System.Text.Json.JsonElement> Lines(CliRun run) =>
            [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)];

        static string? IdOf(System.Text.Json.JsonElement line) => line.GetProperty("event").GetProperty("decisionId").GetString();
    }
}
