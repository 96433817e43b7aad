using CreditGrains.Api.V1;

namespace CreditGrains.Crash.Tests.Storm;

/// <summary>The nodes' exposures added up from the feed alone, event by event.</summary>
internal sealed class Exposures
{
    private readonly Dictionary<long, long> facilities = [];
    private readonly Dictionary<(NodeKind Kind, long Id), long> nodes = [];

    /// <summary>What a node stands at.</summary>
    public long Of((NodeKind Kind, long Id) node) => nodes.GetValueOrDefault(node);

    /// <summary>Follows the events; nothing here posts above a hold, so at no moment may any node be above its limit.</summary>
    public static Exposures Of(IReadOnlyList<JournalEvent> events)
    {
        var exposures = new Exposures();
        foreach (var e in events)
        {
            if (e.Key is not { Kind: NodeKind.Facility } || e.Balances is null) continue;
            exposures.Move(e);
        }
        return exposures;
    }

    private void Move(JournalEvent e)
    {
        var b = e.Balances;
        var now = b.Principal + b.Interest + b.Fees + b.Held;
        var change = now - facilities.GetValueOrDefault(e.Key.Id);
        facilities[e.Key.Id] = now;
        foreach (var node in StormBook.PathOf(e.Key.Id))
        {
            nodes[node] = nodes.GetValueOrDefault(node) + change;
            Assert.True(nodes[node] <= StormBook.Limits[node], $"decision {e.DecisionId} took {node} to {nodes[node]}, above its limit {StormBook.Limits[node]}");
        }
    }
}
