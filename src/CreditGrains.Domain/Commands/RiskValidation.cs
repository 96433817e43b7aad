using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Domain.Commands;

/// <summary>What can be said of commands about models and policies without any state.</summary>
internal static class RiskValidation
{
    private const int PrincipalMax = 64;
    private static readonly (Reason, string?) Valid = (Reason.None, null);

    /// <summary>Checks a command; None for one of another kind.</summary>
    public static (Reason Reason, string? Message) Check(ControlCommand control) => control switch
    {
        PutContent c => Part(c),
        RegisterModel c => First(Entity(c.Key), Name(c.Name), Version(c.Version), Content(c.Content), Text("metadata", c.Metadata, RegisterModel.MetadataMax)),
        RegisterPolicy c => First(Entity(c.Key), Name(c.Name), Version(c.Version), Content(c.Content), c.Decision.Length > 0 ? Text("decision", c.Decision, RegisterPolicy.DecisionMax) : Field("decision", "is missing; name the decision that decides a request")),
        ActivateModel c => First(
            Scope(c.Key), Name(c.Name), Version(c.Version), Role(c.Role, VersionRole.Retired),
            c.Role == VersionRole.Challenger ? c.SharePpm is >= 1 and <= 999_999 ? Valid : Field("share_ppm", "must be 1 to 999,999 for a challenger")
                : c.SharePpm == 0 ? Valid : Field("share_ppm", "belongs to challengers only"),
            Principals(c.Role, c.FromMicros, c.Maker, c.Checker)),
        ActivatePolicy c => First(
            Scope(c.Key), Name(c.Name), Version(c.Version), c.Role == VersionRole.Challenger ? Field("role", "of a policy is acting, shadow or retired") : Role(c.Role, VersionRole.Retired),
            Principals(c.Role, c.FromMicros, c.Maker, c.Checker)),
        _ => Valid,
    };

    private static (Reason, string?) Part(PutContent c)
    {
        if (Entity(c.Key) is { Item1: not Reason.None } bad) return bad;
        if (c.Hash == default) return Field("hash", "is missing; give the SHA-256 of the file");
        if (c.Length is < 1 or > PutContent.LengthMax) return Field("length", "must be 1 to 16,777,216 bytes");
        if (c.Bytes is null || c.Bytes.Length is < 1 or > PutContent.PartMax) return Field("bytes", "must be 1 to 49,152 bytes; send larger files in parts");
        return c.Offset >= 0 && c.Offset <= c.Length - c.Bytes.Length ? Valid : Field("offset", "must lie within the file, with the part");
    }

    private static (Reason, string?) Entity(NodeKey key) =>
        key is { Tenant: > 0, LegalEntity: > 0, Id: 0, Kind: NodeKind.None } ? Valid : (Reason.InvalidKey, "tenant and legal entity must be 1 to 65535, without kind and id");

    private static (Reason, string?) Scope(NodeKey key) =>
        Entity(key).Item1 == Reason.None || (key.IsValid && !key.IsFacility) ? Valid
            : (Reason.InvalidKey, "a scope is a tenant and legal entity (1 to 65535, without kind and id), or a node other than a facility");

    private static (Reason, string?) Name(string? name) =>
        name is { Length: >= 1 and <= RegisterModel.NameMax } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') ? Valid
            : Field("name", "must be 1 to 64 of letters, digits, dot, underscore, hyphen");

    private static (Reason, string?) Content(ContentHash hash) => hash != default ? Valid : Field("content", "is missing; give the SHA-256 of the file, sent before");

    private static (Reason, string?) Version(int version) => version >= 1 ? Valid : Field("version", "must be 1 or more");

    private static (Reason, string?) Role(VersionRole role, VersionRole last) =>
        role >= VersionRole.Acting && role <= last ? Valid : Field("role", "must be acting, challenger, shadow or retired");

    private static (Reason, string?) Principals(VersionRole role, long fromMicros, string? maker, string? checker)
    {
        if (fromMicros < 0) return Field("from_micros", "must be 0 (now) or a writer time");
        if (string.IsNullOrWhiteSpace(maker) || maker.Length > PrincipalMax) return Field("maker", "must name who makes the change, 1 to 64 characters");
        if (checker is null || checker.Length > PrincipalMax) return Field("checker", "must be at most 64 characters");
        if (role == VersionRole.Shadow && checker.Length == 0) return Valid;
        if (string.IsNullOrWhiteSpace(checker)) return Field("checker", "must name who checked the change; only a shadow needs none");
        return string.Equals(maker.Trim(), checker.Trim(), StringComparison.OrdinalIgnoreCase) ? Field("checker", "must be another principal than the maker") : Valid;
    }

    private static (Reason, string?) Text(string name, string? text, int max)
    {
        if (text is null || System.Text.Encoding.UTF8.GetByteCount(text) > max) return Field(name, $"must be at most {max} bytes of UTF-8");
        return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? Field(name, "holds control characters; take them out") : Valid;
    }

    private static (Reason, string?) First(params ReadOnlySpan<(Reason Reason, string? Message)> checks)
    {
        foreach (var check in checks)
            if (check.Reason != Reason.None) return check;
        return Valid;
    }

    private static (Reason, string?) Field(string field, string fix) => (Reason.InvalidField, $"{field} {fix}");
}
