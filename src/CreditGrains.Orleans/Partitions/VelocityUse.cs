using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Orleans.Partitions;

/// <summary>A window of a shared node in which a request lacks allowance.</summary>
/// <param name="Node">The node.</param>
/// <param name="WindowSeconds">Length of the window.</param>
/// <param name="Amount">What the request adds to it, minor units of the node's currency.</param>
/// <param name="Approvals">Approvals that it adds.</param>
/// <param name="IsByAmount">Whether the amount does not fit, else the number of approvals.</param>
internal readonly record struct VelocityLack(NodeKey Node, int WindowSeconds, long Amount, int Approvals, bool IsByAmount);

/// <summary>What windows of shared nodes hold in a partition, and what a request would add: as the engine checks it. Reads only.</summary>
internal sealed class VelocityUse(Partition partition)
{
    /// <summary>Whether any velocity limit is set here, of whatever.</summary>
    public bool IsAny => partition.State.Velocities.Count > 0;

    /// <summary>The row of a shared node's velocity limit; 0 for none.</summary>
    public int RowOf(NodeKey key, int windowSeconds)
    {
        var node = partition.State.FindNode(key);
        if (node == 0) return 0;
        var row = partition.State.Nodes.Read(node).FirstVelocity;
        while (row != 0 && partition.State.Velocities.Read(row).Window.WindowSeconds != windowSeconds) row = partition.State.Velocities.Read(row).Next;
        return row;
    }

    /// <summary>What a window holds now. An amount that could not be converted may be anything, so then nobody has room beside it.</summary>
    public (long Amount, long Count) UsedOf(in VelocityRow velocity)
    {
        var (amount, count, isUnknown) = velocity.Window.Sum(NowSeconds);
        return (isUnknown ? long.MaxValue : amount, count);
    }

    /// <summary>The first window of a shared node in which a request lacks allowance; null when it lacks none.</summary>
    /// <param name="command">The request.</param>
    /// <param name="addedInRun">What the run before it adds, by row; what the request adds is put to it when it lacks nothing. Null: it runs alone.</param>
    /// <param name="isWaitedFor">Whether others wait for allowance in a window: none overtakes them. Null: it is its turn.</param>
    public VelocityLack? LackOf(in Command command, Dictionary<int, (long Amount, long Count)>? addedInRun = null, Func<NodeKey, int, bool>? isWaitedFor = null)
    {
        var (amount, approvals) = AddedBy(command);
        var row = amount > 0 ? partition.State.FindFacility(command.Facility) : 0;
        if (row == 0) return null;
        ref readonly var facility = ref partition.State.Facilities.Read(row);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = partition.State.PathOf(facility, buffer);
        foreach (var entry in path)
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (node.FirstVelocity == 0 || !PartitionMap.IsShared(node.Kind)) continue;
            var converted = Converted(node, facility.Currency, amount, entry);
            // The engine refuses for want of a rate, by name.
            if (converted < 0) return null;
            for (var at = node.FirstVelocity; at != 0; at = partition.State.Velocities.Read(at).Next)
            {
                ref readonly var velocity = ref partition.State.Velocities.Read(at);
                var (used, count, isUnknown) = velocity.Window.Sum(NowSeconds);
                if (isUnknown && velocity.AmountMax >= 0) continue;
                var before = addedInRun?.GetValueOrDefault(at) ?? default;
                var isAmount = velocity.AmountMax >= 0 && (Int128)used + before.Amount + converted > velocity.AmountMax;
                if (isAmount || (velocity.CountMax >= 0 && count + before.Count + approvals > velocity.CountMax) || isWaitedFor?.Invoke(node.Key, velocity.Window.WindowSeconds) == true)
                    return new VelocityLack(node.Key, velocity.Window.WindowSeconds, converted, approvals, isAmount);
            }
        }
        if (addedInRun is not null) Count(path, facility.Currency, amount, approvals, addedInRun);
        return null;
    }

    private long NowSeconds => partition.Executor.LastRecordedAtMicros / 1_000_000;

    private long Converted(in NodeRow node, Domain.Money.Currency currency, long amount, PathEntry entry)
    {
        partition.Executor.Exposures.Convert(node, currency, (Int128)amount * entry.SharePpm, partition.Executor.LastRecordedAtMicros, out var converted);
        return converted;
    }

    private void Count(ReadOnlySpan<PathEntry> path, Domain.Money.Currency currency, long amount, int approvals, Dictionary<int, (long Amount, long Count)> addedInRun)
    {
        foreach (var entry in path)
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (node.FirstVelocity == 0 || !PartitionMap.IsShared(node.Kind)) continue;
            var converted = Converted(node, currency, amount, entry);
            for (var at = node.FirstVelocity; at != 0; at = partition.State.Velocities.Read(at).Next)
            {
                var before = addedInRun.GetValueOrDefault(at);
                addedInRun[at] = ((long)Int128.Min((Int128)before.Amount + converted, long.MaxValue), before.Count + approvals);
            }
        }
    }

    private (long Amount, int Approvals) AddedBy(in Command command)
    {
        if (command.Kind == CommandKind.ResolveReferral)
        {
            var item = (command.Options & CommandOptions.Accept) != 0 ? partition.State.FindItem(command.Reference) : 0;
            return item == 0 ? default : (partition.State.Items.Read(item).Amount, 1);
        }
        return command.Kind.IsRequest() ? (command.Amount, command.Kind == CommandKind.IncreaseHold ? 0 : 1) : default;
    }
}
