using System.Text;
using CreditGrains.Cli.Bench.Http2;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>Vectors of RFC 7541 appendix C, and faults.</summary>
public class HpackTest
{
    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")]
    [InlineData("a8eb10649cbf", "no-cache")]
    [InlineData("25a849e95ba97d7f", "custom-key")]
    [InlineData("25a849e95bb8e8b4bf", "custom-value")]
    [InlineData("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT")]
    [InlineData("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com")]
    [InlineData("94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")]
    public void Huffman_ExamplesOfTheRfc_Decode(string coded, string text)
    {
        var target = new byte[200];
        var length = HpackHuffman.Decode(Convert.FromHexString(coded), target);
        Assert.Equal(text, Encoding.ASCII.GetString(target, 0, length));
    }

    [Theory]
    [InlineData("07ff")] // Eight bits of padding.
    [InlineData("3fffffff")] // The end-of-string symbol.
    [InlineData("1e")] // Padding of zeros.
    public void Huffman_BadEnd_IsAFault(string coded) =>
        Assert.Throws<Http2Exception>(() => HpackHuffman.Decode(Convert.FromHexString(coded), new byte[100]));

    [Fact]
    public void Decode_FirstBlockIndexed_SecondFindsItInTheTable()
    {
        var (decoder, fields) = (new HpackDecoder(), new ResponseFields());
        // :status 200 from the static table; grpc-status: 0 and server: x added.
        byte[] first = [0x88, 0x40, 11, .. "grpc-status"u8, 1, (byte)'0', 0x40 | 54, 1, (byte)'x'];
        decoder.Decode(first, fields);
        Assert.Equal((200, 0), (fields.Status, fields.GrpcStatus));
        decoder.Decode([0x80 | 63], fields);
        Assert.Equal((0, 0), (fields.Status, fields.GrpcStatus));
        decoder.Decode([0x80 | 62], fields);
        Assert.Equal((0, -1), (fields.Status, fields.GrpcStatus));
    }

    [Fact]
    public void Decode_HuffmanNameAndValueWithoutIndexing_AreRead()
    {
        var (decoder, fields) = (new HpackDecoder(), new ResponseFields());
        // grpc-status: 14 by the code of appendix B: g 100110, r 101100, p 101011, c 00100, - 010110, s 01000, t 01001, a 00011, u 101101.
        var name = Bits("100110" + "101100" + "101011" + "00100" + "010110" + "01000" + "01001" + "00011" + "01001" + "101101" + "01000");
        var value = Bits("00001" + "011010");
        decoder.Decode([0x00, (byte)(0x80 | name.Length), .. name, (byte)(0x80 | value.Length), .. value], fields);
        Assert.Equal(14, fields.GrpcStatus);
    }

    [Fact]
    public void Decode_TableFull_DropsTheOldest()
    {
        var (decoder, fields) = (new HpackDecoder(), new ResponseFields());
        decoder.Decode([0x40, 11, .. "grpc-status"u8, 1, (byte)'7'], fields);
        var filler = new byte[123];
        // Each of the fillers takes 1 + 123 + 32 bytes of 4,096; with 26 of them there is no room for the first.
        for (var i = 0; i < 26; i++) decoder.Decode([0x40, 1, (byte)'f', 123, .. filler], fields);
        decoder.Decode([0x80 | 62], fields);
        Assert.Equal(-1, fields.GrpcStatus);
        Assert.Throws<Http2Exception>(() => decoder.Decode([0x80 | (62 + 26)], fields));
    }

    [Fact]
    public void Decode_SizeUpdateToNothing_EmptiesTheTable()
    {
        var (decoder, fields) = (new HpackDecoder(), new ResponseFields());
        decoder.Decode([0x40, 11, .. "grpc-status"u8, 1, (byte)'7'], fields);
        decoder.Decode([0x20, 0x88], fields);
        Assert.Throws<Http2Exception>(() => decoder.Decode([0x80 | 62], fields));
    }

    [Theory]
    [InlineData("80")] // Index 0.
    [InlineData("c0")] // Beyond the table.
    [InlineData("0003")] // Ends within a name.
    [InlineData("ffffffffff7f")] // An integer too large.
    [InlineData("3fe21f")] // A table of 4,097 bytes.
    public void Decode_Malformed_IsAFault(string block) =>
        Assert.Throws<Http2Exception>(() => new HpackDecoder().Decode(Convert.FromHexString(block), new ResponseFields()));

    [Fact]
    public void RequestBlock_ReadByOurDecoder_KeepsItsTableInStep()
    {
        var block = new RequestBlock("127.0.0.1:5001", "/a.B/C", 4_096);
        var decoder = new HpackDecoder();
        decoder.Decode(block.First, new ResponseFields());
        decoder.Decode(block.Next, new ResponseFields());
        Assert.Equal([0x83, 0x86, 0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62], block.Next);
    }

    private static byte[] Bits(string bits)
    {
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
