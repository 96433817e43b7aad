using System.Diagnostics.Metrics;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Server.Telemetry;

/// <summary>
/// The engine's figures as metrics, read when they are asked for: nothing is counted on the decision path for them. The list with meanings is docs/telemetry.md, and a test
/// holds the two together.
/// </summary>
internal sealed class EngineMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CreditGrains";

    private readonly Meter meter = new(MeterName);
    private readonly Func<EngineStatus?> latest;

    /// <param name="latest">The status asked for last; null before the first.</param>
    /// <param name="alerts">Alerts beside the engine; null for none.</param>
    public EngineMetrics(Func<EngineStatus?> latest, IAlertDesk? alerts = null)
    {
        this.latest = latest;
        Count("creditgrains.journal.events", "{event}", "Events journaled: the sequence of the last.", status => status.LastSequence);
        Count("creditgrains.journal.written", "By", "Bytes appended to the journal since the engine opened.", status => status.JournalBytes);
        Count("creditgrains.journal.flushes", "{flush}", "Syncs of the journal since the engine opened.", status => status.FlushCount);
        Show("creditgrains.journal.unsnapshotted", "{event}", "Events since the newest snapshot: what a restart replays.", status => status.LastSequence - status.SnapshotSequence);
        Show("creditgrains.facilities", "{facility}", "Facilities.", status => status.FacilityCount);
        Show("creditgrains.nodes", "{node}", "Limit nodes, without facilities.", status => status.NodeCount);
        Show("creditgrains.items.open", "{item}", "Open holds, floats and referrals.", status => status.OpenItemCount);
        Show("creditgrains.queue.length", "{command}", "Commands that wait to be decided; 131,072 is full.", status => status.QueueLength);
        Show("creditgrains.serving", "{state}", "1 while the engine decides, 0 when it has a fault.", status => status.Fault is null ? 1 : 0);
        Show("creditgrains.clock_step.pending", "{state}", "1 while approvals wait for the clock to be confirmed.", status => status.ClockStepPending ? 1 : 0);
        meter.CreateObservableGauge("creditgrains.standby.in_step", Standby, "{state}", "1 while the standby has every decision, 0 when it lags or is lost; not there when none is configured.");
        meter.CreateObservableGauge("creditgrains.alerts.raised", () => Raised(alerts), "{alert}", "Alerts that stand, by severity; not there without alert rules.");
        meter.CreateObservableCounter("creditgrains.alerts.changes", () => Changes(alerts), "{change}", "Alerts raised and cleared since the process started; not there without alert rules.");
        meter.CreateObservableGauge("creditgrains.alerts.followed", () => Followed(alerts), "{event}", "Event up to which alerts have looked at the journal; not there without alert rules.");
    }

    public void Dispose() => meter.Dispose();

    private void Count(string name, string unit, string meaning, Func<EngineStatus, long> value) => meter.CreateObservableCounter(name, () => Read(value), unit, meaning);

    private void Show(string name, string unit, string meaning, Func<EngineStatus, long> value) => meter.CreateObservableGauge(name, () => Read(value), unit, meaning);

    private IEnumerable<Measurement<long>> Read(Func<EngineStatus, long> value) => latest() is { } status ? [new Measurement<long>(value(status))] : [];

    private static IEnumerable<Measurement<long>> Raised(IAlertDesk? alerts) => alerts?.Read(0, 0) is not { } view ? [] :
    [
        new(view.Info, new KeyValuePair<string, object?>("severity", "info")),
        new(view.Warning, new KeyValuePair<string, object?>("severity", "warning")),
        new(view.Critical, new KeyValuePair<string, object?>("severity", "critical")),
    ];

    private static IEnumerable<Measurement<long>> Changes(IAlertDesk? alerts) => alerts is null ? [] : [new Measurement<long>(alerts.Read(0, 0).Changes)];

    private static IEnumerable<Measurement<long>> Followed(IAlertDesk? alerts) => alerts is null ? [] : [new Measurement<long>(alerts.Read(0, 0).Sequence)];

    private IEnumerable<Measurement<long>> Standby() =>
        latest() is { Standby: { } standby } ? [new Measurement<long>(standby.State == StandbyState.InStep ? 1 : 0)] : [];
}
