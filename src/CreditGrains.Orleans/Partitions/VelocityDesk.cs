using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Velocity limits of shared nodes in a partition (docs/leases.md, "Velocity limits"): a row's bound is this partition's allowance, so the engine itself never approves above it. A request that
/// lacks allowance waits here, and those that must not pass it wait behind, until the node has answered; then it is decided with what there is.
/// </summary>
internal sealed class VelocityDesk(PartitionLoop loop, OwnCommands own, LeaseDeskOptions options, Func<VelocityAsk, Task<VelocityShare?>> ask, Action<string> warn)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);
    private readonly Partition partition = loop.Partition;
    private readonly VelocityUse use = new(loop.Partition);
    private readonly Queue<(HeldCommand Command, long AtMicros)> held = new();
    private readonly Dictionary<NodeKey, int> heldOf = [];
    private readonly HashSet<(ushort Tenant, ulong Session)> refused = [];
    private readonly Dictionary<int, (long Amount, long Count)> addedInRun = [];
    private (VelocityAsk Ask, VelocityShare? Share, int Round)? arrived;
    private int round;
    private bool isAsking;
    private bool isFinal;
    private bool hasNews;

    /// <summary>Whether something has arrived.</summary>
    public bool HasWork => hasNews;

    /// <summary>Starts to count what a run of commands adds.</summary>
    public void BeginRun() => addedInRun.Clear();

    /// <summary>Whether a command must wait for allowance, or behind one that does; else it counts for the run.</summary>
    public bool MustWait(in Command command)
    {
        if (held.Count > 0 && (command.Control is not null || command.Id.IsSession || heldOf.ContainsKey(command.Facility))) return true;
        return use.IsAny && use.LackOf(command, options.Partition, addedInRun) is not null;
    }

    /// <summary>Keeps a command and asks for what it lacks.</summary>
    public void Hold(HeldCommand command)
    {
        held.Enqueue((command, loop.NowMicros));
        heldOf[command.Command.Facility] = heldOf.GetValueOrDefault(command.Command.Facility) + 1;
        if (held.Count == 1) hasNews = true;
    }

    /// <summary>Takes an answer into use and lets run what waited for it; inside a batch.</summary>
    /// <param name="run">Runs a command, or says that the frame is full.</param>
    public void TakeArrived(Func<HeldCommand, bool> run)
    {
        if (!hasNews) return;
        hasNews = false;
        if (arrived is { } answer)
        {
            if (answer.Round == round && answer.Share is { } share && !Raise(answer.Ask, share))
            {
                hasNews = true;
                return;
            }
            isFinal = answer.Round == round && answer.Share is not { IsEnough: true };
            arrived = null;
        }
        while (held.TryPeek(out var head))
        {
            addedInRun.Clear();
            ref readonly var command = ref head.Command.Command;
            if (loop.IsFull)
            {
                hasNews = true;
                return;
            }
            if (command.Id.IsSession && refused.Contains((command.Facility.Tenant, command.Id.Session))) Refuse(head.Command);
            else if (!isFinal && use.LackOf(command, options.Partition, addedInRun) is { } lack)
            {
                if (loop.NowMicros - head.AtMicros <= options.HeldMicrosMax)
                {
                    if (!isAsking) _ = AskAsync(lack);
                    return;
                }
                Refuse(head.Command);
            }
            else if (!run(head.Command))
            {
                hasNews = true;
                return;
            }
            Next(command.Facility);
        }
        refused.Clear();
    }

    /// <summary>Lowers this partition's allowance to what the window has of it; inside a batch.</summary>
    /// <returns>What it counts for from now on; null when the frame is full.</returns>
    public VelocityPart? GiveBack(VelocityAsk asked)
    {
        // Answers to what was asked before this would bring back what is given away now.
        round++;
        if (use.RowOf(asked) is var row && row == 0) return new VelocityPart(asked.WindowSeconds, options.Partition, 0, 0);
        ref readonly var velocity = ref partition.State.Velocities.Read(row);
        var (amount, count) = use.UsedOf(velocity);
        var lower = new SetVelocityLimit(asked.Node, asked.WindowSeconds,
            velocity.AmountMax < 0 ? -1 : Math.Min(velocity.AmountMax, amount), velocity.CountMax < 0 ? -1 : (int)Math.Min(velocity.CountMax, count));
        if ((lower.AmountMax != velocity.AmountMax || lower.CountMax != velocity.CountMax) && !Run(lower)) return null;
        return new VelocityPart(asked.WindowSeconds, options.Partition, lower.AmountMax < 0 ? -1 : amount, lower.CountMax < 0 ? -1 : count);
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault)
    {
        foreach (var (command, _) in held) command.Item.Fail(fault);
        held.Clear();
        heldOf.Clear();
    }

    private async Task AskAsync(VelocityAsk lack)
    {
        isAsking = true;
        var asked = round;
        try
        {
            arrived = (lack, await ask(lack), asked);
        }
        catch (Exception failure)
        {
            warn($"{lack.Node} could not be asked for its window of {lack.WindowSeconds} s; trying again. {failure.Message}");
            await Task.Delay(AskAgainAfter, options.Clock);
        }
        isAsking = false;
        if (!loop.IsAlive) return;
        hasNews = true;
        loop.Start();
    }

    private bool Raise(VelocityAsk asked, VelocityShare share)
    {
        if (use.RowOf(asked) is var row && row == 0) return true;
        ref readonly var velocity = ref partition.State.Velocities.Read(row);
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

    private void Next(NodeKey facility)
    {
        held.Dequeue();
        isFinal = false;
        if (--heldOf[facility] == 0) heldOf.Remove(facility);
    }

    /// <summary>Refused by name, its id stays free; so it is with those of its session behind it, which must not pass it.</summary>
    private void Refuse(HeldCommand command)
    {
        command.Item.Outcomes[command.Place] = new Outcome { Reason = Reason.DeadlineExceeded, Message = Engine.Execution.Outcomes.MessageOf(Reason.DeadlineExceeded) };
        if (command.Command.Id.IsSession) refused.Add((command.Command.Facility.Tenant, command.Command.Id.Session));
        loop.Settle(command.Item);
    }
}
