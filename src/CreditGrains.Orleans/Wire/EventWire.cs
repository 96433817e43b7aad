using CreditGrains.Engine.Events;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Orleans.Wire;

/// <summary>Journaled events between silos: the bytes of the journal itself with sequence and writer time.</summary>
internal static class EventWire
{
    /// <summary>Writes events.</summary>
    public static Payload Write(IReadOnlyList<LedgerEvent> events, long next)
    {
        var buffer = new WireBuffer();
        var first = buffer.Writer(10);
        first.Signed(next);
        buffer.Advance(first.Length);
        buffer.Number(events.Count);
        var bytes = events.Count > 0 ? new byte[EventCodec.LengthMax] : [];
        foreach (var e in events)
        {
            var length = EventCodec.Write(e, bytes);
            var w = buffer.Writer(32 + length);
            w.Signed(e.Sequence);
            w.Signed(e.RecordedAtMicros);
            w.Unsigned((ulong)length);
            w.Bytes(bytes.AsSpan(0, length));
            buffer.Advance(w.Length);
        }
        return buffer.ToPayload();
    }

    /// <summary>Says that what was asked for was deleted: the oldest sequence kept.</summary>
    public static Payload NotKept(long oldest) => Write([], -oldest);

    /// <summary>Reads events.</summary>
    /// <param name="payload">What was written.</param>
    /// <param name="next">The number given with them.</param>
    /// <exception cref="JournalException">They were deleted (<see cref="JournalErrorCode.NotRetained"/>).</exception>
    public static List<EventRecord> Read(Payload payload, out long next)
    {
        var r = new EventReader(payload.Bytes);
        next = r.Signed();
        if (next < 0) throw new JournalException(JournalErrorCode.NotRetained, $"Events this old were deleted, as the cluster is told to keep only so much of its journal. The oldest one kept of this partition is {-next}.");
        var events = new List<EventRecord>();
        for (var left = r.Int(); left > 0; left--)
        {
            var (sequence, recordedAt) = (r.Signed(), r.Signed());
            EventCodec.Read(r.Bytes(r.Int()), sequence, recordedAt, out var e);
            events.Add(EventRecords.Of(e));
        }
        return events;
    }
}
