using System.Globalization;
using System.Text;

namespace CreditGrains.Api.Transport.Wire;

/// <summary>grpc-message: UTF-8 where every byte outside space to tilde, and the percent sign, is %XX.</summary>
internal static class PercentEncoding
{
    /// <summary>Longest encoded message in bytes; what is beyond is cut. Stock clients take 8 KiB of headers in all.</summary>
    public const int EncodedLengthMax = 4096;

    public static string Encode(string text)
    {
        if (text.Length <= EncodedLengthMax
            && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            && !text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var encoded = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = encoded.Length;
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (b is >= 0x20 and <= 0x7e and not (byte)'%')
                    encoded.Append((char)b);
                else
                    encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }

            if (encoded.Length <= EncodedLengthMax)
                continue;
            encoded.Length = length;
            break;
        }

        return encoded.ToString();
    }

    /// <summary>Decodes; a broken escape stays as it is, as the gRPC rules ask.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;

        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
