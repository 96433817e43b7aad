using System.Text.Json;
using CreditGrains.Api.Security.Access;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CreditGrains.Api.Security.Tokens;

/// <summary>
/// The principal a valid token names: <c>sub</c>, <c>roles</c> (an array or a list by spaces), <c>tenant</c> (a number, or "all") and, optionally,
/// <c>legal_entities</c> (an array of numbers). A claim missing or of another form is a refusal, never a wider right.
/// </summary>
internal static class TokenClaims
{
    public static Recognition Read(JsonWebToken token, DateTimeOffset validUntil)
    {
        try
        {
            var roles = Roles.None;
            foreach (var name in Texts(token, "roles"))
            {
                var role = RoleNames.Parse(name);
                if (role == Roles.None) return Recognition.Refused("the token has a role that is none here");
                roles |= role;
            }

            if (token.Subject is not { Length: > 0 }) return Recognition.Refused("the token has no subject");
            var principal = new Principal($"token:{token.Subject}", roles, TenantOf(token), EntitiesOf(token));
            return Recognition.Of(principal, validUntil);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException or JsonException)
        {
            return Recognition.Refused("the token's claims sub, roles, tenant or legal_entities are missing or of another form");
        }
    }

    private static ushort TenantOf(JsonWebToken token)
    {
        var claim = Claim(token, "tenant");
        if (claim.ValueKind == JsonValueKind.String) return claim.GetString() == "all" ? (ushort)0 : throw new FormatException();
        var tenant = claim.GetUInt16();
        return tenant > 0 ? tenant : throw new FormatException();
    }

    private static ushort[] EntitiesOf(JsonWebToken token)
    {
        if (!token.TryGetPayloadValue<object>("legal_entities", out _)) return [];
        var entities = Claim(token, "legal_entities").EnumerateArray().Select(entity => entity.GetUInt16()).ToArray();
        // An empty list would otherwise be every legal entity.
        return entities.Length > 0 ? entities : throw new FormatException();
    }

    private static IEnumerable<string> Texts(JsonWebToken token, string name)
    {
        var claim = Claim(token, name);
        return claim.ValueKind == JsonValueKind.String
            ? claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : claim.EnumerateArray().Select(text => text.GetString() ?? throw new FormatException());
    }

    private static JsonElement Claim(JsonWebToken token, string name)
    {
        using var payload = JsonDocument.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        return payload.RootElement.TryGetProperty(name, out var claim) ? claim.Clone() : throw new FormatException();
    }
}
