using System.Text;
using System.Text.Json;
using CreditGrains.Domain.Files;

namespace CreditGrains.Domain.Tests.Files;

/// <summary>JSON with texts that nobody could read is refused when it is read, not when a text is asked for.</summary>
public sealed class JsonTextsTests
{
    public static TheoryData<byte[]> Broken() =>
    [
        [.. "{ \"a\": \""u8, 0xff, .. "\" }"u8], [.. "{ \""u8, 0xc3, .. "\": 1 }"u8], "{ \"a\": \"\\ud800\" }"u8.ToArray(), "[ \"\\udc00x\" ]"u8.ToArray(), "{ \"\\ud800\": 1 }"u8.ToArray(),
    ];

    [Theory]
    [MemberData(nameof(Broken))]
    public void Parse_ATextThatIsNoUnicode_IsRefusedWithItsLine(byte[] json)
    {
        var fault = Assert.Throws<JsonException>(() => JsonTexts.Parse((byte[])[.. "\n\n"u8, .. json], default));
        Assert.Equal(2, fault.LineNumber);
        Assert.Contains("UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TextsOfAllLanguages_AreTaken()
    {
        using var document = JsonTexts.Parse(Encoding.UTF8.GetBytes("""{ "名": "贷款 \ud83d\ude00 é" }"""), default);
        Assert.Equal("贷款 😀 é", document.RootElement.GetProperty("名").GetString());
    }
}
