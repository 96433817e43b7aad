using CreditGrains.Domain.Clocks;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// A partition's alerts: its desk watches the second book that follows the partition's durable journal. It judges rules about accounts, borrowers and loans by itself, and tells its parts of figures that other partitions
/// have too. All follows from journal and rules, so the next activation comes to the same; where older rows were deleted it begins at a snapshot, and does not know what stood between its two levels. Members belong to the partition's scheduler, but where they say otherwise.
/// </summary>
/// <param name="rules">At first.</param>
/// <param name="silo">What grains share.</param>
/// <param name="epoch">Names the desk: each activation has its own.</param>
/// <param name="durableSequence">Of the journal when the partition opened: alerts are told once it was looked at so far.</param>
internal sealed class PartitionAlerts(AlertRules rules, SiloServices silo, long epoch, long durableSequence)
{
    private readonly AlertDesk desk = new(rules, ClusterRules.IsShared);
    private bool isTaking;

    /// <summary>What watches the second book.</summary>
    public AlertDesk Desk => desk;

    /// <summary>Takes the rules that the silo has now; about once a second.</summary>
    public void Tick()
    {
        if (isTaking || ReferenceEquals(desk.Rules, silo.AlertRules)) return;
        isTaking = true;
        _ = TakeAsync(silo.AlertRules!);
    }

    /// <summary>The alerts raised here. Beside the turns: it waits for the one who follows.</summary>
    public Task<Payload> AlertsAsync(AlertAsk ask) => silo.Workers.Run(() => ViewWire.Write(desk.Report(ask.AsOfMicros, silo.Options.Clock.UnixMicros(), (book, _, moment) =>
        StateOf(moment) is { Fault: null } state ? AlertReport.Of(state, book, ask) : AlertReport.Nothing(StateOf(moment)))));

    /// <summary>The parts of figures that are added up elsewhere. Beside the turns.</summary>
    public Task<Payload> PartsAsync(AlertAsk ask) => silo.Workers.Run(() => ViewWire.Write(desk.Report(ask.AsOfMicros, silo.Options.Clock.UnixMicros(), (_, parts, moment) =>
    {
        var state = StateOf(moment);
        if (state.Fault is not null) return new AlertPartsReport(state, 0, true, [], 0);
        var told = parts.Tell(ask.Desk == state.Desk ? ask.Known : 0, out var isWhole);
        return new AlertPartsReport(state, parts.Told, isWhole, told, parts.Unwatched);
    })));

    /// <summary>What a silo without rules says.</summary>
    public static AlertDeskState NoRules { get; } = new(0, "", 0, 0, "its silo was started without alert rules; give every silo the same --alerts FILE");

    private AlertDeskState StateOf(AlertMoment moment) => new(
        epoch, ClusterRules.StampOf(moment.Rules), moment.Sequence, moment.Micros, moment.Fault ?? (moment.Sequence < durableSequence ? "it opened lately and its journal is still being read" : null));

    private async Task TakeAsync(AlertRules taken)
    {
        // Everything is looked at again, which may take a while.
        try
        {
            // A silo has many partitions: as few at once as follow their journals.
            await silo.Followers.WaitAsync();
            try
            {
                await silo.Workers.Run(() => desk.Use(taken));
            }
            finally
            {
                silo.Followers.Release();
            }
        }
        catch (Exception failure)
        {
            // Tried again by the next tick; until then silos with the new rules say that this one has others.
            silo.Options.Warn($"Other alert rules could not be taken; trying again. {failure.Message}");
        }
        isTaking = false;
    }
}
