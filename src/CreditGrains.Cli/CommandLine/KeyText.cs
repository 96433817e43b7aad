using System.Globalization;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.CommandLine;

/// <summary>
/// Keys as people write them: a facility is TENANT/ENTITY/ID ("1/1/42"), a node KIND/TENANT/ENTITY/ID ("Borrower/1/1/42").
/// </summary>
internal static class KeyText
{
    private static readonly Dictionary<string, NodeKind>.AlternateLookup<ReadOnlySpan<char>> Kinds = KindsByName().GetAlternateLookup<ReadOnlySpan<char>>();
    private const string FacilityForm = "TENANT/ENTITY/ID, such as 1/1/42";
    private const string NodeForm = "KIND/TENANT/ENTITY/ID, such as Borrower/1/1/42";

    /// <exception cref="CommandFault">The text is no facility key.</exception>
    public static NodeKey Facility(string text) =>
        TryNumbers(text.Split('/'), NodeKind.Facility, out var key) ? key : throw Bad(text, "facility", FacilityForm);

    /// <summary>A node, or a facility written with or without its kind.</summary>
    /// <exception cref="CommandFault">The text is no node key.</exception>
    public static NodeKey Node(string text) => TryNode(text, out var key) ? key : throw Bad(text, "node", NodeForm);

    /// <summary>Reads either form.</summary>
    public static bool TryNode(string text, out NodeKey key)
    {
        key = default;
        var parts = text.Split('/');
        if (parts.Length == 3) return TryNumbers(parts, NodeKind.Facility, out key);
        return parts.Length == 4 && TryKind(parts[0], out var kind) && TryNumbers(parts[1..], kind, out key);
    }

    /// <summary>Reads a kind by name, in any case, words together or with underscores.</summary>
    public static bool TryKind(ReadOnlySpan<char> text, out NodeKind kind) => Kinds.TryGetValue(text, out kind);

    /// <summary>The text of a key, readable by the above.</summary>
    public static string Of(NodeKey key) => key.IsFacility
        ? string.Create(CultureInfo.InvariantCulture, $"{key.Tenant}/{key.LegalEntity}/{key.Id}")
        : string.Create(CultureInfo.InvariantCulture, $"{key.Kind}/{key.Tenant}/{key.LegalEntity}/{key.Id}");

    private static Dictionary<string, NodeKind> KindsByName()
    {
        var names = new Dictionary<string, NodeKind>(StringComparer.OrdinalIgnoreCase) { ["obligor_group"] = NodeKind.ObligorGroup };
        foreach (var kind in Enum.GetValues<NodeKind>())
            if (kind != NodeKind.None) names[kind.ToString()] = kind;
        return names;
    }

    private static bool TryNumbers(string[] parts, NodeKind kind, out NodeKey key)
    {
        key = default;
        if (parts.Length != 3
            || !ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tenant)
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var entity)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return false;
        key = new NodeKey(id, tenant, entity, kind);
        return key.IsValid;
    }

    private static CommandFault Bad(string text, string what, string form) =>
        CommandFault.Usage("BadKey", $"'{text}' is no {what}; write {form}");
}
