namespace CreditGrains.Orleans.Journal;

/// <summary>The last frames appended, so that a retry soon after its first answer costs no look at the database. Any thread.</summary>
internal sealed class RecentFrames
{
    private const int BytesMax = 1 << 20;
    private readonly Lock gate = new();
    private readonly Queue<(long Sequence, byte[] Frame)> frames = new();
    private long nextSequence;
    private int bytes;

    /// <summary>Keeps a frame and lets the oldest go.</summary>
    public void Add(long firstSequence, byte[] frame)
    {
        lock (gate)
        {
            frames.Enqueue((firstSequence, frame));
            nextSequence = Engine.Journal.FrameHeader.Read(frame).NextSequence;
            bytes += frame.Length;
            while (bytes > BytesMax) bytes -= frames.Dequeue().Frame.Length;
        }
    }

    /// <summary>The frame that holds a sequence and those after it; none when it is gone or not there yet.</summary>
    public byte[][] From(long sequence)
    {
        lock (gate)
        {
            if (frames.Count == 0 || sequence >= nextSequence || frames.Peek().Sequence > sequence) return [];
            var first = frames.TakeWhile(frame => frame.Sequence <= sequence).Count() - 1;
            return [.. frames.Skip(first).Select(frame => frame.Frame)];
        }
    }

    /// <summary>The frame that holds a sequence; null when it is gone.</summary>
    public byte[]? Find(long sequence)
    {
        lock (gate)
        {
            if (frames.Count == 0 || sequence >= nextSequence) return null;
            byte[]? found = null;
            foreach (var (first, frame) in frames)
            {
                if (first > sequence) break;
                found = frame;
            }
            return found;
        }
    }
}
