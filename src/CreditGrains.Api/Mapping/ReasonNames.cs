using System.Text;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Mapping;

/// <summary>The stable English names of reasons, as text and as bytes.</summary>
internal static class ReasonNames
{
    private static readonly string[] Texts = Build();
    private static readonly byte[][] Bytes = [.. Texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Empty for None and for numbers this build does not know.</summary>
    public static string Of(Reason reason) => (int)reason < Texts.Length ? Texts[(int)reason] : "";

    /// <summary>The same as UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8(Reason reason) => (int)reason < Bytes.Length ? Bytes[(int)reason] : default;

    private static string[] Build()
    {
        var reasons = Enum.GetValues<Reason>();
        var texts = new string[(int)reasons.Max() + 1];
        Array.Fill(texts, "");
        foreach (var reason in reasons)
            if (reason != Reason.None) texts[(int)reason] = reason.ToString();
        return texts;
    }
}
