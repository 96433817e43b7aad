using System.Text;

namespace CreditGrains.Domain.Loans.Products;

/// <summary>Collects canonical bytes: varints of 7 bits, low first; signed numbers folded.</summary>
internal sealed class ProductBytes
{
    private readonly List<byte> bytes = [];

    public void Byte(int value) => bytes.Add(checked((byte)value));

    public void Unsigned(long value)
    {
        var rest = checked((ulong)value);
        for (; rest >= 0x80; rest >>= 7) bytes.Add((byte)((rest & 0x7F) | 0x80));
        bytes.Add((byte)rest);
    }

    public void Signed(long value) => Unsigned(value >= 0 ? checked(value * 2) : checked(-(value + 1) * 2 + 1));

    public void Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        Unsigned(utf8.Length);
        bytes.AddRange(utf8);
    }

    public void Days(IEnumerable<DateOnly> days)
    {
        var sorted = days.Order().ToArray();
        Unsigned(sorted.Length);
        var before = 0;
        foreach (var day in sorted)
        {
            Unsigned(day.DayNumber - before);
            before = day.DayNumber;
        }
    }

    public byte[] ToArray() => [.. bytes];
}

/// <summary>Reads what <see cref="ProductBytes"/> collected.</summary>
internal ref struct ProductReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> source = source;
    private int at;

    public readonly bool IsAtEnd => at == source.Length;

    public int Byte() => at < source.Length ? source[at++] : throw Cut();

    public long Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return checked((long)value);
        }

        throw new InvalidDataException("A number of a loan product is longer than 63 bits.");
    }

    public long Signed()
    {
        var value = Unsigned();
        return (value & 1) == 0 ? value >> 1 : -(value >> 1) - 1;
    }

    public int Count(int max)
    {
        var count = Unsigned();
        return count <= max ? (int)count : throw new InvalidDataException($"A loan product lists {count} entries where {max} are the most.");
    }

    public string Text()
    {
        var length = Count(source.Length - at);
        if (length > source.Length - at) throw Cut();
        at += length;
        return Encoding.UTF8.GetString(source.Slice(at - length, length));
    }

    public DateOnly Day()
    {
        var number = Unsigned();
        return number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : throw new InvalidDataException("A date of a loan product is beyond the calendar.");
    }

    public DateOnly[] Days()
    {
        var days = new DateOnly[Count(source.Length - at)];
        var day = 0L;
        for (var i = 0; i < days.Length; i++)
        {
            day += Unsigned();
            days[i] = day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)day) : throw new InvalidDataException("A date of a loan product is beyond the calendar.");
        }

        return days;
    }

    private static InvalidDataException Cut() => new("The bytes of a loan product end too soon.");
}
