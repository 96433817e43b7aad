using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Orleans.Wire;

/// <summary>Journaled events between silos: the bytes of the journal itself with sequence and writer time.</summary>
internal static class EventWire
{
    /// <summary>Writes events.</summary>
    public static Payload Write(IReadOnlyList<LedgerEvent> events, long next)
    {
        var buffer = new WireBuffer();
        buffer.Number(next);
        buffer.Number(events.Count);
        foreach (var e in events)
        {
            var bytes = new byte[EventCodec.LengthMax];
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

    /// <summary>Reads events.</summary>
    /// <param name="payload">What was written.</param>
    /// <param name="next">The number given with them.</param>
    public static List<EventRecord> Read(Payload payload, out long next)
    {
        var r = new EventReader(payload.Bytes);
        next = r.Long();
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
