using System.Buffers;

namespace CreditGrains.Api.Codec;

/// <summary>A message as one span: itself when it lies in one piece, else a copy in rented memory until disposal.</summary>
internal readonly ref struct ContiguousBytes
{
    private readonly byte[]? rented;

    public ContiguousBytes(ReadOnlySequence<byte> message)
    {
        if (message.IsSingleSegment)
        {
            Span = message.FirstSpan;
            return;
        }

        var length = checked((int)message.Length);
        rented = ArrayPool<byte>.Shared.Rent(length);
        message.CopyTo(rented);
        Span = rented.AsSpan(0, length);
    }

    public ReadOnlySpan<byte> Span { get; }

    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
