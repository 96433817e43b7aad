using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Execution;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Velocity limits of shared nodes in a partition (docs/leases.md, "Velocity limits"): a row's bound is this partition's allowance, so the engine itself never approves above it. For requests that
/// lack allowance this desk asks the node, all those of a window together; <see cref="LeaseRequests"/> holds them meanwhile.
/// </summary>
internal sealed class VelocityDesk(PartitionLoop loop, OwnCommands own, LeaseDeskOptions options, Action<string> warn)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);
    private readonly VelocityUse use = new(loop.Partition);
    private readonly Dictionary<(NodeKey Node, int Seconds), VelocityWindowAsks> windows = [];
    private readonly Dictionary<int, (long Amount, long Count)> addedInRun = [];
    private readonly Queue<(VelocityAsk Ask, VelocityShare? Share)> arrived = new();
    private long lastNumber = options.Epoch << 32;
    private bool mustAsk;

    /// <summary>Whether something has arrived, or is to be asked.</summary>
    public bool HasWork => arrived.Count > 0 || mustAsk;

    /// <summary>Starts to count what a run of commands adds.</summary>
    public void BeginRun() => addedInRun.Clear();

    /// <summary>Whether a request has the allowance it needs together with the run before it; then it counts for the run.</summary>
    public bool Fits(in Command command) => !use.IsAny || use.LackOf(command, addedInRun, IsWaitedFor) is null;

    /// <summary>The window in which a held request lacks allowance, or in which one held before it does; null for none.</summary>
    public VelocityLack? LackOf(in Command command, long number)
    {
        if (!use.IsAny) return null;
        return use.LackOf(command, addedInRun: null, windows.Count == 0 ? null : (node, seconds) => windows.TryGetValue((node, seconds), out var window) && window.IsWaitedForBefore(number));
    }

    /// <summary>A window that has no room for a request although this partition has all that no other uses, with the node's own figures; null when the node is to be asked.</summary>
    public NodeWithoutRoom? NoRoomFor(long number, VelocityLack lack)
    {
        if (!windows.TryGetValue((lack.Node, lack.WindowSeconds), out var window) || !window.WithoutRoom.Contains(number) || window.Share is not { } share || !(lack.IsByAmount ? share.IsAllAmount : share.IsAllCount)) return null;
        var row = use.RowOf(lack.Node, lack.WindowSeconds);
        ref readonly var velocity = ref loop.Partition.State.Velocities.Read(row);
        // Set anew since: what was told then is no more.
        if (velocity.AmountMax < share.Amount || velocity.CountMax < share.Count) return null;
        var (amount, count) = use.UsedOf(velocity);
        return lack.IsByAmount
            ? new NodeWithoutRoom(lack.Node, share.AmountMax, velocity.AmountMax - amount, LimitKind.VelocityAmount, lack.WindowSeconds)
            : new NodeWithoutRoom(lack.Node, share.CountMax, velocity.CountMax - count, LimitKind.VelocityCount, lack.WindowSeconds);
    }

    /// <summary>Asks for what a request lacks, at the end of the batch.</summary>
    public void Ask(long number, VelocityLack lack)
    {
        if (!windows.TryGetValue((lack.Node, lack.WindowSeconds), out var window)) windows[(lack.Node, lack.WindowSeconds)] = window = new VelocityWindowAsks();
        window.Add(number, lack.Amount, lack.Approvals);
        mustAsk |= window.MustAsk;
    }

    /// <summary>A request has its outcome, or waits for something else first.</summary>
    public void Forget(long number)
    {
        foreach (var window in windows.Values) window.Forget(number);
    }

    /// <summary>Takes answers into use; inside a batch.</summary>
    /// <param name="run">Has a request looked at again.</param>
    public void TakeArrived(Action<long> run)
    {
        while (arrived.TryPeek(out var answer))
        {
            var window = windows[(answer.Ask.Node, answer.Ask.WindowSeconds)];
            // Gone: nothing is lacked any more.
            if (use.RowOf(answer.Ask.Node, answer.Ask.WindowSeconds) == 0) Array.ForEach(window.EndAsk(), run);
            else if (answer.Share is { } share && answer.Ask.Number > window.VoidUpTo)
            {
                if (!Raise(answer.Ask, share)) return;
                window.Share = share;
                foreach (var number in window.EndAsk())
                {
                    if (share.IsAllAmount || share.IsAllCount) window.WithoutRoom.Add(number);
                    run(number);
                }
            }
            else window.AskAgain();
            arrived.Dequeue();
            mustAsk |= window.MustAsk;
        }
    }

    /// <summary>Sends what is to be asked; at the end of a batch, for all that it has held.</summary>
    public void SendAsks()
    {
        if (!mustAsk) return;
        mustAsk = false;
        foreach (var (key, window) in windows)
        {
            if (!window.MustAsk) continue;
            var (amount, approvals) = window.BeginAsk();
            var row = use.RowOf(key.Node, key.Seconds);
            var (used, count) = row == 0 ? default : use.UsedOf(loop.Partition.State.Velocities.Read(row));
            _ = AskAsync(window, new VelocityAsk(key.Node, options.Partition, key.Seconds, ++lastNumber, (long)Int128.Min(used + amount, long.MaxValue), count + approvals), isGone: row == 0);
        }
    }

    /// <summary>Lowers this partition's allowance to what the window has of it; inside a batch.</summary>
    /// <returns>What it counts for from now on; null when the frame is full.</returns>
    public VelocityPart? GiveBack(VelocityRecall recall)
    {
        if (!windows.TryGetValue((recall.Node, recall.WindowSeconds), out var window)) windows[(recall.Node, recall.WindowSeconds)] = window = new VelocityWindowAsks();
        // They would bring back what is given away now.
        window.VoidUpTo = Math.Max(window.VoidUpTo, recall.Answered);
        window.WithoutRoom.Clear();
        if (use.RowOf(recall.Node, recall.WindowSeconds) is var row && row == 0) return new VelocityPart(recall.WindowSeconds, options.Partition, 0, 0);
        ref readonly var velocity = ref loop.Partition.State.Velocities.Read(row);
        var (amount, count) = use.UsedOf(velocity);
        var (amountKept, countKept) = recall.IsAll ? (0, 0) : (amount, count);
        var lower = new SetVelocityLimit(recall.Node, recall.WindowSeconds,
            velocity.AmountMax < 0 ? -1 : Math.Min(velocity.AmountMax, amountKept), velocity.CountMax < 0 ? -1 : (int)Math.Min(velocity.CountMax, countKept));
        var (amountLeft, countLeft) = (lower.AmountMax < 0 ? -1 : amount, lower.CountMax < 0 ? -1 : count);
        if ((lower.AmountMax != velocity.AmountMax || lower.CountMax != velocity.CountMax) && !Run(lower)) return null;
        return new VelocityPart(recall.WindowSeconds, options.Partition, amountLeft, countLeft);
    }

    private bool IsWaitedFor(NodeKey node, int seconds) => windows.TryGetValue((node, seconds), out var window) && window.IsWaitedFor;

    private async Task AskAsync(VelocityWindowAsks window, VelocityAsk ask, bool isGone)
    {
        VelocityShare? share = null;
        try
        {
            if (!isGone) share = await options.AskVelocity(ask);
        }
        catch (Exception failure)
        {
            warn($"{ask.Node} could not be asked for its window of {ask.WindowSeconds} s; trying again. {failure.Message}");
        }
        // No such limit: it is being set or removed, and this partition is told soon.
        if (share is null) await Task.Delay(AskAgainAfter, options.Clock);
        if (!loop.IsAlive) return;
        arrived.Enqueue((ask, share));
        loop.Start();
    }

    private bool Raise(VelocityAsk asked, VelocityShare share)
    {
        ref readonly var velocity = ref loop.Partition.State.Velocities.Read(use.RowOf(asked.Node, asked.WindowSeconds));
        var raised = new SetVelocityLimit(asked.Node, asked.WindowSeconds,
            velocity.AmountMax < 0 ? -1 : Math.Max(velocity.AmountMax, share.Amount), velocity.CountMax < 0 ? -1 : (int)Math.Clamp(share.Count, velocity.CountMax, int.MaxValue));
        return (raised.AmountMax == velocity.AmountMax && raised.CountMax == velocity.CountMax) || Run(raised);
    }

    private bool Run(SetVelocityLimit change)
    {
        if (!loop.RunOwn(own.Next(change), out var outcome)) return false;
        if (outcome.Kind != OutcomeKind.Posted) throw new InvalidOperationException($"The allowance of {change.Key} was not taken: {outcome.Reason} {outcome.Message}");
        return true;
    }
}
