using System.Buffers.Binary;

namespace CreditGrains.Domain.Requests;

/// <summary>
/// The 128-bit id under which a request takes effect once. Either a UUIDv7 (RFC 9562 §5.7), whose first 48 bits are the
/// caller's Unix time in milliseconds, or a place in a session: a UUIDv8 (§5.8) with 60 bits of session and 62 bits of
/// sequence. Scoped to a tenant by whoever stores it. The default value is no id and is refused.
/// </summary>
/// <param name="High">First eight bytes, big endian.</param>
/// <param name="Low">Last eight bytes, big endian.</param>
public readonly record struct RequestId(ulong High, ulong Low)
{
    /// <summary>Largest sequence of a session.</summary>
    public const long SessionSequenceMax = (1L << 62) - 1;

    private const ulong VariantMask = 0xC000_0000_0000_0000;
    private const ulong Variant = 0x8000_0000_0000_0000;

    /// <summary>Whether this is a UUIDv7.</summary>
    public bool IsTimeOrdered => Version == 7 && (Low & VariantMask) == Variant;

    /// <summary>Whether this is a place in a session.</summary>
    public bool IsSession => Version == 8 && (Low & VariantMask) == Variant;

    /// <summary>Caller's time of a UUIDv7, milliseconds since the Unix epoch; meaningless for other ids.</summary>
    public long UnixMillis => (long)(High >> 16);

    /// <summary>The 60-bit session of a session id.</summary>
    public ulong Session => ((High >> 16) << 12) | (High & 0xFFF);

    /// <summary>The sequence in the session, from 1.</summary>
    public long SessionSequence => (long)(Low & ~VariantMask);

    private int Version => (int)((High >> 12) & 0xF);

    /// <summary>The id of the given place in a session.</summary>
    /// <param name="session">Any 60-bit value, for instance the first 60 bits of a file's SHA-256; higher bits are dropped.</param>
    /// <param name="sequence">1 to <see cref="SessionSequenceMax"/>.</param>
    public static RequestId ForSession(ulong session, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, SessionSequenceMax);
        var high = (((session >> 12) & 0xFFFF_FFFF_FFFF) << 16) | 0x8000UL | (session & 0xFFF);
        return new RequestId(high, Variant | (ulong)sequence);
    }

    /// <summary>A UUIDv7 of a time and 74 bits of the caller's choice (random, or a counter in a test).</summary>
    /// <param name="unixMillis">0 to 2^48 − 1.</param>
    /// <param name="randomHigh">Its low 12 bits are used.</param>
    /// <param name="randomLow">Its low 62 bits are used.</param>
    public static RequestId ForTime(long unixMillis, ulong randomHigh, ulong randomLow)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unixMillis);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(unixMillis, 1L << 48);
        return new RequestId(((ulong)unixMillis << 16) | 0x7000UL | (randomHigh & 0xFFF), Variant | (randomLow & ~VariantMask));
    }

    /// <summary>Reads the id from its 16 bytes in network order.</summary>
    public static RequestId FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>The id of a <see cref="Guid"/> in its printed byte order.</summary>
    public static RequestId FromGuid(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return FromBytes(bytes);
    }

    /// <summary>Writes the 16 bytes in network order.</summary>
    public void WriteBytes(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The same id as a <see cref="Guid"/>.</summary>
    public Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteBytes(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    /// <inheritdoc/>
    public override string ToString() => ToGuid().ToString();
}
