using CreditGrains.Engine.Journal;

namespace CreditGrains.Orleans.Tests.Security;

/// <summary>Changes a journal row and makes its checksum and chain right, as an administrator would who knows the format.</summary>
internal static class FrameForger
{
    /// <summary>Moves the moment of a frame and chains it to another before it.</summary>
    /// <returns>The chain after it.</returns>
    public static ChainHash Mend(byte[] frame, ChainHash before, long shiftMicros)
    {
        var header = FrameHeader.Read(frame);
        header = header with { RecordedAt = header.RecordedAt + shiftMicros };
        header.Write(frame);
        header = header with { Chain = ChainHash.Extend(before, frame, header.PayloadLength) };
        header.Write(frame);
        return header.Chain;
    }
}
