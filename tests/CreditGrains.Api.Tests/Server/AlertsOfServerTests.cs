using System.Text;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server;

namespace CreditGrains.Api.Tests.Server;

/// <summary>A server with alert rules: the feed, the list, and the file being written again.</summary>
public sealed class AlertsOfServerTests : IDisposable
{
    private const string Line = """{ "name": "line", "severity": "critical", "figure": "utilisation", "of": { "node": "Facility/1/1/2001" }, "raise": 0.5, "clear": 0.45, "text": { "en": "{subject} at {figure}", "zh": "{subject}为{figure}" } }""";
    private const string Card = """{ "name": "card", "severity": "info", "figure": "utilisation", "of": { "node": "Facility/1/1/1004" }, "raise": 0.1, "text": { "en": "{subject} at {figure}", "zh": "{subject}为{figure}" } }""";
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-alerts-").FullName;
    private readonly SignallingWriter printed = new();

    private string RulesPath => Path.Combine(directory, "alerts.json");

    [Fact]
    public async Task Feed_WithAlerts_HasThoseThatStandAndEachChangeBeforeItsEvent()
    {
        Write(Line, Card);
        await using var server = await CreditGrainsServer.StartAsync(Options());
        using var channel = new RpcChannel(server.GrpcAddress);
        await ListAsync(channel, reply => reply.Info == 1);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var opened = new TaskCompletionSource();
        await using var feed = channel.ServerStreamingAsync(ApiHost.Method<V1.FeedRequest, V1.FeedEvent>("QueryService", "Feed"), new V1.FeedRequest { FromNow = true, Tenant = 1, WithAlerts = true }, new() { OnHeaders = _ => opened.TrySetResult() }, stop.Token).GetAsyncEnumerator(stop.Token);
        var first = feed.MoveNextAsync();
        await opened.Task;
        Assert.True(await first);
        Assert.Equal((V1.AlertState.Standing, "card", "account 1004 at 13.3 %"), (feed.Current.Alert.State, feed.Current.Alert.Rule, feed.Current.Alert.TextEn));
        var hold = await AuthorizeAsync(channel, 99_000_00);
        Assert.True(await feed.MoveNextAsync());
        var raised = feed.Current;
        Assert.Null(raised.Event);
        Assert.Equal((V1.AlertState.Raised, "line", hold.DecisionId, 0.556), (raised.Alert.State, raised.Alert.Rule, raised.Alert.DecisionId, Math.Round(raised.Alert.Figure, 3)));
        Assert.Equal("账户 2001为55.6 %", raised.Alert.TextZh);
        Assert.True(await feed.MoveNextAsync());
        Assert.Equal(hold.DecisionId, feed.Current.Event.DecisionId);
        // Who returns with the alert's cursor gets alert and event again; with the event's, what comes after.
        Assert.Equal(["alert", "event"], await ReadAsync(channel, raised.Cursor, 2));
        await channel.UnaryAsync(ApiHost.Method<V1.VoidRequest, V1.Decision>("LimitService", "Void"), new V1.VoidRequest { RequestUuid = Guid.CreateVersion7().ToString(), Facility = Facility, HoldId = hold.DecisionId });
        Assert.True(await feed.MoveNextAsync());
        Assert.Equal((V1.AlertState.Cleared, hold.DecisionId), (feed.Current.Alert.State, feed.Current.Alert.SinceDecisionId));
        var list = await ListAsync(channel, _ => true);
        Assert.Equal((0, 1, 2), (list.Critical, list.Info, list.RuleCount));
    }

    [Fact]
    public async Task Rules_WrittenAgain_AreTaken_AndAWrongFileChangesNothing()
    {
        Write(Card);
        await using var server = await CreditGrainsServer.StartAsync(Options());
        using var channel = new RpcChannel(server.GrpcAddress);
        await ListAsync(channel, reply => reply.Info == 1);
        Write(Card.Replace("0.1,", "-3,", StringComparison.Ordinal));
        Assert.Contains("alerts.json: rules[0].raise: every figure is at or above this; write a number above 0. The rules in force stay.", await printed.LineAsync("AlertRules: "), StringComparison.Ordinal);
        Assert.Equal(1, (await ListAsync(channel, _ => true)).Info);
        Write(Line, Line.Replace("\"line\"", "\"low\"", StringComparison.Ordinal).Replace("0.5,", "0.1,", StringComparison.Ordinal).Replace("0.45", "0.05", StringComparison.Ordinal));
        await printed.LineAsync("Alerts: 2 rules");
        var list = await ListAsync(channel, reply => reply.RuleCount == 2);
        Assert.Equal("low", Assert.Single(list.Alerts).Rule);
    }

    [Fact]
    public async Task Server_WithAWrongFile_DoesNotStart()
    {
        await File.WriteAllTextAsync(RulesPath, """{ "name": "t", "rules": [{ "name": "a b" }] }""");
        var fault = await Assert.ThrowsAsync<StartException>(() => CreditGrainsServer.StartAsync(Options()));
        Assert.Equal("AlertRules", fault.Name);
        Assert.Contains("rules[0].figure: the field is missing; write it", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(directory, "data")));
    }

    [Fact]
    public async Task Server_WithoutRules_SaysSo()
    {
        await using var server = await CreditGrainsServer.StartAsync(Options() with { AlertRules = null });
        using var channel = new RpcChannel(server.GrpcAddress);
        var fault = await Assert.ThrowsAsync<RpcException>(() => ListAsync(channel, _ => true));
        Assert.Equal(StatusCode.Unimplemented, fault.Code);
        Assert.Contains("--alerts FILE", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        printed.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static V1.FacilityKey Facility => new() { Tenant = 1, LegalEntity = 1, Id = 2001 };

    private static Task<V1.Decision> AuthorizeAsync(RpcChannel channel, long amount) => channel.UnaryAsync(
        ApiHost.Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), new V1.AuthorizeRequest { RequestUuid = Guid.CreateVersion7().ToString(), Facility = Facility, Amount = amount, Currency = "EUR" });

    private static async Task<string[]> ReadAsync(RpcChannel channel, string cursor, int count)
    {
        var read = new List<string>();
        await foreach (var item in channel.ServerStreamingAsync(ApiHost.Method<V1.FeedRequest, V1.FeedEvent>("QueryService", "Feed"), new V1.FeedRequest { Cursor = cursor, WithAlerts = true }))
        {
            read.Add(item.Alert is null ? "event" : "alert");
            if (read.Count == count) break;
        }
        return [.. read];
    }

    /// <summary>The list, once it is as wanted: alerts follow the journal a moment behind.</summary>
    private static async Task<V1.ListAlertsReply> ListAsync(RpcChannel channel, Func<V1.ListAlertsReply, bool> isWanted)
    {
        for (var left = 5_000; ; left--)
        {
            var reply = await channel.UnaryAsync(ApiHost.Method<V1.ListAlertsRequest, V1.ListAlertsReply>("QueryService", "ListAlerts"), new V1.ListAlertsRequest { Tenant = 1 });
            if (isWanted(reply) || left == 0) return reply;
        }
    }

    private void Write(params string[] rules) => File.WriteAllText(RulesPath, $$"""{ "name": "t", "rules": [{{string.Join(", ", rules)}}] }""");

    private ServerOptions Options() => new() { DataDirectory = Path.Combine(directory, "data"), Open = true, GrpcPort = 0, HttpPort = 0, Output = printed, Demo = true, AlertRules = RulesPath };

    /// <summary>What is printed, to be waited for.</summary>
    private sealed class SignallingWriter : TextWriter
    {
        private readonly System.Threading.Channels.Channel<string> lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => lines.Writer.TryWrite(value ?? "");

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }

        /// <summary>The next line that begins so.</summary>
        public async Task<string> LineAsync(string start)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (true)
                if (await lines.Reader.ReadAsync(patience.Token) is var line && line.StartsWith(start, StringComparison.Ordinal)) return line;
        }
    }
}
