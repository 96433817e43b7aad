namespace CreditGrains.Cli.Bench.Http2;

/// <summary>Gets a whole message, lent until the call returns.</summary>
internal delegate void MessageTaking(ReadOnlySpan<byte> message);

/// <summary>Cuts the body of a stream into gRPC messages; copies only what lies across two frames.</summary>
internal sealed class MessageAssembler(MessageTaking take)
{
    private const int LengthMax = 4 * 1024 * 1024;
    private byte[] carried = new byte[64 * 1024];
    private int carriedLength;

    /// <summary>Forgets a message that was cut off.</summary>
    public void Clear() => carriedLength = 0;

    /// <summary>Takes a part of the body.</summary>
    /// <exception cref="Http2Exception">A message is compressed or too long.</exception>
    public void Take(ReadOnlySpan<byte> data)
    {
        if (carriedLength == 0)
        {
            Carry(data[TakeWhole(data)..]);
            return;
        }

        Carry(data);
        var used = TakeWhole(carried.AsSpan(0, carriedLength));
        if (used == 0) return;
        carried.AsSpan(used, carriedLength - used).CopyTo(carried);
        carriedLength -= used;
    }

    private int TakeWhole(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (data.Length - at >= GrpcPrefix.Size)
        {
            if (data[at] != 0) throw new Http2Exception("a compressed reply that was not asked for");
            var length = GrpcPrefix.Read(data[at..]);
            if (length > LengthMax) throw new Http2Exception("reply too long");
            if (data.Length - at - GrpcPrefix.Size < length) break;
            take(data.Slice(at + GrpcPrefix.Size, (int)length));
            at += GrpcPrefix.Size + (int)length;
        }

        return at;
    }

    private void Carry(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        if (carried.Length < carriedLength + data.Length) Array.Resize(ref carried, Math.Max(carried.Length * 2, carriedLength + data.Length));
        data.CopyTo(carried.AsSpan(carriedLength));
        carriedLength += data.Length;
    }
}
