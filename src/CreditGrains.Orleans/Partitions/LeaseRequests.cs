using System.Collections.Immutable;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Orleans.Partitions;

/// <summary>The commands of a partition that wait for headroom of shared nodes, or for allowance in their windows: each runs when it fits, is declined with the node's figures, or is refused by name when its caller stops waiting.</summary>
internal sealed class LeaseRequests(PartitionLoop loop, SharedUsage usage, LeaseHolding leases, VelocityDesk velocities, LeaseDeskOptions options)
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(250);
    private readonly HeldRequests held = new();
    private readonly List<LeaseNeed> needs = [];
    private readonly List<long> next = [];
    private bool isWatching;

    /// <summary>Whether some have waited for too long.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Whether a command must wait behind one that does.</summary>
    public bool IsBehind(in Command command) => held.IsBehind(command);

    /// <summary>Keeps a command; it is looked at when the acts before it are done.</summary>
    public void Hold(HeldCommand command)
    {
        if (held.IsFull)
        {
            Refuse(command, Reason.Overloaded);
            return;
        }
        var number = held.Add(command, loop.NowMicros);
        if (!isWatching) _ = WatchAsync();
        if (number != 0) leases.Run(number);
    }

    /// <summary>Decides a request if it fits now, else asks for what it lacks.</summary>
    /// <returns>False when the frame is full.</returns>
    public bool Run(long number)
    {
        if (!held.TryGet(number, out var command)) return true;
        var isPlanned = leases.State.Requests.ContainsKey(number);
        if (SharedUsage.IsRequest(command.Command)) usage.Needs(command.Command, needs, held.PartOf(number));
        else needs.Clear();
        var lack = velocities.LackOf(command.Command, number);
        var without = lack is null ? null : velocities.NoRoomFor(number, lack.Value);
        foreach (var need in needs)
        {
            // Declined whatever headroom there is, unless a part of it may be approved.
            if (without is not null && command.Command.AmountMin <= 0) break;
            // What is set aside is its own when it was planned, and others' when it was not.
            if ((isPlanned || !leases.IsBusy(need.Node)) && leases.Fits(need, addedBefore: 0)) continue;
            // Headroom first: what a window had for it meanwhile may be gone by then.
            velocities.Forget(number);
            var asked = needs.ToImmutableArray();
            leases.Decide(isPlanned ? new HolderInput.PlanAgain(number, asked) : new HolderInput.Plan(number, asked));
            return true;
        }
        if (lack is not null && without is null)
        {
            velocities.Ask(number, lack.Value);
            return true;
        }
        if (!RunWithout(without, command)) return false;
        Settle(number);
        if (isPlanned) leases.Decide(new HolderInput.Finish(number));
        return true;
    }

    /// <summary>Has a request declined by the engine, which names the node with its own limit and headroom; one that may be approved in part asks again for what the node had left.</summary>
    /// <returns>False when the frame is full.</returns>
    public bool Decline(HolderAct.Decline decline)
    {
        if (!held.TryGet(decline.Id, out var command) || AsksForPart(decline, command)) return true;
        if (!RunWithout(new NodeWithoutRoom(decline.Node, decline.Limit, decline.Available), command)) return false;
        Settle(decline.Id);
        return true;
    }

    /// <summary>Has the engine decide a request, which may be declined because a shared node has no room for it; null: it has.</summary>
    private bool RunWithout(NodeWithoutRoom? without, HeldCommand command)
    {
        var limits = loop.Partition.Executor.Limits;
        limits.WithoutRoom = without;
        try
        {
            return loop.RunHeld(command.Item, command.Place);
        }
        finally
        {
            limits.WithoutRoom = null;
        }
    }

    /// <summary>Refuses a request. A place that stays free must not be passed by later ones of its session.</summary>
    public void Refuse(long number, Reason reason)
    {
        if (!held.TryGet(number, out var command)) return;
        Refuse(command, reason);
        foreach (var behind in held.TakeSessionBehind(number)) Refuse(behind, reason);
        Settle(number);
    }

    /// <summary>Refuses, by name, requests that waited for longer than their callers do; what they got goes back.</summary>
    public void LetGo()
    {
        HasExpired = false;
        foreach (var number in held.HeldSinceBefore(loop.NowMicros - options.HeldMicrosMax))
        {
            leases.Decide(new HolderInput.Abandon(number));
            Refuse(number, Reason.DeadlineExceeded);
        }
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault)
    {
        foreach (var command in held.TakeAll()) command.Item.Fail(fault);
    }

    /// <summary>A request that may be approved in part asks again for what the node had left; the engine then approves the most that fits.</summary>
    private bool AsksForPart(HolderAct.Decline decline, HeldCommand command)
    {
        if (command.Command.AmountMin <= 0 || decline.Available <= 0) return false;
        var asked = held.PartOf(decline.Id) is var before and > 0 ? before : command.Command.Amount;
        usage.Needs(command.Command, needs, asked);
        var added = needs.Find(n => n.Node == decline.Node).Added;
        if (added <= decline.Available) return false;
        var part = (long)((Int128)asked * decline.Available / added);
        if (part < command.Command.AmountMin) return false;
        held.AskForPart(decline.Id, part);
        leases.Run(decline.Id);
        return true;
    }

    /// <summary>
    /// Sees to it that nothing is held for too long. Not a timer of the grain: Orleans stops those when it begins to deactivate an activation, lets no new call in, such as a node's
    /// answer, and waits for the calls that are held here.
    /// </summary>
    private async Task WatchAsync()
    {
        isWatching = true;
        while (!held.IsEmpty && loop.IsAlive)
        {
            await Task.Delay(WatchEvery, options.Clock);
            if (held.HeldSinceBefore(loop.NowMicros - options.HeldMicrosMax).Count == 0) continue;
            HasExpired = true;
            loop.Start();
        }
        isWatching = false;
    }

    private void Settle(long number)
    {
        velocities.Forget(number);
        next.Clear();
        held.Settle(number, next);
        foreach (var follower in next) leases.Run(follower);
    }

    private void Refuse(HeldCommand command, Reason reason)
    {
        command.Item.Outcomes[command.Place] = new Outcome { Reason = reason, Message = Outcomes.MessageOf(reason) };
        loop.Settle(command.Item);
    }
}
