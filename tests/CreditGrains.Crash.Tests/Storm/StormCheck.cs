using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Connection;
using CreditGrains.Crash.Tests.Processes;

namespace CreditGrains.Crash.Tests.Storm;

/// <summary>Everything that must hold of a server after a crash, by what it tells its callers.</summary>
internal static class StormCheck
{
    public static async Task RunAsync(ServerProcess server, Ledger ledger)
    {
        using var channel = server.Connect();
        var events = await ReadFeedAsync(channel);
        ledger.Check(events);
        var exposures = Exposures.Of(events);
        foreach (var (node, limit) in StormBook.Limits)
        {
            var reply = await channel.UnaryAsync(Calls.GetNode, new GetNodeRequest { Node = StormBook.Node(node.Kind, node.Id) });
            Assert.Equal((exposures.Of(node), limit), (reply.Node.Exposure, reply.Node.Limit));
        }
    }

    private static async Task<List<JournalEvent>> ReadFeedAsync(RpcChannel channel)
    {
        var newest = (await channel.UnaryAsync(Calls.GetStatus, new GetStatusRequest())).LastDecisionId;
        var events = new List<JournalEvent>();
        await foreach (var item in channel.ServerStreamingAsync(Calls.Feed, new FeedRequest()))
        {
            events.Add(item.Event);
            if (item.Event.DecisionId >= newest) break;
        }
        return events;
    }
}
