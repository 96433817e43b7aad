using System.Numerics;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// 64-bit keyed hash of a tenant's id: two rounds of multiply and fold, after wyhash (Wang Yi). Callers choose 74 bits of an id, so
/// placement must not be foreseeable without the key. Same seed, same hash, on every machine: runs on disk are in its order.
/// </summary>
internal readonly struct RequestIdHash(UInt128 seed)
{
    private readonly ulong _first = (ulong)(seed >> 64) ^ 0xA076_1D64_78BD_642F;
    private readonly ulong _second = unchecked((ulong)seed) ^ 0xE703_7ED1_A0B4_28DB;

    public ulong Of(ushort tenant, in RequestId id)
    {
        unchecked
        {
            ulong folded = Fold(id.High ^ _first, id.Low ^ _second);
            return Fold(folded ^ BitOperations.RotateLeft(_first, 32), 0x8EBC_6AF0_9C88_C6E3 + ((ulong)tenant << 40) + tenant);
        }
    }

    public ulong Of(in RequestIdSlot slot) => Of(slot.Tenant, slot.Id);

    private static ulong Fold(ulong left, ulong right)
    {
        ulong upper = Math.BigMul(left, right, out ulong lower);
        return upper ^ lower;
    }
}
