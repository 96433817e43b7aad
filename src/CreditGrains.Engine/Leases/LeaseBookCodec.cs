using System.Buffers.Binary;
using System.Collections.Immutable;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

/// <summary>
/// A book as bytes, for a host's storage: version byte, head, entries by partition; little-endian, whole. Equal books give equal bytes. Queue and totals are
/// not stored: they follow from the entries.
/// </summary>
public static class LeaseBookCodec
{
    /// <summary>The format written. A reader refuses others.</summary>
    public const byte Format = 1;

    private const int HeadLength = 1 + 1 + 4 + 5 * 8 + 4, EntryLength = 4 + 12 * 8 + 2;

    /// <summary>The bytes of a book.</summary>
    public static byte[] Write(LeaseBookState state)
    {
        var bytes = new byte[HeadLength + state.Entries.Count * EntryLength];
        var rest = bytes.AsSpan();
        PutByte(ref rest, Format);
        PutByte(ref rest, (byte)state.Node.Kind);
        PutInt(ref rest, unchecked((int)((uint)state.Node.Tenant << 16 | state.Node.LegalEntity)));
        Put(ref rest, state.Node.Id, state.Limit, state.CutTo, state.LimitOrder, state.Version);
        PutInt(ref rest, state.Entries.Count);
        foreach (var entry in state.Entries.Values)
        {
            PutInt(ref rest, entry.Partition.Value);
            Put(ref rest, entry.Epoch, entry.Sequence, entry.Grant, entry.Usage, entry.Least, entry.Wanted, entry.Arrived, entry.Available);
            Put(ref rest, entry.RecallNumber, entry.RecallAnswered, entry.RecallTolerance, entry.ShrunkSince);
            PutByte(ref rest, (byte)entry.Status);
            PutByte(ref rest, entry.RecallEverything ? (byte)1 : (byte)0);
        }
        return bytes;
    }

    /// <summary>Reads a book.</summary>
    /// <exception cref="FormatException">Not a book, another format, or not whole: restore the node's row from a backup.</exception>
    public static LeaseBookState Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadLength || bytes[0] != Format) throw new FormatException($"not a lease book of format {Format}");
        var rest = bytes[1..];
        var kind = (NodeKind)TakeByte(ref rest);
        var owner = unchecked((uint)TakeInt(ref rest));
        var id = Take(ref rest);
        var state = LeaseBookState.Open(new NodeKey(id, (ushort)(owner >> 16), (ushort)(owner & 0xFFFF), kind), Take(ref rest)) with
        {
            CutTo = Take(ref rest),
            LimitOrder = Take(ref rest),
            Version = Take(ref rest),
        };
        var count = TakeInt(ref rest);
        if (count < 0 || rest.Length != (long)count * EntryLength) throw new FormatException("the lease book is not whole");
        var entries = ImmutableArray.CreateBuilder<LeaseEntry>(count);
        for (var i = 0; i < count; i++) entries.Add(TakeEntry(ref rest));
        return state.Restore(entries);
    }

    private static LeaseEntry TakeEntry(ref ReadOnlySpan<byte> rest) => new()
    {
        Partition = new PartitionId(TakeInt(ref rest)),
        Epoch = Take(ref rest),
        Sequence = Take(ref rest),
        Grant = Take(ref rest),
        Usage = Take(ref rest),
        Least = Take(ref rest),
        Wanted = Take(ref rest),
        Arrived = Take(ref rest),
        Available = Take(ref rest),
        RecallNumber = Take(ref rest),
        RecallAnswered = Take(ref rest),
        RecallTolerance = Take(ref rest),
        ShrunkSince = Take(ref rest),
        Status = (ReplyStatus)TakeByte(ref rest),
        RecallEverything = TakeByte(ref rest) != 0,
    };

    private static void Put(ref Span<byte> rest, params ReadOnlySpan<long> values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, value);
            rest = rest[8..];
        }
    }

    private static void PutInt(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, value);
        rest = rest[4..];
    }

    private static void PutByte(ref Span<byte> rest, byte value)
    {
        rest[0] = value;
        rest = rest[1..];
    }

    private static long Take(ref ReadOnlySpan<byte> rest)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    private static int TakeInt(ref ReadOnlySpan<byte> rest)
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }

    private static byte TakeByte(ref ReadOnlySpan<byte> rest)
    {
        var value = rest[0];
        rest = rest[1..];
        return value;
    }
}
