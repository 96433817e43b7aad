using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Tokens;
using CreditGrains.Api.Tests.Transport;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Tokens made here byte by byte, so that the library under the checks is not also what makes what is checked.</summary>
public sealed class WebTokensTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-jwt-").FullName;
    private readonly ManualClock clock = new();
    private readonly RSA rsa = RSA.Create(2_048);
    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public WebTokensTests() => WriteKeys(rsa, ec);

    private string SetPath => Path.Combine(directory, "jwks.json");

    public void Dispose()
    {
        rsa.Dispose();
        ec.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public void Authenticate_ASignedToken_IsItsPrincipal(string algorithm)
    {
        var recognition = Recognise(Sign(algorithm, Claims(c => c["legal_entities"] = new JsonArray(4, 6))));
        Assert.Null(recognition.Refusal);
        var principal = recognition.Principal!;
        Assert.Equal(("token:ada", Roles.Decide | Roles.Read, (ushort)7), (principal.Id, principal.Roles, principal.Tenant));
        Assert.Equal([4, 6], principal.LegalEntities.Select(entity => (int)entity));
    }

    [Fact]
    public void Authenticate_AlgorithmNone_IsRefused()
    {
        var claims = Claims();
        Refused($"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}.");
        Refused($"{Encode("""{"alg":"None"}""")}.{Encode(claims.ToJsonString())}.{Base64Url.EncodeToString(new byte[256])}");
    }

    [Fact]
    public void Authenticate_SignedByHmacOfThePublicKey_IsRefused()
    {
        // The classic confusion: the public key, which everybody has, as if it were a shared secret.
        var head = $"{Encode("""{"alg":"HS256","typ":"JWT","kid":"r"}""")}.{Encode(Claims().ToJsonString())}";
        foreach (var secret in (byte[][])[rsa.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), File.ReadAllBytes(SetPath)])
            Refused($"{head}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head)))}");
    }

    [Fact]
    public void Authenticate_SignedByAnotherKeyOfTheSameName_IsRefused()
    {
        using var other = RSA.Create(2_048);
        Refused(Sign("RS256", Claims(), other));
    }

    [Fact]
    public void Authenticate_WithAKeyOfItsOwnInTheHeader_IsRefused()
    {
        using var other = RSA.Create(2_048);
        Refused(Sign("RS256", Claims(), other, $$"""{"alg":"RS256","typ":"JWT","jwk":{{Jwk(other, "x")}}}"""));
    }

    [Fact]
    public void Authenticate_WithAnyPartChanged_IsRefused()
    {
        var token = Sign("ES256", Claims());
        var tokens = Open();
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] == '.') continue;
            // The last character of a part holds bits that are not used; changed by a high bit it is another value.
            var other = token.ToCharArray();
            other[i] = token[i] == 'A' ? 'w' : 'A';
            Assert.Null(tokens.Authenticate(new Credentials($"Bearer {new string(other)}", null)).Principal);
        }
    }

    [Theory]
    [InlineData("iss", "\"https://other.example\"")]
    [InlineData("iss", null)]
    [InlineData("aud", "\"another\"")]
    [InlineData("aud", null)]
    [InlineData("exp", null)]
    [InlineData("exp", "\"tomorrow\"")]
    [InlineData("sub", null)]
    [InlineData("sub", "\"\"")]
    [InlineData("roles", null)]
    [InlineData("roles", "[]")]
    [InlineData("roles", "[\"decide\",\"king\"]")]
    [InlineData("roles", "7")]
    [InlineData("tenant", null)]
    [InlineData("tenant", "0")]
    [InlineData("tenant", "-1")]
    [InlineData("tenant", "65536")]
    [InlineData("tenant", "\"7\"")]
    [InlineData("legal_entities", "[]")]
    [InlineData("legal_entities", "[0]")]
    [InlineData("legal_entities", "\"4\"")]
    [InlineData("legal_entities", "null")]
    public void Authenticate_WithAClaimMissingOrWrong_IsRefused(string name, string? value)
    {
        Refused(Sign("RS256", Claims(claims =>
        {
            claims.Remove(name);
            if (value is not null) claims[name] = JsonNode.Parse(value);
        })));
    }

    [Fact]
    public void Authenticate_OutsideItsTime_IsRefusedAlsoWhenItIsRemembered()
    {
        var start = clock.GetUtcNow().AddMinutes(10);
        var token = Sign("RS256", Claims(claims =>
        {
            claims["nbf"] = start.ToUnixTimeSeconds();
            claims["exp"] = start.AddMinutes(10).ToUnixTimeSeconds();
        }));
        var tokens = Open();
        Recognition Now() => tokens.Authenticate(new Credentials($"Bearer {token}", null));
        Assert.Null(Now().Principal);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.NotNull(Now().Principal);
        Assert.NotNull(Now().Principal);
        clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(29));
        Assert.NotNull(Now().Principal);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Now().Principal);
        Assert.Null(Now().Principal);
    }

    [Fact]
    public void Authenticate_AfterTheKeyLeftTheSet_IsRefusedThoughRemembered()
    {
        var token = Sign("RS256", Claims());
        var tokens = Open();
        Assert.NotNull(tokens.Authenticate(new Credentials($"Bearer {token}", null)).Principal);
        using var next = RSA.Create(2_048);
        WriteKeys(next, ec);
        File.SetLastWriteTimeUtc(SetPath, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(tokens.Authenticate(new Credentials($"Bearer {token}", null)).Principal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    public void Open_WithoutAPublicKey_IsRefusedByName(string set)
    {
        File.WriteAllText(SetPath, set);
        Assert.Equal("KeySetInvalid", Assert.Throws<SecurityFileException>(Open).Name);
    }

    [Fact]
    public void Open_WithAShortRsaKey_IsRefused()
    {
        using var weak = RSA.Create(1_024);
        WriteKeys(weak, ec);
        Assert.Contains("1024 bits", Assert.Throws<SecurityFileException>(Open).Message, StringComparison.Ordinal);
    }

    private WebTokens Open() => new(new TokenSettings { Issuer = "https://id.example", Audience = "creditgrains", KeySet = SetPath }, clock, _ => { });

    private Recognition Recognise(string token) => Open().Authenticate(new Credentials($"Bearer {token}", null));

    private void Refused(string token)
    {
        var recognition = Recognise(token);
        Assert.Null(recognition.Principal);
        Assert.NotNull(recognition.Refusal);
    }

    private JsonObject Claims(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = "https://id.example", ["aud"] = "creditgrains", ["sub"] = "ada", ["exp"] = clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
            ["roles"] = "decide read", ["tenant"] = 7,
        };
        change?.Invoke(claims);
        return claims;
    }

    private string Sign(string algorithm, JsonObject claims, RSA? by = null, string? header = null)
    {
        var head = $"{Encode(header ?? $$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{(algorithm == "ES256" ? "e" : "r")}}"}""")}.{Encode(claims.ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(head);
        var signature = algorithm switch
        {
            "RS256" => (by ?? rsa).SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "PS256" => (by ?? rsa).SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            _ => ec.SignData(bytes, HashAlgorithmName.SHA256),
        };
        return $"{head}.{Base64Url.EncodeToString(signature)}";
    }

    private void WriteKeys(RSA first, ECDsa second)
    {
        var point = second.ExportParameters(false).Q;
        File.WriteAllText(SetPath, $$"""{"keys":[{{Jwk(first, "r")}},{"kty":"EC","crv":"P-256","kid":"e","x":"{{Base64Url.EncodeToString(point.X!)}}","y":"{{Base64Url.EncodeToString(point.Y!)}}"}]}""");
    }

    private static string Jwk(RSA key, string id)
    {
        var parts = key.ExportParameters(false);
        return JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["kty"] = "RSA", ["kid"] = id, ["n"] = Base64Url.EncodeToString(parts.Modulus!), ["e"] = Base64Url.EncodeToString(parts.Exponent!),
        });
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
