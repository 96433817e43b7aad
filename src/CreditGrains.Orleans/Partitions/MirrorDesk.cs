using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Shared nodes that a partition needs rows for: a command that hangs something under one waits until this partition is noted and the register has told
/// their terms, for many nodes at once; then rows are opened, parents first, with no limit to spend. Commands that came after it and could depend on it wait behind it.
/// </summary>
internal sealed class MirrorDesk(PartitionLoop loop, OwnCommands own, Func<NodeKey[], Task<NodeView?[]>> attach, Action<string> warn, TimeProvider clock)
{
    private const int NodesOfQuestionMax = 1_024;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);
    private readonly Partition partition = loop.Partition;
    private readonly Queue<HeldCommand> held = new();
    private readonly Dictionary<NodeKey, int> heldOf = [];
    private readonly Dictionary<NodeKey, NodeView?> arrived = [];
    private readonly HashSet<NodeKey> wanted = [];
    private readonly HashSet<NodeKey> asked = [];
    private bool isAsking;
    private bool hasNews;

    /// <summary>Whether something has arrived.</summary>
    public bool HasWork => hasNews;

    /// <summary>Whether a command must wait for nodes, or behind one that does: control commands and places of sessions keep their order, and so does what concerns one facility.</summary>
    public bool MustWait(in Command command) =>
        (held.Count > 0 && (command.Control is not null || command.Id.IsSession || heldOf.ContainsKey(command.Facility)))
        || (command.Control is not null && LacksNode(command.Control));

    /// <summary>Keeps a command and asks for what it lacks.</summary>
    public void Hold(HeldCommand command)
    {
        held.Enqueue(command);
        heldOf[command.Command.Facility] = heldOf.GetValueOrDefault(command.Command.Facility) + 1;
        foreach (var parent in ParentsOf(command.Command.Control)) Ask(parent);
    }

    /// <summary>Opens rows of nodes that have arrived and lets run what waited for them; inside a batch.</summary>
    /// <param name="run">Runs a command, or says that the frame is full.</param>
    public void TakeArrived(Func<HeldCommand, bool> run)
    {
        if (!hasNews) return;
        hasNews = false;
        while (held.TryPeek(out var first))
        {
            foreach (var parent in ParentsOf(first.Command.Control))
            {
                if (TryOpen(parent)) continue;
                // A full frame: the next batch goes on.
                if (loop.IsFull) hasNews = true;
                else Ask(parent);
                return;
            }
            if (loop.IsFull || !run(first))
            {
                hasNews = true;
                return;
            }
            held.Dequeue();
            if (--heldOf[first.Command.Facility] == 0) heldOf.Remove(first.Command.Facility);
        }
        // What was not there is asked for again by the next command that needs it.
        arrived.Clear();
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault)
    {
        foreach (var command in held) command.Item.Fail(fault);
        held.Clear();
        heldOf.Clear();
    }

    private bool LacksNode(ControlCommand control)
    {
        // Many, and about the same few nodes.
        if (control is PoolCommand pool) return partition.State.FindNode(pool.Key) == 0 && !(arrived.TryGetValue(pool.Key, out var view) && view is null);
        foreach (var parent in ParentsOf(control))
            if (partition.State.FindNode(parent) == 0) return true;
        return false;
    }

    private static IEnumerable<NodeKey> ParentsOf(ControlCommand? control) => control switch
    {
        OpenNode c => c.Parents.Select(p => p.Parent).Where(IsShared),
        OpenFacility c => c.Parents.Select(p => p.Parent).Where(IsShared),
        LinkNode c => IsShared(c.Parent.Parent) ? [c.Parent.Parent] : [],
        MoveFacility c => IsShared(c.To.Parent) ? [c.To.Parent] : [],
        TransferToPool c => IsShared(c.Pool) ? [c.Pool] : [],
        PoolCommand c => [c.Key],
        _ => [],
    };

    private static bool IsShared(NodeKey key) => key.IsValid && PartitionMap.IsShared(key.Kind);

    private void Ask(NodeKey node)
    {
        if (partition.State.FindNode(node) != 0 || arrived.ContainsKey(node) || asked.Contains(node) || !wanted.Add(node) || isAsking) return;
        isAsking = true;
        _ = AskAllAsync();
    }

    /// <summary>Asks for all that is wanted, one question at a time: what the commands of a turn lack goes together.</summary>
    private async Task AskAllAsync()
    {
        await Task.Yield();
        while (wanted.Count > 0 && loop.IsAlive)
        {
            var nodes = wanted.Take(NodesOfQuestionMax).ToArray();
            wanted.ExceptWith(nodes);
            asked.UnionWith(nodes);
            await AskAsync(nodes);
            asked.ExceptWith(nodes);
            hasNews = true;
            loop.Start();
        }
        isAsking = false;
    }

    private async Task AskAsync(NodeKey[] nodes)
    {
        while (loop.IsAlive)
        {
            try
            {
                var views = await attach(nodes);
                // The partition may have moved meanwhile, and its tables are gone: nothing of them may be read.
                if (!loop.IsAlive) return;
                for (var i = 0; i < nodes.Length; i++) arrived[nodes[i]] = views[i];
                foreach (var view in views)
                    foreach (var parent in view?.Parents ?? []) Ask(parent.Parent);
                return;
            }
            catch (Exception failure)
            {
                warn($"{nodes[0]} and {nodes.Length - 1} others could not be asked for; trying again. {failure.Message}");
                await Task.Delay(AskAgainAfter, clock);
            }
        }
    }

    /// <summary>Whether a node has its row, or is known not to exist.</summary>
    private bool TryOpen(NodeKey node)
    {
        if (partition.State.FindNode(node) != 0) return true;
        if (!arrived.TryGetValue(node, out var view)) return false;
        if (view is null) return true;
        foreach (var parent in view.Parents)
        {
            if (TryOpen(parent.Parent)) continue;
            Ask(parent.Parent);
            return false;
        }
        // All of it in one batch: a row without what stops its requests must never be seen.
        return !loop.IsFull && Run(new OpenNode(node, view.Currency, 0, view.Basis, view.Parents))
            && (view.Status != NodeStatus.Frozen || Run(new Freeze(node)))
            && (view.Status != NodeStatus.Closed || Run(new Close(node)))
            && view.VelocityLimits.All(v => Run(new SetVelocityLimit(node, v.WindowSeconds, Math.Min(0, v.AmountMax), Math.Min(0, v.CountMax))))
            && (view.ReviewThreshold < 0 || Run(new SetReviewThreshold(node, view.ReviewThreshold)));
    }

    private bool Run(ControlCommand control)
    {
        if (!loop.RunOwn(own.Next(control), out var outcome, isRest: true)) return false;
        // What waits for the row then meets its absence, or its state, by name.
        if (outcome.Kind != OutcomeKind.Posted) warn($"{control.Kind} of the row of {control.Key} was not taken: {outcome.Reason} {outcome.Message}");
        return true;
    }
}
