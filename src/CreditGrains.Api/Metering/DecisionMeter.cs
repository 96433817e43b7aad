using System.Diagnostics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Metering;

/// <summary>
/// Counts what this process answered: commands by outcome, reasons, repeats, and how long answers took. A few increments a command, off the writer. Counts rise from 0 when the
/// process starts; on a cluster they are those of this silo.
/// </summary>
public sealed class DecisionMeter
{
    /// <summary>Tenants counted apart; those that come later are counted only in the sum.</summary>
    public const int TenantsMax = 256;

    private readonly MeterCells others = new();
    private readonly MeterCells?[] tenants = new MeterCells?[ushort.MaxValue + 1];
    private readonly Lock opening = new();
    private int tenantCount;

    /// <summary>Notes the answer to one command.</summary>
    /// <param name="tenant">Of the command.</param>
    /// <param name="kind">Of the command.</param>
    /// <param name="outcome">Its answer.</param>
    /// <param name="startedAt"><see cref="Stopwatch.GetTimestamp"/> when it was handed to the engine.</param>
    internal void Note(ushort tenant, CommandKind kind, in Outcome outcome, long startedAt)
    {
        var cells = CellsOf(tenant);
        cells.Add(MeterPlaces.OfOutcome(kind, outcome.Kind), 1);
        if (outcome.Duplicate) cells.Add(MeterPlaces.Repeats, 1);
        if (outcome.Reason != Reason.None) cells.Add(MeterPlaces.OfReason(outcome.Reason), 1);
        cells.Add(MeterPlaces.OfLatency(MicrosSince(startedAt)), 1);
    }

    /// <summary>Notes the answers to one submission; runs of equal ones cost one increment.</summary>
    internal void Note(ReadOnlySpan<Command> commands, ReadOnlySpan<Outcome> outcomes, long startedAt)
    {
        var latency = MeterPlaces.OfLatency(MicrosSince(startedAt));
        var from = 0;
        for (var i = 1; i <= commands.Length; i++)
        {
            if (i < commands.Length && IsAlike(commands[i], outcomes[i], commands[from], outcomes[from])) continue;
            var cells = CellsOf(commands[from].Facility.Tenant);
            cells.Add(MeterPlaces.OfOutcome(commands[from].Kind, outcomes[from].Kind), i - from);
            if (outcomes[from].Duplicate) cells.Add(MeterPlaces.Repeats, i - from);
            if (outcomes[from].Reason != Reason.None) cells.Add(MeterPlaces.OfReason(outcomes[from].Reason), i - from);
            cells.Add(latency, i - from);
            from = i;
        }
    }

    /// <summary>All counts now.</summary>
    public MeterReading Read()
    {
        var sums = new long[MeterPlaces.Count];
        others.AddTo(sums);
        for (var i = 0; i < tenants.Length; i++) Volatile.Read(ref tenants[i])?.AddTo(sums);
        return new MeterReading(sums);
    }

    /// <summary>The counts of one tenant now.</summary>
    public MeterReading Read(ushort tenant)
    {
        var sums = new long[MeterPlaces.Count];
        Volatile.Read(ref tenants[tenant])?.AddTo(sums);
        return new MeterReading(sums);
    }

    private static bool IsAlike(in Command one, in Outcome answer, in Command other, in Outcome otherAnswer) =>
        one.Kind == other.Kind && one.Facility.Tenant == other.Facility.Tenant && answer.Kind == otherAnswer.Kind && answer.Reason == otherAnswer.Reason
        && answer.Duplicate == otherAnswer.Duplicate;

    private static long MicrosSince(long startedAt) => (long)Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds;

    private MeterCells CellsOf(ushort tenant) => Volatile.Read(ref tenants[tenant]) ?? Open(tenant);

    // The number of tenants a caller may name is large, and each has kilobytes of counters: so it is bounded.
    private MeterCells Open(ushort tenant)
    {
        if (Volatile.Read(ref tenantCount) >= TenantsMax) return others;
        lock (opening)
        {
            if (tenants[tenant] is { } there) return there;
            if (tenantCount >= TenantsMax) return others;
            tenantCount++;
            var cells = new MeterCells();
            Volatile.Write(ref tenants[tenant], cells);
            return cells;
        }
    }
}
