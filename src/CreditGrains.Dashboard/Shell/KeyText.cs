using System.Globalization;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Dashboard.Shell;

/// <summary>Keys as people read and type them, and where their pages are.</summary>
internal static class KeyText
{
    /// <summary>Kind and number, with the legal entity where it is not the first.</summary>
    public static string Of(NodeKey key, Words words) => $"{words[$"kind.{key.Kind}"]} {Number(key)}";

    /// <summary>The number alone, where the kind is said beside.</summary>
    public static string Number(NodeKey key) => key.LegalEntity <= 1 ? Text(key.Id) : $"{Text(key.LegalEntity)}/{Text(key.Id)}";

    /// <summary>The page of a facility or node.</summary>
    public static string PathOf(NodeKey key) => key.Kind == NodeKind.Pool ? $"pool/{PoolId(key)}" : key.IsFacility ? AccountPath(key) : $"group/{key.Kind.ToString().ToLowerInvariant()}/{Text(key.LegalEntity)}/{Text(key.Id)}";

    /// <summary>The page of a facility.</summary>
    public static string AccountPath(NodeKey key) => $"account/{Text(key.LegalEntity)}/{Text(key.Id)}";

    /// <summary>Names a live pool in the address of its page.</summary>
    public static string PoolId(NodeKey key) => $"live-{Text(key.LegalEntity)}-{Text(key.Id)}";

    /// <summary>The kind of a word in a path; none when there is no such kind.</summary>
    public static NodeKind KindOf(string? word) => Enum.TryParse<NodeKind>(word, ignoreCase: true, out var kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(word![0]) ? kind : NodeKind.None;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
