namespace CreditGrains.Engine.Journal;

/// <summary>A verified frame in a reader's buffer; valid until that reader moves on.</summary>
public readonly ref struct Frame
{
    internal Frame(FrameHeader header, ReadOnlySpan<byte> raw)
    {
        Header = header;
        Raw = raw;
    }

    /// <summary>Sequence, epoch, time and chain hash.</summary>
    public FrameHeader Header { get; }

    /// <summary>The frame exactly as stored: header, payload, trailer, padding.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>The events, opaque here.</summary>
    public ReadOnlySpan<byte> Payload => Raw.Slice(FrameLayout.HeaderBytes, Header.PayloadLength);
}

/// <summary>Receives frames in order. What it throws ends the reading and reaches the caller.</summary>
/// <param name="frame">Valid during the call only.</param>
public delegate void FrameVisitor(Frame frame);

/// <summary>Looks at a frame and says whether to show the next.</summary>
/// <returns>False when it has seen enough.</returns>
public delegate bool FrameFilter(Frame frame);
