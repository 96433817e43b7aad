using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.ModelTests;

/// <summary>The model made to decide: what an engine without tables, journal or speed would do. Tries out model and workload.</summary>
internal sealed class ModelEngine(int regraphFacilitiesMax = 10_000)
{
    public ReferenceModel Model { get; } = new(regraphFacilitiesMax);

    public List<EventRecord> Journal { get; } = [];

    public Outcome Execute(in Command command, long clock)
    {
        long now = Math.Max(clock, Model.World.LastRecordedAt);
        Admission admission = Model.Admit(command, now);
        if (admission.Reason != Reason.None) return new Outcome { Kind = OutcomeKind.Refused, Reason = admission.Reason, RecordedAtMicros = now };
        if (admission.Earlier is { } earlier) return Answer(earlier.Event, isDuplicate: true);
        EndDue(command, now);
        EventRecord journaled = Model.Expect(command, now);
        Journal.Add(journaled);
        return Answer(journaled, isDuplicate: false);
    }

    private void EndDue(in Command command, long now)
    {
        if (Model.World.Tombstones.Contains((command.Facility.Tenant, command.Id))) return;
        Entry? original = command.Kind == CommandKind.Reverse ? Model.World.Ids.GetValueOrDefault((command.Facility.Tenant, command.Original)) : null;
        ModelFacility? worked = original is null ? Model.World.Facility(command.Facility) : original.Facility;
        if (worked is not { } facility) return;
        foreach ((CommandKind kind, var key, long reference) in new OwnActs(Model.World, now).Due(facility).ToList())
        {
            Journal.Add(Model.ExpectEngine(kind, key, reference, now));
        }
    }

    private static Outcome Answer(EventRecord journaled, bool isDuplicate)
    {
        bool isControl = journaled.Control is not null;
        return new Outcome
        {
            Kind = journaled.Outcome,
            Duplicate = isDuplicate,
            Reason = journaled.Reason,
            Sequence = journaled.Sequence,
            RecordedAtMicros = journaled.RecordedAtMicros,
            Amount = journaled.Amount,
            ExpiresAtMicros = journaled.ExpiresAtMicros,
            Balances = isControl ? default : journaled.Balances,
            Headroom = isControl ? 0 : journaled.Headroom,
            Limits = journaled.Limits.Count == 0 ? null : [.. journaled.Limits],
        };
    }
}
