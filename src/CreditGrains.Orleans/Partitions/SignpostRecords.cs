using System.Buffers.Binary;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Signposts as they stand in the database: 20 bytes each, big-endian: tenant (4), legal entity (4), facility (8), home (4). Migration 0005 writes the same.</summary>
internal static class SignpostRecords
{
    private const int Bytes = 20;

    /// <summary>Writes some of the facilities with their homes.</summary>
    public static byte[] Write(NodeKey[] facilities, int[] homes, List<int> places)
    {
        var bytes = new byte[places.Count * Bytes];
        var at = bytes.AsSpan();
        foreach (var place in places)
        {
            var key = facilities[place];
            BinaryPrimitives.WriteInt32BigEndian(at, key.Tenant);
            BinaryPrimitives.WriteInt32BigEndian(at[4..], key.LegalEntity);
            BinaryPrimitives.WriteInt64BigEndian(at[8..], key.Id);
            BinaryPrimitives.WriteInt32BigEndian(at[16..], homes[place]);
            at = at[Bytes..];
        }
        return bytes;
    }

    /// <summary>Notes what was written.</summary>
    /// <exception cref="InvalidDataException">It was not written by <see cref="Write"/>.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, HomeTable homes)
    {
        if (bytes.Length % Bytes != 0) throw new InvalidDataException($"A row of cg_signposts has {bytes.Length} bytes, which is no number of signposts. Restore the database from a backup or a standby.");
        for (; !bytes.IsEmpty; bytes = bytes[Bytes..])
        {
            var (tenant, entity) = (BinaryPrimitives.ReadInt32BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[4..]));
            var facility = NodeKey.Facility(unchecked((ushort)tenant), unchecked((ushort)entity), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
            homes.Note(facility, BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), isStored: true);
        }
    }
}
