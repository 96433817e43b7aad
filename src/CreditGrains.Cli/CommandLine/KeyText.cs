using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.CommandLine;

/// <summary>
/// Keys as people write them: a facility is TENANT/ENTITY/ID ("1/1/42"), a node KIND/TENANT/ENTITY/ID ("Borrower/1/1/42"),
/// a parent a node with an optional share ("Funder/1/1/7@250000", parts per million).
/// </summary>
internal static class KeyText
{
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

    /// <summary>Reads a kind by name, in any case.</summary>
    public static bool TryKind(string text, out NodeKind kind) =>
        Enum.TryParse(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out kind)
        && kind is >= NodeKind.Facility and <= NodeKind.Pool && !char.IsAsciiDigit(text[0]);

    /// <summary>Reads a parent with its share.</summary>
    public static bool TryParent(string text, out ParentShare parent)
    {
        parent = default;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var share = Share.WholePpm;
        if (at >= 0 && !int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out share)) return false;
        if (!TryNode(at < 0 ? text : text[..at], out var key)) return false;
        parent = new ParentShare(key, share);
        return true;
    }

    /// <summary>The text of a key, readable by the above.</summary>
    public static string Of(NodeKey key) => key.IsFacility
        ? string.Create(CultureInfo.InvariantCulture, $"{key.Tenant}/{key.LegalEntity}/{key.Id}")
        : string.Create(CultureInfo.InvariantCulture, $"{key.Kind}/{key.Tenant}/{key.LegalEntity}/{key.Id}");

    /// <summary>The text of a parent, readable by the above.</summary>
    public static string Of(ParentShare parent) => parent.SharePpm == Share.WholePpm
        ? Of(parent.Parent)
        : string.Create(CultureInfo.InvariantCulture, $"{Of(parent.Parent)}@{parent.SharePpm}");

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
