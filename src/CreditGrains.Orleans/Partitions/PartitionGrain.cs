using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Wire;
using Orleans.Concurrency;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// The grain of a partition: passes calls on to <see cref="PartitionHost"/>, whose turns are the grain's. Reentrant: calls only queue what they bring, so callers that arrive
/// during a flush share the next. When the journal fails or a later epoch shows, it fails its callers and deactivates.
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

    private PartitionHost host = null!;

    private int Number => checked((int)this.GetPrimaryKeyLong());

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyLong() is var number && (number < 0 || number > silo.Map.Count))
            throw new InvalidOperationException($"There is no partition {number}: this cluster has 0 to {silo.Map.Count}.");
        // First: a failure after the opening would leave its memory behind.
        await this.RegisterOrUpdateReminder(WakeReminder, WakeEvery, WakeEvery, cancellationToken);
        host = await PartitionHost.OpenAsync(silo, new OrleansGrains(GrainFactory), Number, RuntimeIdentity, Failed);
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var scheduler = TaskScheduler.Current;
        handover.Add(this, Number, end: () => scheduler.Run(host.StopAsync));
        this.RegisterGrainTimer(Tick, TickEvery, TickEvery);
        this.RegisterGrainTimer(Remind, RemindEvery, RemindEvery);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (host is null) return;
        handover.Remove(this);
        await host.CloseAsync();
    }

    /// <inheritdoc/>
    public Task<Payload> ExecuteAsync(Payload commands) => host.ExecuteAsync(commands);

    /// <inheritdoc/>
    public Task<Payload> AskAsync(PartitionQuestion question) => host.AskAsync(question);

    /// <inheritdoc/>
    public Task<Payload> AskLongAsync(PartitionQuestion question) => host.AskAsync(question);

    /// <inheritdoc/>
    public Task<Payload> PoolAsync(Payload request) => host.PoolAsync(request);

    /// <inheritdoc/>
    public Task<Payload> RiskAsync(Payload request) => host.RiskAsync(request);

    /// <inheritdoc/>
    public Task<Payload> TermsAsync(Payload nodes) => host.TermsAsync(nodes);

    /// <inheritdoc/>
    public Task<int[]> SignpostAsync(Payload facilities, int[] homes) => host.SignpostAsync(facilities, homes);

    /// <inheritdoc/>
    public Task TakeLeaseReplyAsync(Payload reply)
    {
        host.Receive(new HolderInput.TakeReply(LeaseWire.ReadReply(reply)!));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TakeLeaseRecallAsync(Payload recall)
    {
        host.Receive(new HolderInput.TakeRecall(LeaseWire.ReadRecall(recall)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<Payload> GiveBackVelocityAsync(Payload asked) => host.GiveBackVelocityAsync(asked);

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    private async Task Tick()
    {
        if (!host.IsAlive)
        {
            // It has ended and is still here: whoever calls next opens it anew.
            DeactivateOnIdle();
            return;
        }
        host.Tick();
        if (!homes.ShouldLeave(Number)) return;
        // First: a call that waits for headroom would keep the activation here. Migration, for a caller who knew it here would open it here again.
        await host.StopAsync();
        MigrateOnIdle();
    }

    private Task Remind()
    {
        host.Remind();
        return Task.CompletedTask;
    }

    private void Failed(Exception cause)
    {
        silo.Options.Warn($"Partition {Number} ends on this silo: {cause.Message}");
        DeactivateOnIdle();
    }
}
