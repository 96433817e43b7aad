using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Sees what batches do to shared nodes without asking: facts that take them above their grants, which nodes are told, and what comes free for requests that wait.</summary>
internal sealed class ExcessWatch(Partition partition, SharedUsage usage, LeaseHolding leases)
{
    private readonly HashSet<NodeKey> excess = [];
    private readonly Dictionary<NodeKey, long> usageOfWaited = [];
    private bool hasMovedMany;

    /// <summary>A command was carried out.</summary>
    public void Changed(in Command command)
    {
        switch (command.Kind)
        {
            // One facility changed its place or began to count.
            case CommandKind.OpenFacility or CommandKind.MoveFacility or CommandKind.TransferToPool:
                usage.Excesses(command.Facility, excess);
                break;
            // Whole branches move, or every amount of a currency.
            case CommandKind.LinkNode or CommandKind.UnlinkNode or CommandKind.SetFxRate:
                hasMovedMany = true;
                break;
            default:
                if (command.Control is null && !command.Kind.IsRequest()) usage.Excesses(command.Facility, excess);
                break;
        }
    }

    /// <summary>At the end of a batch: tells nodes of excesses, and lets through what repayments and expired holds made room for.</summary>
    public void Tell()
    {
        if (hasMovedMany || partition.Executor.IsRegraphing)
        {
            hasMovedMany = false;
            foreach (var node in usage.Nodes())
                if (usage.UsageOf(node.Node) > node.Limit) excess.Add(node.Node);
        }
        foreach (var node in excess.ToArray())
        {
            leases.Decide(new HolderInput.Observe(node));
            if (usage.UsageOf(node) <= usage.GrantOf(node)) excess.Remove(node);
        }
        LetThrough();
    }

    /// <summary>Looks at the nodes that requests wait for, but decides only where less is used than at the last look: most batches free nothing, and deciding costs more than a batch.</summary>
    private void LetThrough()
    {
        if (leases.State.Requests.IsEmpty)
        {
            usageOfWaited.Clear();
            return;
        }
        List<NodeKey>? freed = null;
        foreach (var request in leases.State.Requests.Values)
        {
            if (request.Position == request.Needs.Length) continue;
            var node = request.Needs[request.Position].Node;
            var now = usage.UsageOf(node);
            if (usageOfWaited.TryGetValue(node, out var before) && now < before && freed?.Contains(node) != true) (freed ??= []).Add(node);
            usageOfWaited[node] = now;
        }
        foreach (var node in freed ?? []) leases.Decide(new HolderInput.Observe(node));
    }
}
