using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;

namespace CreditGrains.Orleans.Wire;

/// <summary>Keys between silos, many at once: a count, then each key.</summary>
internal static class KeyWire
{
    private const int RoomBytes = 16;

    /// <summary>Writes keys.</summary>
    public static Payload Write(ReadOnlySpan<NodeKey> keys)
    {
        var buffer = new WireBuffer(RoomBytes * (keys.Length + 1));
        buffer.Number(keys.Length);
        foreach (var key in keys)
        {
            var w = buffer.Writer(RoomBytes);
            w.UInt16(key.Tenant);
            w.KeyInTenant(key);
            buffer.Advance(w.Length);
        }
        return buffer.ToPayload();
    }

    /// <summary>Reads what was written.</summary>
    public static NodeKey[] Read(Payload payload)
    {
        var r = new EventReader(payload.Bytes);
        var keys = new NodeKey[r.Int()];
        for (var i = 0; i < keys.Length; i++) keys[i] = r.KeyInTenant(r.UInt16());
        return keys;
    }
}
