using CreditGrains.Domain.Commands;
using CreditGrains.Engine;
using CreditGrains.Engine.Tables;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What windows of shared nodes hold in a partition, and what a request would add: as the engine checks it. Reads only.</summary>
internal sealed class VelocityUse(Partition partition)
{
    /// <summary>Whether any velocity limit is set here, of whatever.</summary>
    public bool IsAny => partition.State.Velocities.Count > 0;

    /// <summary>The row of a shared node's velocity limit; 0 for none.</summary>
    public int RowOf(VelocityAsk asked)
    {
        var node = partition.State.FindNode(asked.Node);
        if (node == 0) return 0;
        var row = partition.State.Nodes.Read(node).FirstVelocity;
        while (row != 0 && partition.State.Velocities.Read(row).Window.WindowSeconds != asked.WindowSeconds) row = partition.State.Velocities.Read(row).Next;
        return row;
    }

    /// <summary>What a window holds now.</summary>
    public (long Amount, long Count) UsedOf(in VelocityRow velocity)
    {
        var (amount, count, _) = velocity.Window.Sum(NowSeconds);
        return (amount, count);
    }

    /// <summary>The first window of a shared node in which a request lacks allowance, together with the run before it; null when it lacks none, and then it counts for the run.</summary>
    public VelocityAsk? LackOf(in Command command, int number, Dictionary<int, (long Amount, long Count)> addedInRun)
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
            partition.Executor.Exposures.Convert(node, facility.Currency, (Int128)amount * entry.SharePpm, partition.Executor.LastRecordedAtMicros, out var converted);
            // The engine refuses for want of a rate, by name.
            if (converted < 0) return null;
            for (var at = node.FirstVelocity; at != 0; at = partition.State.Velocities.Read(at).Next)
            {
                ref readonly var velocity = ref partition.State.Velocities.Read(at);
                var (used, count, isUnknown) = velocity.Window.Sum(NowSeconds);
                if (isUnknown) continue;
                var (amountBefore, countBefore) = addedInRun.GetValueOrDefault(at);
                var needed = (Amount: Saturate((Int128)used + amountBefore + converted), Count: count + countBefore + approvals);
                if ((velocity.AmountMax >= 0 && needed.Amount > velocity.AmountMax) || (velocity.CountMax >= 0 && needed.Count > velocity.CountMax))
                    return new VelocityAsk(node.Key, number, velocity.Window.WindowSeconds, needed.Amount, needed.Count);
            }
        }
        Count(path, facility.Currency, amount, approvals, addedInRun);
        return null;
    }

    private long NowSeconds => partition.Executor.LastRecordedAtMicros / 1_000_000;

    private void Count(ReadOnlySpan<PathEntry> path, Domain.Money.Currency currency, long amount, int approvals, Dictionary<int, (long Amount, long Count)> addedInRun)
    {
        foreach (var entry in path)
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (node.FirstVelocity == 0 || !PartitionMap.IsShared(node.Kind)) continue;
            partition.Executor.Exposures.Convert(node, currency, (Int128)amount * entry.SharePpm, partition.Executor.LastRecordedAtMicros, out var converted);
            for (var at = node.FirstVelocity; at != 0; at = partition.State.Velocities.Read(at).Next)
            {
                var before = addedInRun.GetValueOrDefault(at);
                addedInRun[at] = (Saturate((Int128)before.Amount + converted), before.Count + approvals);
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

    private static long Saturate(Int128 amount) => (long)Int128.Min(amount, long.MaxValue);
}
