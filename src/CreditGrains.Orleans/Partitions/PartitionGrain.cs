using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Wire;
using Orleans.Concurrency;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// The grain of a partition. Reentrant: calls only queue what they bring, and <see cref="PartitionLoop"/> decides batch by batch in the grain's turns, so
/// callers that arrive during a flush share the next. Its opening raises the epoch; when the journal fails or a later epoch shows, it fails its callers and deactivates.
/// </summary>
[Reentrant]
[PartitionPlacement]
[GrainType("partition")]
internal sealed class PartitionGrain(SiloServices silo, PartitionHomes homes, PartitionHandover handover) : Grain, IPartitionGrain, IRemindable
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RemindEvery = TimeSpan.FromSeconds(2);
    private const string WakeReminder = "wake";

    private long epoch;
    private PartitionLoop loop = null!;
    private PartitionSnapshots snapshots = null!;
    private Signposts signposts = null!;
    private PartitionRetention retention = null!;
    private LeaseDesk? leases;
    private PartitionAnswers answers = null!;

    private int Number => checked((int)this.GetPrimaryKeyLong());

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyLong() is var number && (number < 0 || number > silo.Map.Count))
            throw new InvalidOperationException($"There is no partition {number}: this cluster has 0 to {silo.Map.Count}.");
        // First: a failure after the opening would leave its memory behind.
        await this.RegisterOrUpdateReminder(WakeReminder, WakeEvery, WakeEvery, cancellationToken);
        (var partition, epoch, var signposted) = await PartitionOpening.OpenAsync(silo, Number, RuntimeIdentity);
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var scheduler = TaskScheduler.Current;
        loop = new PartitionLoop(partition, new PartitionLoopOptions(silo.Options.Clock, PartitionOpening.FrameBytesMax, silo.Options.QueuedCommandsMax, silo.Options.Patience * 2), Failed);
        snapshots = new PartitionSnapshots(partition, silo.Options.SnapshotEveryBytes, silo.Snapshots,
            wake: () => Task.Factory.StartNew(loop.Start, CancellationToken.None, TaskCreationOptions.None, scheduler),
            durable: () => loop.LookAsync(_ => true),
            text => silo.Options.Warn($"Partition {Number}: {text}"));
        loop.Snapshots = snapshots;
        retention = new PartitionRetention(silo, Number, epoch, loop);
        signposts = new Signposts(signposted, Number);
        answers = new PartitionAnswers(Number, loop, snapshots, signposts, silo.Options.Clock);
        if (Number != PartitionMap.Register) AdmitByLeases();
        handover.Add(this, Number, end: () => Task.Factory.StartNew(loop.StopAsync, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap());
        loop.Start();
        this.RegisterGrainTimer(Tick, TickEvery, TickEvery);
        this.RegisterGrainTimer(Remind, RemindEvery, RemindEvery);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (loop is null) return;
        handover.Remove(this);
        await loop.StopAsync();
        snapshots.Abandon();
        loop.Partition.Dispose();
    }

    /// <inheritdoc/>
    public Task<Payload> ExecuteAsync(Payload commands) => loop.ExecuteAsync(CommandWire.Read(commands));

    /// <inheritdoc/>
    public Task<Payload> AskAsync(PartitionQuestion question) => answers.AnswerAsync(question);

    /// <inheritdoc/>
    public Task<Payload> TermsAsync(Payload nodes) => answers.NodesAsync(KeyWire.Read(nodes));

    /// <inheritdoc/>
    public async Task<int[]> SignpostAsync(Payload facilities, int[] homes)
    {
        var keys = KeyWire.Read(facilities);
        var unstored = signposts.Settle(keys, homes, key => loop.Partition.State.FindFacility(key) != 0);
        if (unstored.Count == 0) return homes;
        await silo.Signposts.WriteAsync(Number, epoch, SignpostRecords.Write(keys, homes, unstored));
        signposts.NoteStored(keys, homes, unstored);
        return homes;
    }

    /// <inheritdoc/>
    public Task TakeLeaseReplyAsync(Payload reply)
    {
        leases?.Receive(new HolderInput.TakeReply(LeaseWire.ReadReply(reply)!));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TakeLeaseRecallAsync(Payload recall)
    {
        leases?.Receive(new HolderInput.TakeRecall(LeaseWire.ReadRecall(recall)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    private void AdmitByLeases()
    {
        var own = new OwnCommands(Number, epoch);
        // What waits here for nearly as long as its caller does is refused while he still listens.
        leases = new LeaseDesk(loop, own, new LeaseDeskOptions(Number, epoch, silo.Options.CallTimeout.Ticks / 2 / TimeSpan.TicksPerMicrosecond, silo.Options.Clock, ReportAsync));
        var mirrors = new MirrorDesk(loop, own, AttachAsync, silo.Options.Warn, silo.Options.Clock);
        loop.Admission = new PartitionAdmission(loop, signposts, mirrors, leases);
    }

    private async Task<LeaseReply?> ReportAsync(LeaseReport report) =>
        LeaseWire.ReadReply(await GrainFactory.GetGrain<INodeGrain>(report.Node.ToString()).ReportAsync(LeaseWire.Write(report)));

    private async Task<NodeView?[]> AttachAsync(NodeKey[] nodes)
    {
        // Noted first: who changes terms from now on tells this partition.
        await silo.Mirrors.NoteAsync(Number, nodes);
        return ViewWire.Read<NodeView?[]>(await GrainFactory.GetGrain<IPartitionGrain>(PartitionMap.Register).TermsAsync(KeyWire.Write(nodes)))!;
    }

    private async Task Tick()
    {
        if (!loop.IsAlive)
        {
            // It has ended and is still here: whoever calls next opens it anew.
            DeactivateOnIdle();
            return;
        }
        loop.Tick();
        retention.Tick();
        if (!homes.ShouldLeave(Number)) return;
        // First: a call that waits for headroom would keep the activation here. Migration, for a caller who knew it here would open it here again.
        await loop.StopAsync();
        MigrateOnIdle();
    }

    private Task Remind()
    {
        leases?.Remind();
        return Task.CompletedTask;
    }

    private void Failed(Exception cause)
    {
        silo.Options.Warn($"Partition {Number} ends on this silo: {cause.Message}");
        DeactivateOnIdle();
    }
}
