using System.Collections.Immutable;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Hosts the holder of limit leases in a partition (docs/leases.md). A shared node's row carries the partition's grant as its limit, so the engine itself never
/// approves above it; this desk gets more before a request is decided that would not fit, and gives back when asked. Messages leave after the flush.
/// </summary>
internal sealed class LeaseDesk
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(250);
    private readonly PartitionLoop loop;
    private readonly Partition partition;
    private readonly OwnCommands own;
    private readonly SharedUsage usage;
    private readonly LeaseDeskOptions options;
    private readonly HeldRequests held = new();
    private readonly Queue<HolderInput> inbox = new();
    private readonly Queue<HolderAct> acts = new();
    private readonly Dictionary<NodeKey, long> addedInRun = [];
    private readonly HashSet<NodeKey> excess = [];
    private readonly List<LeaseNeed> needs = [];
    private readonly List<long> next = [];
    private HolderState state;
    private bool mayHaveRaised;
    private bool hasMovedMany;
    private bool hasExpired;
    private bool isWatching;

    /// <summary>Begins an epoch: grants of earlier ones are void.</summary>
    /// <param name="loop">The partition's turns.</param>
    /// <param name="own">Numbers the limits it journals.</param>
    /// <param name="options">Who it is, and its way to nodes.</param>
    public LeaseDesk(PartitionLoop loop, OwnCommands own, LeaseDeskOptions options)
    {
        this.loop = loop;
        this.own = own;
        this.options = options;
        partition = loop.Partition;
        usage = new SharedUsage(partition);
        var opened = LeaseHolder.Open(new PartitionId(options.Partition), options.Epoch, usage.Nodes(), usage);
        state = opened.State;
        foreach (var act in opened.Acts) acts.Enqueue(act);
    }

    /// <summary>Whether messages or acts wait for a turn.</summary>
    public bool HasWork => inbox.Count > 0 || acts.Count > 0 || hasExpired;

    /// <summary>Takes a message from a node.</summary>
    public void Receive(HolderInput input)
    {
        inbox.Enqueue(input);
        loop.Start();
    }

    /// <summary>Sends again what was not answered.</summary>
    public void Remind()
    {
        foreach (var lease in state.Leases.Values)
        {
            if (!lease.IsOpen) continue;
            Receive(new HolderInput.Resend());
            return;
        }
    }

    /// <summary>Carries out what waits; inside a batch, before its commands.</summary>
    public void TakeMessages()
    {
        if (!RunActs()) return;
        if (hasExpired && !LetGo()) return;
        while (inbox.TryDequeue(out var input))
        {
            Decide(input);
            if (!RunActs()) return;
        }
    }

    /// <summary>Starts to count what a run of commands adds.</summary>
    public void BeginRun()
    {
        addedInRun.Clear();
        mayHaveRaised = false;
    }

    /// <summary>Whether a command may run now: nothing of its session or facility is held before it, and it fits the grants together with the run before it. Other limits are the engine's to check.</summary>
    public bool MayRun(in Command command)
    {
        if (held.IsBehind(command)) return false;
        if (!SharedUsage.IsRequest(command))
        {
            mayHaveRaised |= SharedUsage.MayRaise(command.Kind);
            return true;
        }
        // What a fact before it in the run adds is not known yet: it goes in the next run, where it is.
        if (mayHaveRaised) return false;
        // Grants of an earlier epoch must be gone before anything is decided.
        if (acts.Count > 0) return false;
        usage.Needs(command, needs);
        foreach (var need in needs)
        {
            if (IsBusy(need.Node)) return false;
            if ((Int128)usage.UsageOf(need.Node) + addedInRun.GetValueOrDefault(need.Node) + need.Added > usage.GrantOf(need.Node)) return false;
        }
        foreach (var need in needs) addedInRun[need.Node] = addedInRun.GetValueOrDefault(need.Node) + need.Added;
        return true;
    }

    /// <summary>Keeps a command and asks for headroom.</summary>
    public void Hold(HeldCommand command)
    {
        if (held.IsFull)
        {
            Refuse(command, Reason.Overloaded);
            return;
        }
        var number = held.Add(command, loop.NowMicros);
        if (!isWatching) _ = WatchAsync();
        if (number == 0) return;
        acts.Enqueue(new HolderAct.Run(number));
        RunActs();
    }

    /// <summary>A command was carried out: nodes may be in excess now.</summary>
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

    /// <summary>Tells nodes of excesses, and lets through what repayments and expired holds made room for.</summary>
    public void EndBatch()
    {
        if (acts.Count > 0) return;
        if (hasMovedMany || partition.Executor.IsRegraphing)
        {
            hasMovedMany = false;
            foreach (var node in usage.Nodes())
                if (usage.UsageOf(node.Node) > node.Limit) excess.Add(node.Node);
        }
        foreach (var node in excess.ToArray())
        {
            Decide(new HolderInput.Observe(node));
            if (usage.UsageOf(node) <= usage.GrantOf(node)) excess.Remove(node);
        }
        if (!state.Requests.IsEmpty)
            foreach (var node in state.Requests.Values.Where(r => r.Position < r.Needs.Length).Select(r => r.Needs[r.Position].Node).Distinct().ToArray()) Decide(new HolderInput.Observe(node));
        RunActs();
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault)
    {
        foreach (var command in held.TakeAll()) command.Item.Fail(fault);
    }

    /// <summary>Whether requests wait on a node or have parts of its grant set aside: none overtakes them.</summary>
    private bool IsBusy(NodeKey node) =>
        !state.Requests.IsEmpty && state.Leases.TryGetValue(node, out var lease) && (lease.Pinned > 0 || !lease.Waiting.IsEmpty);

    private void Decide(HolderInput input)
    {
        var decision = LeaseHolder.Decide(state, input, usage);
        state = decision.State;
        foreach (var act in decision.Acts) acts.Enqueue(act);
    }

    /// <summary>Carries out acts in order.</summary>
    /// <returns>False when the frame is full; the rest follows in the next batch.</returns>
    private bool RunActs()
    {
        while (acts.TryPeek(out var act))
        {
            if (!Run(act)) return false;
            acts.Dequeue();
        }
        return true;
    }

    private bool Run(HolderAct act)
    {
        switch (act)
        {
            case HolderAct.JournalLimit limit:
                return JournalLimit(limit);
            case HolderAct.Send send:
                loop.Current.AfterFlush.Add(() => _ = SendAsync(send.Report));
                return true;
            case HolderAct.Run run:
                return RunRequest(run.Id);
            case HolderAct.Decline decline:
                // The engine declines it by the same limit.
                if (!held.TryGet(decline.Id, out var declined) || AsksForPart(decline, declined)) return true;
                if (!loop.RunHeld(declined.Item, declined.Place)) return false;
                Settle(decline.Id);
                return true;
            case HolderAct.Refuse refuse:
                RefuseHeld(refuse.Id, Reason.Recalling);
                return true;
            case HolderAct.Stop:
                throw new PartitionUnavailableException("A node knows of a later epoch: another activation has taken this partition over.");
            default:
                throw new InvalidOperationException($"{act.GetType().Name} is unknown here.");
        }
    }

    private bool JournalLimit(HolderAct.JournalLimit limit)
    {
        if (usage.GrantOf(limit.Node) == limit.Limit) return true;
        if (!loop.RunOwn(own.Next(new SetLimit(limit.Node, limit.Limit)), out var outcome)) return false;
        if (outcome.Kind != OutcomeKind.Posted) throw new InvalidOperationException($"The grant of {limit.Node} was not taken: {outcome.Reason} {outcome.Message}");
        return true;
    }

    /// <summary>Decides a request if it fits now, else asks for what it lacks.</summary>
    private bool RunRequest(long number)
    {
        if (!held.TryGet(number, out var command)) return true;
        var isPlanned = state.Requests.ContainsKey(number);
        if (SharedUsage.IsRequest(command.Command)) usage.Needs(command.Command, needs, held.PartOf(number));
        else needs.Clear();
        foreach (var need in needs)
        {
            // What is set aside is its own when it was planned, and others' when it was not.
            if ((isPlanned || !IsBusy(need.Node)) && (Int128)usage.UsageOf(need.Node) + need.Added <= usage.GrantOf(need.Node)) continue;
            var asked = needs.ToImmutableArray();
            Decide(isPlanned ? new HolderInput.PlanAgain(number, asked) : new HolderInput.Plan(number, asked));
            return true;
        }
        if (!loop.RunHeld(command.Item, command.Place)) return false;
        Settle(number);
        if (isPlanned) Decide(new HolderInput.Finish(number));
        return true;
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
        acts.Enqueue(new HolderAct.Run(decline.Id));
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
            hasExpired = true;
            loop.Start();
        }
        isWatching = false;
    }

    /// <summary>Refuses, by name, requests that waited for longer than their callers do; what they got goes back.</summary>
    private bool LetGo()
    {
        hasExpired = false;
        foreach (var number in held.HeldSinceBefore(loop.NowMicros - options.HeldMicrosMax))
        {
            Decide(new HolderInput.Abandon(number));
            RefuseHeld(number, Reason.DeadlineExceeded);
        }
        return RunActs();
    }

    private void Settle(long number)
    {
        next.Clear();
        held.Settle(number, next);
        foreach (var follower in next) acts.Enqueue(new HolderAct.Run(follower));
    }

    /// <summary>A place that stays free must not be passed by later ones of its session.</summary>
    private void RefuseHeld(long number, Reason reason)
    {
        if (!held.TryGet(number, out var command)) return;
        Refuse(command, reason);
        foreach (var behind in held.TakeSessionBehind(number)) Refuse(behind, reason);
        Settle(number);
    }

    private void Refuse(HeldCommand command, Reason reason)
    {
        command.Item.Outcomes[command.Place] = new Outcome { Reason = reason, Message = Engine.Execution.Outcomes.MessageOf(reason) };
        loop.Settle(command.Item);
    }

    private async Task SendAsync(LeaseReport report)
    {
        try
        {
            if (await options.Report(report) is { } reply) Receive(new HolderInput.TakeReply(reply));
        }
        catch (Exception)
        {
            // Lost, as far as is known: the report stays open and is sent again.
            return;
        }
    }
}
