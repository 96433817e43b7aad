using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Events;

/// <summary>
/// Reads durable events by sequence. Keeps the frame of the last one with the places of its events, so that reading on, as a
/// file sent again does, costs no look at the disk. One thread at a time.
/// </summary>
internal sealed class FrameEvents(IEventJournal journal) : IDisposable
{
    private readonly List<int> places = [];
    private PooledFrame? frame;

    /// <summary>Reads an event that the journal still holds.</summary>
    /// <param name="sequence">1 or more, durable.</param>
    /// <param name="e">Holds nothing of the frame.</param>
    /// <returns>False when no frame holds it.</returns>
    public bool TryRead(long sequence, out LedgerEvent e)
    {
        e = default;
        if (!Holds(sequence) && !Load(sequence)) return false;
        var payload = frame!.Payload.Span;
        var index = (int)(sequence - frame.Header.FirstSequence);
        while (places.Count <= index) places.Add(places[^1] + EventCodec.LengthOf(payload[places[^1]..]));
        payload = payload[places[index]..];
        EventCodec.Read(payload[..EventCodec.LengthOf(payload)], sequence, frame.Header.RecordedAt, out e);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        frame?.Dispose();
        frame = null;
    }

    private bool Holds(long sequence) => frame is not null && sequence >= frame.Header.FirstSequence && sequence < frame.Header.NextSequence;

    private bool Load(long sequence)
    {
        Dispose();
        frame = journal.ReadFrameContaining(sequence);
        places.Clear();
        places.Add(0);
        return Holds(sequence);
    }
}
