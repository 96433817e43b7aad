using System.Globalization;
using CreditGrains.Dashboard.Live;
using CreditGrains.Dashboard.Shell;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Dashboard.Accounts;

/// <summary>
/// Finds what a person types: an account number, with its legal entity as "2/1001" or without; a kind and number such as "enterprise 10"; a decision as "#512"; a request id (UUID). There are no
/// names: personal data lies outside the engine.
/// </summary>
internal static class AccountSearch
{
    /// <summary>The page of what was typed; null when nothing is there.</summary>
    public static async Task<string?> FindAsync(Sight sight, string text)
    {
        var engine = sight.Engine;
        text = text.Trim();
        if (text.StartsWith('#') && Number(text[1..]) is { } sequence)
            return await engine.GetDecisionAsync(sequence) is { } e && e.Key.Tenant == sight.Tenant && e.Key.IsValid ? $"{KeyText.PathOf(e.Key)}{(e.Key.IsFacility ? $"?decision={sequence.ToString(CultureInfo.InvariantCulture)}" : "")}" : null;
        if (Guid.TryParse(text, out var guid))
            return await engine.GetDecisionAsync(sight.Tenant, RequestId.FromGuid(guid)) is { } e && e.Key.IsValid ? KeyText.PathOf(e.Key) : null;
        return KeyOf(text, sight.Tenant, sight.LegalEntity) is { } key && sight.Visitor.Covers(key) && await engine.GetNodeAsync(key) is not null ? KeyText.PathOf(key) : null;
    }

    /// <summary>The key a person typed; null when it is none.</summary>
    public static NodeKey? KeyOf(string text, ushort tenant, ushort legalEntity)
    {
        var words = text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return null;
        var kind = words.Length == 1 ? NodeKind.Facility : words[0].Equals("group", StringComparison.OrdinalIgnoreCase) ? NodeKind.ObligorGroup : words[0].Equals("account", StringComparison.OrdinalIgnoreCase) ? NodeKind.Facility : KeyText.KindOf(words[0]);
        if (kind == NodeKind.None) return null;
        var parts = words[^1].Split('/');
        var entity = parts.Length == 2 ? Number(parts[0]) : legalEntity;
        if (parts.Length > 2 || entity is null or < 1 or > ushort.MaxValue || Number(parts[^1]) is not { } id) return null;
        return new NodeKey(id, tenant, (ushort)entity, kind);
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
