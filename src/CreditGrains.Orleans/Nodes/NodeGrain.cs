using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;
using Orleans.Concurrency;

namespace CreditGrains.Orleans.Nodes;

/// <summary>The grain of a shared node: passes calls on to <see cref="NodeHost"/>. Reentrant: what arrives during a write shares the next.</summary>
[Reentrant]
[GrainType("node")]
internal sealed partial class NodeGrain : Grain, IRemindable, INodeShell, IDisposable, IEnterpriseGrain, IObligorGroupGrain, IProductGrain, IIndustryGrain, IRegionGrain, IFunderGrain, IPortfolioGrain, IPoolGrain
{
    private const string LimitReminder = "limit";
    private static readonly TimeSpan RemindEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMinutes(1);
    private readonly NodeHost host;
    private readonly SiloServices silo;
    private IGrainTimer? watch;

    public NodeGrain([PersistentState("book", NodeLedger.StorageName)] IPersistentState<NodeState> state, SiloServices silo)
    {
        this.silo = silo;
        host = new NodeHost(NodeKeyText.Parse(this.GetPrimaryKeyString()), state, silo, new OrleansGrains(GrainFactory), this);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken) => host.OpenAsync();

    /// <inheritdoc/>
    public Task<NodeStanding?> GetStandingAsync() => host.GetStandingAsync();

    /// <inheritdoc/>
    public Task<Payload> ExecuteAsync(Payload command) => host.ExecuteAsync(command);

    /// <inheritdoc/>
    public Task<Payload> ViewAsync() => host.ViewAsync();

    /// <inheritdoc/>
    public Task<Payload> ViewAsOfAsync(long asOfMicros) => host.ViewAsOfAsync(asOfMicros);

    /// <inheritdoc/>
    public Task<Payload> VelocityAsync(Payload ask) => host.VelocityAsync(ask);

    /// <inheritdoc/>
    public Task<Payload> ReportAsync(Payload report) => host.ReportAsync(report);

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => host.WakeAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        host.Dispose();
        gate?.Dispose();
    }

    /// <inheritdoc/>
    void INodeShell.Watch(bool isOn)
    {
        if (isOn) watch ??= this.RegisterGrainTimer(host.RemindAsync, RemindEvery, RemindEvery);
        else
        {
            watch?.Dispose();
            watch = null;
        }
    }

    /// <inheritdoc/>
    async Task INodeShell.KeepAwakeAsync(bool isOn)
    {
        if (isOn) await this.RegisterOrUpdateReminder(LimitReminder, WakeEvery, WakeEvery);
        else if (await this.GetReminder(LimitReminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    /// <inheritdoc/>
    void INodeShell.Leave(Exception cause) => DeactivateOnIdle();
}
