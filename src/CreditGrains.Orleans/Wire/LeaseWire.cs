using CreditGrains.Engine.Events;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Orleans.Wire;

/// <summary>Messages of the lease protocol between partitions and nodes. Both ends are silos of one cluster; version 1 stands in front.</summary>
internal static class LeaseWire
{
    private const byte Version = 1;
    private const int RoomBytes = 128;

    /// <summary>Writes a report.</summary>
    public static Payload Write(LeaseReport report)
    {
        var w = new EventWriter(stackalloc byte[RoomBytes]);
        w.Byte(Version);
        w.UInt16(report.Node.Tenant);
        w.KeyInTenant(report.Node);
        w.Unsigned((long)report.Partition.Value);
        w.Unsigned(report.Epoch);
        w.Unsigned(report.Sequence);
        w.Signed(report.Held);
        w.Signed(report.Usage);
        w.Signed(report.Least);
        w.Signed(report.Wanted);
        w.Unsigned(report.RecallAnswered);
        return new Payload(w.Written.ToArray());
    }

    /// <summary>Reads a report.</summary>
    /// <exception cref="InvalidDataException">Another version wrote it.</exception>
    public static LeaseReport ReadReport(Payload payload)
    {
        var r = Reader(payload);
        return new LeaseReport(r.KeyInTenant(r.UInt16()), new PartitionId(r.Int()), r.Long(), r.Long(), r.Signed(), r.Signed(), r.Signed(), r.Signed(), r.Long());
    }

    /// <summary>Writes a reply; null is one too, for a message that is not answered.</summary>
    public static Payload Write(LeaseReply? reply)
    {
        if (reply is null) return new Payload([]);
        var w = new EventWriter(stackalloc byte[RoomBytes]);
        w.Byte(Version);
        Write(ref w, reply);
        return new Payload(w.Written.ToArray());
    }

    /// <summary>Reads a reply.</summary>
    /// <exception cref="InvalidDataException">Another version wrote it.</exception>
    public static LeaseReply? ReadReply(Payload payload)
    {
        if (payload.Bytes.Length == 0) return null;
        var r = Reader(payload);
        return ReadReply(ref r);
    }

    /// <summary>Writes a recall.</summary>
    public static Payload Write(LeaseRecall recall)
    {
        var w = new EventWriter(stackalloc byte[2 * RoomBytes]);
        w.Byte(Version);
        w.UInt16(recall.Node.Tenant);
        w.KeyInTenant(recall.Node);
        w.Unsigned((long)recall.Partition.Value);
        w.Unsigned(recall.Epoch);
        w.Unsigned(recall.Number);
        w.Signed(recall.Tolerance);
        w.Byte(recall.Everything ? (byte)1 : (byte)0);
        Write(ref w, recall.LastReply);
        return new Payload(w.Written.ToArray());
    }

    /// <summary>Reads a recall.</summary>
    /// <exception cref="InvalidDataException">Another version wrote it.</exception>
    public static LeaseRecall ReadRecall(Payload payload)
    {
        var r = Reader(payload);
        return new LeaseRecall(r.KeyInTenant(r.UInt16()), new PartitionId(r.Int()), r.Long(), r.Long(), r.Signed(), r.Byte() != 0, ReadReply(ref r));
    }

    private static EventReader Reader(Payload payload)
    {
        var r = new EventReader(payload.Bytes);
        if (r.Byte() != Version) throw new InvalidDataException("A message of the lease protocol comes from a silo of another version; update all silos.");
        return r;
    }

    private static void Write(ref EventWriter w, LeaseReply reply)
    {
        w.UInt16(reply.Node.Tenant);
        w.KeyInTenant(reply.Node);
        w.Unsigned((long)reply.Partition.Value);
        w.Unsigned(reply.Epoch);
        w.Unsigned(reply.Sequence);
        w.Byte((byte)reply.Status);
        w.Signed(reply.Grant);
        w.Signed(reply.Available);
        w.Signed(reply.Limit);
    }

    private static LeaseReply ReadReply(ref EventReader r) =>
        new(r.KeyInTenant(r.UInt16()), new PartitionId(r.Int()), r.Long(), r.Long(), (ReplyStatus)r.Byte(), r.Signed(), r.Signed(), r.Signed());
}
