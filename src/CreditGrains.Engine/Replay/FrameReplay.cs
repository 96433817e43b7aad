using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Replay;

/// <summary>Applies the events of frames. Events are read a few places ahead, so that their rows are loaded while those before them are applied.</summary>
internal sealed class FrameReplay(Executor executor)
{
    private const int Lead = RowPrefetch.Lead;
    private readonly LedgerEvent[] ahead = new LedgerEvent[Lead];

    /// <summary>Applies the events of a frame that are newer than the executor's.</summary>
    public void Apply(Frame frame)
    {
        var payload = frame.Payload;
        var next = frame.Header.FirstSequence;
        for (; next <= executor.LastSequence && !payload.IsEmpty; next++) payload = payload[EventCodec.LengthOf(payload)..];
        var read = 0;
        var applied = 0;
        while (!payload.IsEmpty || applied < read)
        {
            if (payload.IsEmpty)
            {
                executor.Advance();
            }
            else
            {
                var length = EventCodec.LengthOf(payload);
                // The place of the one applied a moment ago.
                ref var e = ref ahead[read++ % Lead];
                EventCodec.Read(payload[..length], next++, frame.Header.RecordedAt, out e);
                executor.Announce(e);
                payload = payload[length..];
                if (read - applied < Lead && !payload.IsEmpty) continue;
            }
            executor.Replay(ahead[applied++ % Lead]);
        }
    }
}
