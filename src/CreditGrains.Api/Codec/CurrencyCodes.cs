using System.Text;
using CreditGrains.Domain.Money;

namespace CreditGrains.Api.Codec;

/// <summary>Currencies by the three bytes of their code and back, without strings.</summary>
internal static class CurrencyCodes
{
    private const int Letters = 26;
    private static readonly byte[][] Codes = BuildCodes();
    private static readonly ushort[] Numerics = BuildNumerics();

    /// <summary>None when the bytes are no known code.</summary>
    public static Currency Find(ReadOnlySpan<byte> code)
    {
        if (code.Length != 3) return Currency.None;
        var first = code[0] - 'A';
        var second = code[1] - 'A';
        var third = code[2] - 'A';
        return first is >= 0 and < Letters && second is >= 0 and < Letters && third is >= 0 and < Letters
            ? new Currency(Numerics[(first * Letters + second) * Letters + third])
            : Currency.None;
    }

    /// <summary>Empty for no currency.</summary>
    public static ReadOnlySpan<byte> Utf8(Currency currency) => currency.Numeric < Codes.Length ? Codes[currency.Numeric] : default;

    private static byte[][] BuildCodes()
    {
        var codes = new byte[1000][];
        for (ushort numeric = 0; numeric < codes.Length; numeric++)
        {
            var currency = new Currency(numeric);
            codes[numeric] = currency.IsKnown ? Encoding.ASCII.GetBytes(currency.Code) : [];
        }

        return codes;
    }

    private static ushort[] BuildNumerics()
    {
        var numerics = new ushort[Letters * Letters * Letters];
        for (ushort numeric = 0; numeric < Codes.Length; numeric++)
        {
            var code = Codes[numeric];
            if (code.Length == 3)
                numerics[((code[0] - 'A') * Letters + code[1] - 'A') * Letters + code[2] - 'A'] = numeric;
        }

        return numerics;
    }
}
