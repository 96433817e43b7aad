using System.Buffers.Binary;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// The events of a second book for as long as it runs: what bounces, is undone or was referred is read back from here. Kept in a file of the system's temporary
/// directory that has no name any more once it is open, so nothing of it outlives the process. One thread.
/// </summary>
internal sealed class ScratchJournal(int frameBytesMax) : IDecisionReader, IDisposable
{
    private const int BlockBytes = 64 << 10;

    // Of a frame in a block: its first sequence, its time, the length of its events.
    private const int HeaderBytes = 20;

    private readonly FrameBuffer open = new(frameBytesMax);
    private readonly List<(long FirstSequence, long Offset)> blocks = [];
    private readonly FileStream file = Create();
    private readonly byte[] header = new byte[HeaderBytes];
    private byte[] block = new byte[BlockBytes];
    private int blockLength;
    private long blockFirst;
    private byte[] read = [];
    private int readBlock = -1;
    private long openFirst;
    private long openAtMicros;

    /// <summary>Bytes that were written to the file.</summary>
    public long FileBytes => file.Position;

    /// <summary>Keeps the frame that was open and opens the next.</summary>
    /// <param name="firstSequence">Of its first event: one after the last of those before.</param>
    /// <param name="nowMicros">Writer time; an earlier one than before counts as that.</param>
    /// <returns>The frame to write to, empty.</returns>
    /// <exception cref="IOException">The temporary directory has no room.</exception>
    public FrameBuffer Open(long firstSequence, long nowMicros)
    {
        if (open.Length > 0) Keep();
        open.Clear();
        (openFirst, openAtMicros) = (firstSequence, Math.Max(openAtMicros, nowMicros));
        return open;
    }

    /// <summary>Hands out the events of the open frame, in order.</summary>
    public void ReadOpen(Action<LedgerEvent> take)
    {
        var sequence = openFirst;
        for (var rest = (ReadOnlySpan<byte>)open.Payload; !rest.IsEmpty; rest = rest[EventCodec.LengthOf(rest)..])
        {
            EventCodec.Read(rest[..EventCodec.LengthOf(rest)], sequence++, openAtMicros, out var e);
            take(e);
        }
    }

    /// <inheritdoc/>
    public bool TryRead(long sequence, out LedgerEvent e)
    {
        e = default;
        if (sequence < 1) return false;
        if (sequence >= openFirst) return TryReadIn(open.Payload, openFirst, openAtMicros, sequence, out e);
        if (blockLength > 0 && sequence >= blockFirst) return TryReadBlock(block.AsSpan(0, blockLength), sequence, out e);
        var place = blocks.BinarySearch((sequence, long.MaxValue));
        place = (place < 0 ? ~place : place) - 1;
        return place >= 0 && TryReadBlock(Load(place), sequence, out e);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var created = new FileStream(path, options);
        // A file without a name goes with the process, however that ends.
        File.Delete(path);
        return created;
    }

    private void Keep()
    {
        if (blockLength > 0 && blockLength + HeaderBytes + open.Length > block.Length) WriteBlock();
        if (blockLength == 0) blockFirst = openFirst;
        if (block.Length < HeaderBytes + open.Length) block = new byte[HeaderBytes + open.Length];
        BinaryPrimitives.WriteInt64LittleEndian(header, openFirst);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), openAtMicros);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), open.Length);
        header.CopyTo(block.AsSpan(blockLength));
        open.Payload.CopyTo(block.AsSpan(blockLength + HeaderBytes));
        blockLength += HeaderBytes + open.Length;
    }

    private void WriteBlock()
    {
        blocks.Add((blockFirst, file.Position));
        file.Write(block, 0, blockLength);
        blockLength = 0;
    }

    private ReadOnlySpan<byte> Load(int place)
    {
        if (place == readBlock) return read;
        var end = place + 1 < blocks.Count ? blocks[place + 1].Offset : file.Position;
        read = new byte[end - blocks[place].Offset];
        readBlock = place;
        for (var done = 0; done < read.Length;)
        {
            var count = RandomAccess.Read(file.SafeFileHandle, read.AsSpan(done), blocks[place].Offset + done);
            if (count == 0) throw new EndOfStreamException("the temporary file of a backtest is shorter than what was written to it; start the backtest again");
            done += count;
        }

        return read;
    }

    private static bool TryReadBlock(ReadOnlySpan<byte> frames, long sequence, out LedgerEvent e)
    {
        e = default;
        var found = ReadOnlySpan<byte>.Empty;
        while (!frames.IsEmpty && BinaryPrimitives.ReadInt64LittleEndian(frames) <= sequence)
        {
            var length = HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(frames[16..]);
            found = frames[..length];
            frames = frames[length..];
        }

        return !found.IsEmpty
            && TryReadIn(found[HeaderBytes..], BinaryPrimitives.ReadInt64LittleEndian(found), BinaryPrimitives.ReadInt64LittleEndian(found[8..]), sequence, out e);
    }

    private static bool TryReadIn(ReadOnlySpan<byte> events, long first, long atMicros, long sequence, out LedgerEvent e)
    {
        e = default;
        for (var at = first; !events.IsEmpty; at++)
        {
            var length = EventCodec.LengthOf(events);
            if (at == sequence)
            {
                EventCodec.Read(events[..length], sequence, atMicros, out e);
                return true;
            }
            events = events[length..];
        }

        return false;
    }
}
