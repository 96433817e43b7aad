using System.Text;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>The static table of RFC 7541 appendix A and behind it the dynamic table of one direction of a connection.</summary>
internal sealed class HpackTable
{
    /// <summary>Bytes of the dynamic table unless settings say otherwise, RFC 9113 §6.5.2.</summary>
    public const int SizeUsual = 4_096;

    private const int EntryOverhead = 32;

    private static readonly (byte[] Name, byte[] Value)[] Fixed =
    [
        Entry(":authority"), Entry(":method", "GET"), Entry(":method", "POST"), Entry(":path", "/"), Entry(":path", "/index.html"),
        Entry(":scheme", "http"), Entry(":scheme", "https"), Entry(":status", "200"), Entry(":status", "204"), Entry(":status", "206"),
        Entry(":status", "304"), Entry(":status", "400"), Entry(":status", "404"), Entry(":status", "500"), Entry("accept-charset"),
        Entry("accept-encoding", "gzip, deflate"), Entry("accept-language"), Entry("accept-ranges"), Entry("accept"),
        Entry("access-control-allow-origin"), Entry("age"), Entry("allow"), Entry("authorization"), Entry("cache-control"),
        Entry("content-disposition"), Entry("content-encoding"), Entry("content-language"), Entry("content-length"),
        Entry("content-location"), Entry("content-range"), Entry("content-type"), Entry("cookie"), Entry("date"), Entry("etag"),
        Entry("expect"), Entry("expires"), Entry("from"), Entry("host"), Entry("if-match"), Entry("if-modified-since"),
        Entry("if-none-match"), Entry("if-range"), Entry("if-unmodified-since"), Entry("last-modified"), Entry("link"),
        Entry("location"), Entry("max-forwards"), Entry("proxy-authenticate"), Entry("proxy-authorization"), Entry("range"),
        Entry("referer"), Entry("refresh"), Entry("retry-after"), Entry("server"), Entry("set-cookie"),
        Entry("strict-transport-security"), Entry("transfer-encoding"), Entry("user-agent"), Entry("vary"), Entry("via"),
        Entry("www-authenticate"),
    ];

    // Newest last; the oldest is at the head. At most SizeUsual / EntryOverhead entries, so moving them is cheap and rare.
    private readonly List<(byte[] Name, byte[] Value)> dynamic = [];
    private int size;
    private int sizeMax = SizeUsual;

    /// <summary>Entries of the static table.</summary>
    public static int FixedCount => Fixed.Length;

    /// <summary>Entries of the dynamic table.</summary>
    public int DynamicCount => dynamic.Count;

    /// <summary>The field at an index, from 1.</summary>
    public (byte[] Name, byte[] Value) this[int index]
    {
        get
        {
            if (index >= 1 && index <= Fixed.Length) return Fixed[index - 1];
            var age = index - Fixed.Length - 1;
            if (index < 1 || age >= dynamic.Count) throw new Http2Exception($"HPACK: no field at index {index}");
            return dynamic[dynamic.Count - 1 - age];
        }
    }

    /// <summary>Adds a field, dropping the oldest until it fits; one larger than the table empties it.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var entry = (name.ToArray(), value.ToArray());
        var entrySize = name.Length + value.Length + EntryOverhead;
        Shrink(sizeMax - entrySize);
        if (entrySize > sizeMax) return;
        dynamic.Add(entry);
        size += entrySize;
    }

    /// <summary>A size update sent by the encoder.</summary>
    public void Resize(int bytes)
    {
        if (bytes > SizeUsual) throw new Http2Exception("HPACK: a table larger than allowed");
        sizeMax = bytes;
        Shrink(bytes);
    }

    private void Shrink(int target)
    {
        var dropped = 0;
        while (size > target && dropped < dynamic.Count)
        {
            size -= dynamic[dropped].Name.Length + dynamic[dropped].Value.Length + EntryOverhead;
            dropped++;
        }

        dynamic.RemoveRange(0, dropped);
    }

    private static (byte[] Name, byte[] Value) Entry(string name, string value = "") =>
        (Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
}
