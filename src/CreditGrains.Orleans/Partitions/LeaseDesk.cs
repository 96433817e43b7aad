using System.Collections.Immutable;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Hosts the holder of limit leases in a partition. A shared node's row carries the partition's grant as its limit, so the engine itself never approves
/// above it; this desk gets more before a request is decided that would not fit, and gives back when asked. Messages leave after the flush.
/// </summary>
internal sealed class LeaseDesk : IUsageView
{
    private const int HeldMax = 65_536;
    private readonly PartitionLoop loop;
    private readonly Partition partition;
    private readonly OwnCommands own;
    private readonly Func<LeaseReport, Task<LeaseReply?>> report;
    private readonly Queue<HolderInput> inbox = new();
    private readonly Queue<HolderAct> acts = new();
    private readonly Dictionary<long, HeldCommand> held = [];
    private readonly Dictionary<int, long> addedInRun = [];
    private readonly Dictionary<(ushort Tenant, ulong Session), Queue<HeldCommand>> sessions = [];
    private readonly HashSet<NodeKey> busy = [];
    private readonly HashSet<NodeKey> excess = [];
    private readonly List<LeaseNeed> needs = [];
    private HolderState state;
    private long nextId;
    private bool hasMovedFacilities;

    /// <summary>Begins an epoch: grants of earlier ones are void.</summary>
    /// <param name="loop">The partition's turns.</param>
    /// <param name="own">Numbers the limits it journals.</param>
    /// <param name="number">The partition.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="report">Sends a report; gives the answer when there is one at once.</param>
    public LeaseDesk(PartitionLoop loop, OwnCommands own, int number, long epoch, Func<LeaseReport, Task<LeaseReply?>> report)
    {
        this.loop = loop;
        this.own = own;
        this.report = report;
        partition = loop.Partition;
        var opened = LeaseHolder.Open(new PartitionId(number), epoch, SharedNodes(), this);
        state = opened.State;
        foreach (var act in opened.Acts) acts.Enqueue(act);
    }

    /// <summary>Whether messages or acts wait for a turn.</summary>
    public bool HasWork => inbox.Count > 0 || acts.Count > 0;

    /// <inheritdoc/>
    public long UsageOf(NodeKey node)
    {
        var row = partition.State.FindNode(node);
        if (row == 0) return 0;
        ref readonly var found = ref partition.State.Nodes.Read(row);
        // Without a rate nobody knows: then nothing more is used here.
        return partition.Executor.Exposures.TryGet(found, found.Currency, 0, partition.Executor.LastRecordedAtMicros, out var exposure) == Reason.None
            ? Math.Max(0, exposure) : LeasePolicy.AmountMax;
    }

    /// <summary>Takes a message from a node.</summary>
    public void Receive(HolderInput input)
    {
        inbox.Enqueue(input);
        loop.Start();
    }

    /// <summary>Sends again what was not answered.</summary>
    public void Resend()
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
        while (inbox.TryDequeue(out var input))
        {
            Decide(input);
            if (!RunActs()) return;
        }
    }

    /// <summary>Starts to count what a run of commands adds.</summary>
    public void BeginRun() => addedInRun.Clear();

    /// <summary>Whether a request fits the grants on its shared nodes, together with the run before it; other limits are the engine's to check.</summary>
    public bool FitsRun(in Command command)
    {
        // Grants of an earlier epoch must be gone before anything is decided.
        if (acts.Count > 0) return false;
        var row = partition.State.FindFacility(command.Facility);
        if (row == 0 || AmountOf(command) is not (var amount and > 0)) return true;
        ref readonly var facility = ref partition.State.Facilities.Read(row);
        if (facility.PathCount == 0) return true;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = partition.State.PathOf(facility, buffer);
        Span<long> added = stackalloc long[path.Length];
        for (var i = 0; i < path.Length; i++)
        {
            ref readonly var node = ref partition.State.Nodes.Read(path[i].Node);
            if (!PartitionMap.IsShared(node.Kind)) continue;
            if (busy.Count > 0 && busy.Contains(node.Key)) return false;
            added[i] = partition.Executor.Limits.AddedTo(facility, path[i], amount, partition.Executor.LastRecordedAtMicros);
            // The engine refuses for want of a rate, by name.
            if (added[i] < 0) return true;
            var before = addedInRun.GetValueOrDefault(path[i].Node);
            if ((Int128)UsageOf(node.Key) + before + added[i] > node.Limit) return false;
        }
        for (var i = 0; i < path.Length; i++)
            if (added[i] > 0) addedInRun[path[i].Node] = addedInRun.GetValueOrDefault(path[i].Node) + added[i];
        return true;
    }

    /// <summary>Keeps a request and asks for headroom.</summary>
    public void Hold(HeldCommand command)
    {
        if (held.Count >= HeldMax)
        {
            Refuse(command, Reason.Overloaded);
            return;
        }
        if (command.Command.Id.IsSession)
        {
            if (sessions.TryGetValue(SessionOf(command.Command), out var behind))
            {
                behind.Enqueue(command);
                return;
            }
            sessions[SessionOf(command.Command)] = new Queue<HeldCommand>();
        }
        var id = ++nextId;
        held[id] = command;
        if (acts.Count > 0)
        {
            acts.Enqueue(new HolderAct.Run(id));
            return;
        }
        if (IsRequest(command.Command)) Plan(id, command, isAgain: false);
        else acts.Enqueue(new HolderAct.Run(id));
        RunActs();
    }

    /// <summary>Whether a command must wait because one before it in its session does: places are taken in order.</summary>
    public bool IsBehindHeld(in Command command) => sessions.Count > 0 && command.Id.IsSession && sessions.ContainsKey(SessionOf(command));

    /// <summary>Whether a command may be declined for want of headroom.</summary>
    public static bool IsRequest(in Command command) =>
        command.Kind.IsRequest() || (command.Kind == CommandKind.ResolveReferral && (command.Options & CommandOptions.Accept) != 0);

    /// <summary>A fact or control command was carried out: nodes may be in excess now.</summary>
    public void Changed(in Command command)
    {
        if (command.Control is not null)
        {
            hasMovedFacilities |= command.Kind is CommandKind.OpenFacility or CommandKind.LinkNode or CommandKind.UnlinkNode or CommandKind.MoveFacility or CommandKind.TransferToPool;
            return;
        }
        var row = partition.State.FindFacility(command.Facility);
        if (row == 0) return;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in partition.State.PathOf(partition.State.Facilities.Read(row), buffer))
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (PartitionMap.IsShared(node.Kind) && UsageOf(node.Key) > node.Limit) excess.Add(node.Key);
        }
    }

    /// <summary>Tells nodes of excesses, and lets through what repayments made room for.</summary>
    public void EndBatch()
    {
        if (acts.Count > 0) return;
        if (hasMovedFacilities)
        {
            hasMovedFacilities = false;
            foreach (var node in SharedNodes())
                if (UsageOf(node.Node) > node.Limit) excess.Add(node.Node);
        }
        foreach (var node in excess.ToArray())
        {
            Decide(new HolderInput.Observe(node));
            if (UsageOf(node) <= LimitOf(node)) excess.Remove(node);
        }
        foreach (var node in busy.ToArray())
            if (state.Leases.TryGetValue(node, out var lease) && !lease.Waiting.IsEmpty) Decide(new HolderInput.Observe(node));
        RunActs();
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault)
    {
        foreach (var command in held.Values.Concat(sessions.Values.SelectMany(q => q))) command.Item.Fail(fault);
        held.Clear();
        sessions.Clear();
    }

    private static (ushort Tenant, ulong Session) SessionOf(in Command command) => (command.Facility.Tenant, command.Id.Session);

    private List<OpenedNode> SharedNodes()
    {
        var nodes = new List<OpenedNode>();
        for (var row = 1; row < partition.State.Nodes.End; row++)
        {
            ref readonly var node = ref partition.State.Nodes.Read(row);
            if (node.Id != 0 && PartitionMap.IsShared(node.Kind)) nodes.Add(new OpenedNode(node.Key, node.Limit));
        }
        return nodes;
    }

    private long LimitOf(NodeKey key) => partition.State.FindNode(key) is var row and not 0 ? partition.State.Nodes.Read(row).Limit : 0;

    private long AmountOf(in Command command)
    {
        if (command.Kind != CommandKind.ResolveReferral) return command.Amount;
        var row = partition.State.FindItem(command.Reference);
        return row == 0 ? 0 : partition.State.Items.Read(row).Amount;
    }

    private void Decide(HolderInput input)
    {
        var decision = LeaseHolder.Decide(state, input, this);
        Take(decision);
    }

    private void Take(HolderDecision decision)
    {
        state = decision.State;
        foreach (var act in decision.Acts) acts.Enqueue(act);
        busy.Clear();
        if (state.Requests.IsEmpty) return;
        foreach (var lease in state.Leases.Values)
            if (lease.Pinned > 0 || !lease.Waiting.IsEmpty) busy.Add(lease.Node);
    }

    private void Plan(long id, HeldCommand command, bool isAgain)
    {
        CollectNeeds(command.Command);
        if (needs.Count == 0)
        {
            acts.Enqueue(new HolderAct.Run(id));
            return;
        }
        var asked = needs.ToImmutableArray();
        Decide(isAgain ? new HolderInput.PlanAgain(id, asked) : new HolderInput.Plan(id, asked));
    }

    private void CollectNeeds(in Command command)
    {
        needs.Clear();
        if (!IsRequest(command)) return;
        var row = partition.State.FindFacility(command.Facility);
        if (row == 0) return;
        ref readonly var facility = ref partition.State.Facilities.Read(row);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in partition.State.PathOf(facility, buffer))
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (!PartitionMap.IsShared(node.Kind)) continue;
            var added = partition.Executor.Limits.AddedTo(facility, entry, AmountOf(command), partition.Executor.LastRecordedAtMicros);
            if (added > 0) needs.Add(new LeaseNeed(node.Key, added));
        }
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
                if (LimitOf(limit.Node) == limit.Limit) return true;
                if (!loop.RunOwn(own.Next(new SetLimit(limit.Node, limit.Limit)), out var outcome)) return false;
                if (outcome.Kind != OutcomeKind.Posted) throw new InvalidOperationException($"The grant of {limit.Node} was not taken: {outcome.Reason} {outcome.Message}");
                return true;
            case HolderAct.Send send:
                loop.Current.AfterFlush.Add(() => _ = SendAsync(send.Report));
                return true;
            case HolderAct.Run run:
                return RunRequest(run.Id);
            case HolderAct.Decline decline:
                // The engine declines it by the same limit, or approves in part what fits.
                if (!held.TryGetValue(decline.Id, out var declined)) return true;
                if (!loop.RunHeld(declined.Item, declined.Place)) return false;
                Release(decline.Id, declined);
                return true;
            case HolderAct.Refuse refuse:
                if (held.Remove(refuse.Id, out var refused)) RefuseAll(refused);
                return true;
            case HolderAct.Stop:
                throw new PartitionUnavailableException("A node knows of a later epoch: another activation has taken this partition over.");
            default:
                throw new InvalidOperationException($"{act.GetType().Name} is unknown here.");
        }
    }

    private bool RunRequest(long id)
    {
        if (!held.TryGetValue(id, out var command)) return true;
        var isPlanned = state.Requests.ContainsKey(id);
        CollectNeeds(command.Command);
        foreach (var need in needs)
        {
            if ((Int128)UsageOf(need.Node) + need.Added <= LimitOf(need.Node)) continue;
            Plan(id, command, isPlanned);
            return true;
        }
        if (!loop.RunHeld(command.Item, command.Place)) return false;
        Release(id, command);
        if (isPlanned) Decide(new HolderInput.Finish(id));
        return true;
    }

    /// <summary>A held command has run: the next of its session takes its turn.</summary>
    private void Release(long id, HeldCommand command)
    {
        held.Remove(id);
        if (!command.Command.Id.IsSession || !sessions.TryGetValue(SessionOf(command.Command), out var behind)) return;
        if (!behind.TryDequeue(out var next))
        {
            sessions.Remove(SessionOf(command.Command));
            return;
        }
        held[++nextId] = next;
        acts.Enqueue(new HolderAct.Run(nextId));
    }

    /// <summary>A place that stays free must not be passed by later ones of its session.</summary>
    private void RefuseAll(HeldCommand command)
    {
        Refuse(command, Reason.Recalling);
        if (!command.Command.Id.IsSession || !sessions.Remove(SessionOf(command.Command), out var behind)) return;
        foreach (var next in behind) Refuse(next, Reason.Recalling);
    }

    private void Refuse(HeldCommand command, Reason reason)
    {
        command.Item.Outcomes[command.Place] = new Outcome { Reason = reason, Message = Engine.Execution.Outcomes.MessageOf(reason) };
        loop.Settle(command.Item);
    }

    private async Task SendAsync(LeaseReport sent)
    {
        try
        {
            if (await report(sent) is { } reply) Receive(new HolderInput.TakeReply(reply));
        }
        catch (Exception)
        {
            // Lost, as far as is known: the report stays open and is sent again.
            return;
        }
    }
}
