using System.Runtime.InteropServices;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// One entry as stored, 32 bytes in memory, in runs and in slices: id, sequence with flags on top, fingerprint, tenant. A slot whose
/// <see cref="High"/> is 0 is empty; the version bits of an id keep it from being 0.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = StoredBytes)]
internal struct RequestIdSlot
{
    public const int StoredBytes = 32;
    private const ulong TombstoneFlag = 1UL << 63;
    private const ulong FlagMask = 3UL << 62;

    public ulong High;
    public ulong Low;
    private ulong _sequence;
    public uint Fingerprint;
    public ushort Tenant;
    private readonly ushort _spare;

    public RequestIdSlot(ushort tenant, in RequestId id, in RequestIdEntry entry)
    {
        High = id.High;
        Low = id.Low;
        _sequence = 0;
        Tenant = tenant;
        _spare = 0;
        Entry = entry;
    }

    public readonly bool IsEmpty => High == 0;

    public readonly long Sequence => (long)(_sequence & ~FlagMask);

    public readonly RequestId Id => new(High, Low);

    public RequestIdEntry Entry
    {
        readonly get => new(Sequence, Fingerprint, (_sequence & TombstoneFlag) != 0);
        set
        {
            _sequence = unchecked((ulong)value.Sequence) | (value.IsTombstone ? TombstoneFlag : 0);
            Fingerprint = value.Fingerprint;
        }
    }

    public readonly bool Is(ushort tenant, in RequestId id) => High == id.High && Low == id.Low && Tenant == tenant;

    /// <summary>The order of entries with one hash, so that runs and merges have one order.</summary>
    public static int CompareKeys(in RequestIdSlot left, in RequestIdSlot right)
    {
        int order = left.High.CompareTo(right.High);
        if (order == 0) order = left.Low.CompareTo(right.Low);
        return order == 0 ? left.Tenant.CompareTo(right.Tenant) : order;
    }
}
