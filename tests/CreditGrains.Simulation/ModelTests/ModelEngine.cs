using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
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
        if (admission.IsBarred)
        {
            EventRecord barring = admission.Earlier!.Event;
            return new Outcome { Kind = OutcomeKind.Declined, Reason = Reason.Tombstoned, Sequence = barring.Sequence, RecordedAtMicros = barring.RecordedAtMicros };
        }
        if (admission.Reason != Reason.None) return new Outcome { Kind = OutcomeKind.Refused, Reason = admission.Reason, RecordedAtMicros = now };
        if (admission.Earlier is { } earlier) return Answer(earlier.Event, isDuplicate: true);
        EndDue(command, now);
        EventRecord journaled = Model.Expect(command, now);
        Journal.Add(journaled);
        return Answer(journaled, isDuplicate: false);
    }

    /// <summary>Moves up to so many facilities that wait for it; none ends the change.</summary>
    public void Slice(int length)
    {
        if (!Model.IsRegraphing) return;
        NodeKey[] moved = [.. Model.World.Nodes.Values.OfType<ModelFacility>().Where(each => each.CountedPath is not null).Take(length).Select(each => each.Key)];
        var slice = new EventRecord
        {
            Sequence = Model.World.LastSequence + 1,
            RecordedAtMicros = Model.World.LastRecordedAt,
            Kind = CommandKind.RegraphSlice,
            Outcome = OutcomeKind.Posted,
            Regraphed = moved,
        };
        Model.Observe(slice);
        Journal.Add(slice);
    }

    private void EndDue(in Command command, long now)
    {
        bool isBarred = Model.World.Tombstones.ContainsKey((command.Facility.Tenant, command.Id));
        Entry? original = command.Kind == CommandKind.Reverse && !isBarred ? Model.World.Ids.GetValueOrDefault((command.Facility.Tenant, command.Original)) : null;
        ModelFacility? worked = Model.World.Facility(original is null ? command.Facility : original.Event.Key);
        if (worked is not { } facility) return;
        foreach ((CommandKind kind, var key, long reference) in new OwnActs(Model.World, now).Due(facility).ToList())
        {
            Journal.Add(Model.ExpectEngine(kind, key, reference, now));
        }
    }

    private static Outcome Answer(EventRecord journaled, bool isDuplicate)
    {
        return new Outcome
        {
            Kind = journaled.Outcome,
            Duplicate = isDuplicate,
            Reason = journaled.Reason,
            Sequence = journaled.Sequence,
            RecordedAtMicros = journaled.RecordedAtMicros,
            Amount = journaled.Amount,
            ExpiresAtMicros = journaled.ExpiresAtMicros,
            Balances = journaled.Balances,
            Headroom = journaled.Headroom,
            Limits = journaled.Limits.Count == 0 ? null : [.. journaled.Limits],
        };
    }
}
