using System.Text;
using CreditGrains.Engine.Events;

namespace CreditGrains.Orleans.Wire;

/// <summary>Bytes that grow while messages are written.</summary>
internal sealed class WireBuffer(int capacity = 1024)
{
    private byte[] bytes = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>A writer with room for so many bytes; pass its length to <see cref="Advance"/>.</summary>
    public EventWriter Writer(int room)
    {
        if (bytes.Length - Length < room) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + room));
        return new EventWriter(bytes.AsSpan(Length));
    }

    /// <summary>Takes what a writer wrote.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>A copy of what was written.</summary>
    public Payload ToPayload() => new(Length == bytes.Length ? bytes : bytes.AsSpan(0, Length).ToArray());

    /// <summary>Writes a number.</summary>
    public void Number(long value)
    {
        var w = Writer(10);
        w.Unsigned(value);
        Advance(w.Length);
    }

    /// <summary>Bytes of a text with its length in front.</summary>
    public static byte[] TextBytes(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);
}
