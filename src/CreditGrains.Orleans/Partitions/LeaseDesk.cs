using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Hosts the holder of limit leases in a partition (docs/leases.md). A shared node's row carries the partition's grant as its limit, so the engine itself never
/// approves above it; this desk says what fits, takes messages of nodes, and carries out what the protocol wants. Messages leave after the flush.
/// </summary>
internal sealed class LeaseDesk
{
    private readonly PartitionLoop loop;
    private readonly OwnCommands own;
    private readonly SharedUsage usage;
    private readonly LeaseDeskOptions options;
    private readonly LeaseHolding leases;
    private readonly LeaseRequests requests;
    private readonly ExcessWatch excess;
    private readonly VelocityDesk velocities;
    private readonly Queue<HolderInput> inbox = new();
    private readonly HashSet<(NodeKey Node, long Sequence)> underWay = [];
    private readonly Dictionary<NodeKey, long> addedInRun = [];
    private readonly List<LeaseNeed> needs = [];
    private bool mayHaveRaised;
    private bool mayBeOpen;

    /// <summary>Begins an epoch.</summary>
    /// <param name="loop">The partition's turns.</param>
    /// <param name="own">Numbers the limits it journals.</param>
    /// <param name="options">Who it is, and its way to nodes.</param>
    /// <param name="warn">Tells operators.</param>
    public LeaseDesk(PartitionLoop loop, OwnCommands own, LeaseDeskOptions options, Action<string> warn)
    {
        this.loop = loop;
        this.own = own;
        this.options = options;
        usage = new SharedUsage(loop.Partition);
        leases = new LeaseHolding(options, usage);
        velocities = new VelocityDesk(loop, own, options, warn);
        requests = new LeaseRequests(loop, usage, leases, velocities, options);
        excess = new ExcessWatch(loop.Partition, usage, leases);
    }

    /// <summary>Whether messages or acts wait for a turn.</summary>
    public bool HasWork => inbox.Count > 0 || leases.HasActs || requests.HasExpired || velocities.HasWork;

    /// <summary>Takes a message from a node.</summary>
    public void Receive(HolderInput input)
    {
        inbox.Enqueue(input);
        loop.Start();
    }

    /// <summary>Sends again what was not answered. Looks through the leases, of which there may be ten thousand, only when something was sent since none was open.</summary>
    public void Remind()
    {
        if (!mayBeOpen) return;
        foreach (var lease in leases.State.Leases.Values)
        {
            if (!lease.IsOpen) continue;
            Receive(new HolderInput.Resend());
            return;
        }
        mayBeOpen = false;
    }

    /// <summary>Gives back what is not used of a window's allowance; inside a batch.</summary>
    /// <returns>What the partition counts for from now on; null when the frame is full.</returns>
    public VelocityPart? GiveBack(VelocityRecall recall) => velocities.GiveBack(recall);

    /// <summary>Carries out what waits; inside a batch, before its commands.</summary>
    public void TakeMessages()
    {
        if (!CarryOut()) return;
        if (requests.HasExpired)
        {
            requests.LetGo();
            if (!CarryOut()) return;
        }
        while (inbox.TryDequeue(out var input))
        {
            leases.Decide(input);
            if (!CarryOut()) return;
        }
        velocities.TakeArrived(leases.Run);
        CarryOut();
    }

    /// <summary>Starts to count what a run of commands adds.</summary>
    public void BeginRun()
    {
        addedInRun.Clear();
        velocities.BeginRun();
        mayHaveRaised = false;
    }

    /// <summary>Whether a command may run now: nothing of its session or facility is held before it, and it fits grants and allowances together with the run before it. Other limits are the engine's to check.</summary>
    public bool MayRun(in Command command)
    {
        if (requests.IsBehind(command)) return false;
        if (!SharedUsage.IsRequest(command))
        {
            mayHaveRaised |= SharedUsage.MayRaise(command.Kind);
            return true;
        }
        // What a fact before it in the run adds is not known yet: it goes in the next run, where it is.
        if (mayHaveRaised) return false;
        // Grants of an earlier epoch must be gone before anything is decided.
        if (leases.HasActs) return false;
        usage.Needs(command, needs);
        foreach (var need in needs)
            if (leases.IsBusy(need.Node) || !leases.Fits(need, addedInRun.GetValueOrDefault(need.Node))) return false;
        if (!velocities.Fits(command)) return false;
        foreach (var need in needs) addedInRun[need.Node] = addedInRun.GetValueOrDefault(need.Node) + need.Added;
        return true;
    }

    /// <summary>Keeps a command and asks for headroom.</summary>
    public void Hold(HeldCommand command)
    {
        requests.Hold(command);
        CarryOut();
    }

    /// <summary>A command was carried out: nodes may be in excess now.</summary>
    public void Changed(in Command command) => excess.Changed(command);

    /// <summary>Tells nodes what they must know, and lets through what there is room for now.</summary>
    public void EndBatch()
    {
        if (!leases.HasActs)
        {
            excess.Tell();
            CarryOut();
        }
        velocities.SendAsks();
    }

    /// <summary>Tells those that wait.</summary>
    public void Fail(Exception fault) => requests.Fail(fault);

    private bool CarryOut() => leases.CarryOut(CarryOut);

    private bool CarryOut(HolderAct act)
    {
        switch (act)
        {
            case HolderAct.JournalLimit limit:
                return JournalLimit(limit);
            case HolderAct.Send send:
                mayBeOpen = true;
                // One that is still on its way is not sent beside itself: when calls take longer than the time between two reminders, reminders alone would keep nodes busy.
                if (underWay.Add((send.Report.Node, send.Report.Sequence))) loop.Current.AfterFlush.Add(() => _ = SendAsync(send.Report));
                return true;
            case HolderAct.Run run:
                return requests.Run(run.Id);
            case HolderAct.Decline decline:
                return requests.Decline(decline);
            case HolderAct.Refuse refuse:
                requests.Refuse(refuse.Id, Reason.Recalling);
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
        finally
        {
            underWay.Remove((report.Node, report.Sequence));
        }
    }
}
