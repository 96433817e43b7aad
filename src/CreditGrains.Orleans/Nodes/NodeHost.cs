using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// A shared node without its grain: the book of leases, stored under an ETag before anything of it is told, which follows the limit that the register (partition 0) has. The grain passes calls on to
/// it, and so does the simulator. What arrives during a write shares the next.
/// </summary>
internal sealed class NodeHost : IDisposable
{
    // A round to this node costs as much as some hundred decisions in a partition: far from the limit a grant lasts for about a thousand requests, or has an
    // eighth of the partition's even share of what is free. Near it the policy gives less by itself.
    private static readonly LeasePolicy Policy = new() { GrowthFactor = 1_024, ShareDivisor = 8 };
    private readonly NodeKey key;
    private readonly SiloServices silo;
    private readonly IClusterGrains grains;
    private readonly INodeShell shell;
    private readonly NodeLedger ledger;
    private readonly NodeReadings readings;
    private readonly NodeControl control;
    private readonly NodeVelocities velocities;
    private bool hasDatedLimits;

    /// <param name="key">The node.</param>
    /// <param name="state">Its state, read already.</param>
    /// <param name="silo">What grains share.</param>
    /// <param name="grains">The way to partitions.</param>
    /// <param name="shell">What hosts it.</param>
    public NodeHost(NodeKey key, IPersistentState<NodeState> state, SiloServices silo, IClusterGrains grains, INodeShell shell)
    {
        this.key = key;
        this.silo = silo;
        this.grains = grains;
        this.shell = shell;
        ledger = new NodeLedger(state, new LeaseBook(Policy), Send, Lost);
        readings = new NodeReadings(key, silo, grains, ledger);
        velocities = new NodeVelocities(key, ledger, grains, readings.TermsAsync);
        control = new NodeControl(key, silo, grains, ledger, readings, velocities, FollowLimitAsync);
    }

    /// <summary>Takes up what storage holds.</summary>
    public async Task OpenAsync()
    {
        await ledger.LoadAsync(key);
        if (ledger.IsOpen) await FollowLimitAsync();
        Watch();
    }

    /// <summary>As of the grain.</summary>
    public Task<NodeStanding?> GetStandingAsync() => readings.StandingAsync();

    /// <summary>As of the grain.</summary>
    public Task<Payload> ViewAsync() => readings.ViewAsync();

    /// <summary>As of the grain.</summary>
    public Task<Payload> ViewAsOfAsync(long asOfMicros) => readings.ViewAsOfAsync(asOfMicros);

    /// <summary>As of the grain.</summary>
    public async Task<Payload> ExecuteAsync(Payload command)
    {
        try
        {
            return await control.ExecuteAsync(command);
        }
        finally
        {
            Watch();
        }
    }

    /// <summary>As of the grain.</summary>
    public async Task<Payload> ReportAsync(Payload report)
    {
        var message = LeaseWire.ReadReport(report);
        // Not beside a control command: the book would open with a limit that is being changed.
        if (!ledger.IsOpen) await control.AloneAsync(OpenBookAsync);
        var reply = await ledger.ReceiveAsync(message);
        Watch();
        return LeaseWire.Write(reply);
    }

    /// <summary>As of the grain.</summary>
    public async Task<Payload> VelocityAsync(Payload ask) => ViewWire.Write(await velocities.AskAsync(ViewWire.Read<VelocityAsk>(ask)!));

    /// <summary>The reminder of dated limits came.</summary>
    public async Task WakeAsync()
    {
        await FollowLimitAsync();
        Watch();
    }

    /// <summary>Looks after what waits; every two seconds while the shell was told to.</summary>
    public async Task RemindAsync()
    {
        if (ledger.IsOpen && hasDatedLimits) await FollowLimitAsync();
        if (ledger.IsWaiting) await ledger.RemindAsync();
        try
        {
            await control.ResumeAsync();
        }
        finally
        {
            Watch();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        control.Dispose();
        velocities.Dispose();
    }

    private async Task OpenBookAsync()
    {
        if (ledger.IsOpen) return;
        var terms = await readings.TermsAsync() ?? throw new InvalidOperationException($"{key} is not in the register, and a partition reports usage of it. Restore the database from a backup or a standby.");
        await KeepFollowingAsync(terms);
        await ledger.OpenAsync(terms.Limit);
    }

    /// <summary>Brings the book to the limit the register has, by command or by date.</summary>
    /// <returns>Whether grants must return first.</returns>
    private async Task<bool> FollowLimitAsync()
    {
        if (!ledger.IsOpen || await readings.TermsAsync() is not { } terms) return false;
        await KeepFollowingAsync(terms);
        return await ledger.SetLimitAsync(terms.Limit);
    }

    /// <summary>While limits wait for their time the grain looks at the register, and a reminder wakes it if it has left memory.</summary>
    private async Task KeepFollowingAsync(NodeView terms)
    {
        var has = terms.DatedLimits.Count > 0;
        if (has != hasDatedLimits) await shell.KeepAwakeAsync(has);
        hasDatedLimits = has;
    }

    /// <summary>Says whether something is to be looked after.</summary>
    private void Watch() => shell.Watch(ledger.IsWaiting || hasDatedLimits || !ledger.Spreading.IsEmpty);

    private void Send(LeaseDecision decision, PartitionId? answeredDirectly)
    {
        foreach (var reply in decision.Replies)
            if (reply.Partition != answeredDirectly) grains.Partition(reply.Partition.Value).TakeLeaseReplyAsync(LeaseWire.Write(reply)).Ignore();
        foreach (var recall in decision.Recalls)
            grains.Partition(recall.Partition.Value).TakeLeaseRecallAsync(LeaseWire.Write(recall)).Ignore();
    }

    private void Lost(Exception cause)
    {
        silo.Options.Warn($"{key}: its book could not be stored; it starts again from what stands. {cause.Message}");
        shell.Leave(cause);
    }
}
