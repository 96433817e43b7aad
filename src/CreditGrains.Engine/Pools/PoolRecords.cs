using System.Buffers.Binary;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>What a record of a snapshot says of a pool. The numbers are part of the format.</summary>
internal enum PoolRecordKind : byte
{
    /// <summary>Key and terms.</summary>
    Terms = 1,

    /// <summary>A closed month.</summary>
    Month = 2,

    /// <summary>The open month, totals and codes.</summary>
    Open = 3,
}

/// <summary>
/// The pools of a snapshot, without the rows of their loans, which are a table. Terms and open months are copied when the snapshot begins; closed months do not change and are
/// handed out later. A record: kind u8, place of the pool i32, length i32, bytes.
/// </summary>
internal sealed class PoolRecords
{
    private const int HeadBytes = 1 + 4 + 4;
    private readonly Queue<(LivePool Pool, int Months)> pools = [];
    private int next;

    /// <param name="set">The state, between two batches.</param>
    public PoolRecords(PoolSet set)
    {
        foreach (var pool in set.All) pools.Enqueue((pool, pool.Ledger.History.Count));
    }

    /// <summary>Terms and open months, to be taken when the snapshot begins.</summary>
    public static byte[] Begin(PoolSet set)
    {
        using var stream = new MemoryStream();
        foreach (var pool in set.All)
        {
            Append(stream, PoolRecordKind.Terms, pool.Place, TermsOf(pool));
            Append(stream, PoolRecordKind.Open, pool.Place, pool.Ledger.SaveOpen());
        }

        return stream.ToArray();
    }

    /// <summary>Closed months of about so many bytes.</summary>
    /// <returns>Empty when all are out.</returns>
    public byte[] TakeNext(int bytesMax)
    {
        using var stream = new MemoryStream();
        while (stream.Length < bytesMax && pools.TryPeek(out var at))
        {
            if (next == at.Months)
            {
                pools.Dequeue();
                next = 0;
                continue;
            }

            Append(stream, PoolRecordKind.Month, at.Pool.Place, at.Pool.Ledger.SaveMonth(next++));
        }

        return stream.ToArray();
    }

    /// <summary>Shows the records of a part, head and bytes together.</summary>
    /// <returns>False when it is not made of whole records.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> part, Action<PoolRecordKind, int, ReadOnlyMemory<byte>> visit)
    {
        while (!part.IsEmpty)
        {
            if (part.Length < HeadBytes) return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(part.Span[5..]);
            if (length < 0 || length > part.Length - HeadBytes) return false;
            visit((PoolRecordKind)part.Span[0], BinaryPrimitives.ReadInt32LittleEndian(part.Span[1..]), part.Slice(HeadBytes, length));
            part = part[(HeadBytes + length)..];
        }

        return true;
    }

    /// <summary>Lengths of the records of a part, heads included, for a digest that takes each by itself.</summary>
    public static IEnumerable<int> LengthsOf(ReadOnlyMemory<byte> part)
    {
        while (!part.IsEmpty)
        {
            var length = HeadBytes + BinaryPrimitives.ReadInt32LittleEndian(part.Span[5..]);
            yield return length;
            part = part[length..];
        }
    }

    private static byte[] TermsOf(LivePool pool)
    {
        var bytes = new byte[32 + pool.Terms.Length];
        var w = new EventWriter(bytes);
        w.UInt16(pool.Key.Tenant);
        w.KeyInTenant(pool.Key);
        w.Bytes(pool.Terms);
        return bytes[..w.Length];
    }

    /// <summary>Key and terms of a pool from its record.</summary>
    public static (NodeKey Key, ReadOnlyMemory<byte> Terms) ReadTerms(ReadOnlyMemory<byte> record)
    {
        var r = new EventReader(record.Span);
        var key = r.KeyInTenant(r.UInt16());
        return (key, record[r.At..]);
    }

    private static void Append(MemoryStream stream, PoolRecordKind kind, int place, byte[] bytes)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], place);
        BinaryPrimitives.WriteInt32LittleEndian(head[5..], bytes.Length);
        stream.Write(head);
        stream.Write(bytes);
    }
}

/// <summary>Collects the records of a snapshot and makes pools of them.</summary>
internal sealed class PoolLoading
{
    private readonly SortedDictionary<int, Parts> pools = [];

    /// <summary>Takes a part.</summary>
    /// <returns>False when it makes no sense.</returns>
    public bool TryAdd(ReadOnlyMemory<byte> part)
    {
        // The part's memory is used again.
        return PoolRecords.TryRead(part.ToArray(), (kind, place, bytes) =>
        {
            if (!pools.TryGetValue(place, out var parts)) pools.Add(place, parts = new Parts());
            if (kind == PoolRecordKind.Terms) parts.Terms = bytes;
            else if (kind == PoolRecordKind.Open) parts.Open = bytes;
            else parts.Months.Add(bytes);
        });
    }

    /// <summary>Defines the pools as they were, without what the rows of their loans say.</summary>
    /// <exception cref="InvalidDataException">A part is missing or cannot be read.</exception>
    public void Finish(PoolSet set)
    {
        foreach (var (place, parts) in pools)
        {
            if (place != set.All.Count || parts.Terms.IsEmpty || parts.Open.IsEmpty) throw new InvalidDataException($"Pool {place} of the snapshot is not whole.");
            var (key, terms) = PoolRecords.ReadTerms(parts.Terms);
            try
            {
                set.Define(key, terms, PoolLedger.Restore(PoolFile.ParseKept(terms), parts.Months, parts.Open));
            }
            catch (InvalidInputException fault)
            {
                throw new InvalidDataException($"The terms of {key} in the snapshot cannot be read: {fault.Message}", fault);
            }
        }
    }

    private sealed class Parts
    {
        public ReadOnlyMemory<byte> Terms { get; set; }

        public ReadOnlyMemory<byte> Open { get; set; }

        public List<ReadOnlyMemory<byte>> Months { get; } = [];
    }
}
