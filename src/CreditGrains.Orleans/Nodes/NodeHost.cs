using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// A shared node without its grain. Its terms and true limit stand in the register (partition 0), which executes control commands about it once; here is the book of
/// leases, stored under an ETag before anything of it is told. The grain passes calls on to it, and so does the simulator. What arrives during a write shares the next.
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
    private readonly SemaphoreSlim control = new(1);
    private readonly NodeViews views;
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
        views = new NodeViews(key, ledger, grains, MirrorsAsync);
        velocities = new NodeVelocities(key, ledger, grains, TermsAsync);
    }

    private IPartitionGrain Register => grains.Partition(PartitionMap.Register);

    /// <summary>Takes up what storage holds.</summary>
    public async Task OpenAsync()
    {
        ledger.Load(key);
        if (ledger.IsOpen) await FollowLimitAsync();
        Watch();
    }

    /// <summary>As of the grain.</summary>
    public Task<NodeStanding?> GetStandingAsync() => views.StandingAsync();

    /// <summary>As of the grain.</summary>
    public async Task<Payload> ExecuteAsync(Payload command)
    {
        // One control command at a time, and none beside the opening of the book: that takes the limit before or after it.
        await control.WaitAsync();
        try
        {
            await FinishSpreadingAsync(command);
            return OutcomeWire.Write([await CarryOutAsync(command)], elsewhere: null);
        }
        finally
        {
            control.Release();
            Watch();
        }
    }

    /// <summary>As of the grain.</summary>
    public Task<Payload> ViewAsync() => views.ViewAsync();

    /// <summary>As of the grain.</summary>
    public Task<Payload> ViewAsOfAsync(long asOfMicros) => views.ViewAsOfAsync(asOfMicros);

    /// <summary>As of the grain.</summary>
    public async Task<Payload> ReportAsync(Payload report)
    {
        var message = LeaseWire.ReadReport(report);
        if (!ledger.IsOpen) await OpenBookAsync();
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

    /// <inheritdoc/>
    public void Dispose()
    {
        control.Dispose();
        velocities.Dispose();
    }

    /// <summary>Terms to be acted upon: not those of a register that was taken over and does not know.</summary>
    private async Task<NodeView?> TermsAsync() => ViewWire.Read<NodeView?[]>(await Register.TermsAsync(KeyWire.Write([key])))![0];

    private async Task<IEnumerable<int>> MirrorsAsync() => (await silo.Mirrors.OfAsync(key)).Union(ledger.MirrorsBefore);

    /// <summary>Opens the book, at the first report. Not beside a control command: it would take a limit that is being changed.</summary>
    private async Task OpenBookAsync()
    {
        await control.WaitAsync();
        try
        {
            if (ledger.IsOpen) return;
            var terms = await TermsAsync() ?? throw new InvalidOperationException($"{key} is not in the register, and a partition reports usage of it. Restore the database from a backup or a standby.");
            await KeepFollowingAsync(terms);
            await ledger.OpenAsync(terms.Limit);
        }
        finally
        {
            control.Release();
        }
    }

    private async Task<Outcome> CarryOutAsync(Payload command)
    {
        var asked = CommandWire.Read(command)[0];
        if (asked.Kind == CommandKind.Close && Array.Exists(await views.PartsAsync(), v => v is { FacilityCount: > 0 }))
            return new Outcome { Reason = Reason.NodeNotEmpty, Message = "facilities in some partitions still count here; close or move them first" };
        var isSpread = asked.Kind != CommandKind.SetLimit;
        if (isSpread) await ledger.SpreadAsync(command.Bytes);
        var outcome = new Outcome[1];
        OutcomeWire.Read(await Register.ExecuteAsync(command), outcome);
        if (outcome[0].Kind == OutcomeKind.Posted && isSpread) await TellMirrorsAsync(ForMirrors(command, asked), asked);
        if (outcome[0].Kind == OutcomeKind.Posted && asked.Control is SetVelocityLimit changed) await velocities.SettleAsync(changed.WindowSeconds, await MirrorsAsync());
        if (isSpread) await ledger.SpreadAsync([]);
        if (outcome[0].Kind == OutcomeKind.Posted && asked.Kind == CommandKind.SetLimit && await FollowLimitAsync())
            outcome[0].Message = "Recalling: grants above the new limit are on their way back; the old limit is in force until they fit.";
        return outcome[0];
    }

    /// <summary>Partitions get a velocity limit without any allowance: that they ask for.</summary>
    private static Payload ForMirrors(Payload command, in Command asked) => asked.Control is SetVelocityLimit limit
        ? CommandWire.Write([Command.Of(asked.Id, limit with { AmountMax = Math.Min(0, limit.AmountMax), CountMax = Math.Min(0, limit.CountMax) })]) : command;

    /// <summary>Carries out what an earlier activation, or a call that failed, left half-way; unless it is what is asked now.</summary>
    private async Task FinishSpreadingAsync(Payload? next = null)
    {
        if (ledger.Spreading.IsEmpty || (next is { } command && ledger.Spreading.Span.SequenceEqual(command.Bytes))) return;
        await CarryOutAsync(new Payload(ledger.Spreading.ToArray()));
    }

    /// <summary>Brings the book to the limit the register has, by command or by date.</summary>
    /// <returns>Whether grants must return first.</returns>
    private async Task<bool> FollowLimitAsync()
    {
        if (!ledger.IsOpen || await TermsAsync() is not { } terms) return false;
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

    /// <summary>Repeats a command in every partition with a row of this node. The same request id: however often it is told, it takes effect once.</summary>
    private async Task TellMirrorsAsync(Payload command, Command asked)
    {
        // Read after the register has it: a partition that is not in the list yet asks the register later.
        var outcomes = await Task.WhenAll((await MirrorsAsync()).Select(async p =>
        {
            var outcome = new Outcome[1];
            OutcomeWire.Read(await grains.Partition(p).ExecuteAsync(command), outcome);
            return (Partition: p, Outcome: outcome[0]);
        }));
        foreach (var (partition, outcome) in outcomes)
        {
            // A partition without the row takes the terms as they are then when it opens one.
            if (outcome.Kind == OutcomeKind.Posted || outcome.Reason is Reason.NoChange or Reason.UnknownNode) continue;
            silo.Options.Warn($"{asked.Kind} of {key}: partition {partition} answers {outcome.Reason} {outcome.Message}");
            if (outcome.Kind == OutcomeKind.Refused)
                throw new PartitionUnavailableException($"Partition {partition} does not take {asked.Kind} of {key} now: {outcome.Reason}. Send the same request again.");
        }
    }

    /// <summary>Says whether something is to be looked after.</summary>
    private void Watch() => shell.Watch(ledger.IsWaiting || hasDatedLimits || !ledger.Spreading.IsEmpty);

    /// <summary>Looks after what waits; every two seconds while the shell was told to.</summary>
    public async Task RemindAsync()
    {
        if (ledger.IsOpen && hasDatedLimits) await FollowLimitAsync();
        if (ledger.IsWaiting) await ledger.RemindAsync();
        if (ledger.Spreading.IsEmpty || !control.Wait(0))
        {
            Watch();
            return;
        }
        try
        {
            await FinishSpreadingAsync();
        }
        finally
        {
            control.Release();
            Watch();
        }
    }

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
