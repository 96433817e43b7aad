namespace CreditGrains.Engine.Journal;

/// <summary>A second destination for frames, beside the local disk. Called by the flusher only, after the local sync.</summary>
public interface IFrameSink : IDisposable
{
    /// <summary>Whether a frame would be taken now. Any thread.</summary>
    bool IsAccepting { get; }

    /// <summary>True once the frame is durable at the destination, false when the destination is lost.</summary>
    /// <param name="raw">The frame as stored; valid during the call only.</param>
    /// <exception cref="JournalException">The destination has seen a later epoch: this writer must stop and is poisoned.</exception>
    bool TryAppend(ReadOnlySpan<byte> raw);
}
