namespace CreditGrains.Engine.Journal;

/// <summary>A second destination for frames, beside the local disk. Called by the flusher only, after the local sync.</summary>
public interface IFrameSink : IDisposable
{
    /// <summary>Whether a frame would be taken now; false makes the writer refuse before deciding.</summary>
    bool IsAccepting { get; }

    /// <summary>Returns once the frame is durable at the destination, or need not be.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="raw">The frame as stored; valid during the call only.</param>
    /// <exception cref="JournalException">The destination is lost and required; the writer is then poisoned.</exception>
    void Append(FrameHeader header, ReadOnlySpan<byte> raw);
}
