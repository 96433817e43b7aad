using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Clients;

namespace CreditGrains.Simulation.Harness;

/// <summary>One decided batch on its way to the disk: what was submitted, what was answered, and the events, read off its frame.</summary>
internal sealed class Turn(DecidedBatch batch, Submission[] submissions, Outcome[] outcomes, bool isClockStepPending)
{
    public DecidedBatch Batch => batch;

    public Submission[] Submissions => submissions;

    /// <summary>As the engine gave them; repeats are completed after the flush.</summary>
    public Outcome[] Outcomes => outcomes;

    /// <summary>Whether requests were refused for an unconfirmed step of the clock.</summary>
    public bool IsClockStepPending => isClockStepPending;

    public long RecordedAtMicros { get; } = batch.RecordedAtMicros;

    public long FirstSequence { get; } = batch.FirstSequence;

    public long LastSequence { get; } = batch.FirstSequence + batch.EventCount - 1;

    public IReadOnlyList<EventRecord> Events { get; } = Read(batch);

    /// <summary>Reads taken within the batch; they wait for its flush.</summary>
    public List<FacilityView> Reads { get; } = [];

    /// <summary>The command behind an event of this batch; null for the engine's own acts.</summary>
    public Command? CommandOf(EventRecord journaled)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            Command command = submissions[i].Command;
            if (!outcomes[i].Duplicate && outcomes[i].Sequence == journaled.Sequence && command.Id == journaled.Id) return command;
        }
        return null;
    }

    private static List<EventRecord> Read(DecidedBatch batch)
    {
        List<EventRecord> events = [];
        ReadOnlySpan<byte> payload = batch.Frame.Payload;
        for (long sequence = batch.FirstSequence; !payload.IsEmpty; sequence++)
        {
            int length = EventCodec.LengthOf(payload);
            EventCodec.Read(payload[..length], sequence, batch.RecordedAtMicros, out LedgerEvent e);
            events.Add(EventRecords.Of(e));
            payload = payload[length..];
        }
        return events;
    }
}
