using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Limits;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Api.Security.Tokens;
using CreditGrains.Api.Security.Vault;

namespace CreditGrains.Server.Security;

/// <summary>
/// Who may use a server, as its security file says (docs/security.md). Paths in the file are relative to it. A field the file has and this does not is
/// refused: a misspelt rule must not be no rule.
/// </summary>
public sealed record SecuritySettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The key file: API keys by their hashes, and client certificates. Null: none are accepted.</summary>
    public string? Keys { get; init; }

    /// <summary>Tokens of an identity provider. Null: none are accepted.</summary>
    public TokenSettings? Tokens { get; init; }

    /// <summary>TLS of both ports, and of the link to a standby. Null: none, and then only loopback or a network that nobody else is on will do.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>What each tenant may ask at once; none: no limits.</summary>
    public IReadOnlyList<TenantLimit> Limits { get; init; } = [];

    /// <summary>Directory of the audit log; of a silo, which keeps it in the database of its cluster, anything. Null: who did what is not kept.</summary>
    public string? Audit { get; init; }

    /// <summary>Changes that need a second person; needs <see cref="Audit"/>. Null: none do.</summary>
    public ApprovalSettings? Approvals { get; init; }

    /// <summary>Signed heads of journals and audit log. Null: none are signed.</summary>
    public HeadSettings? Heads { get; init; }

    /// <summary>Personal data. Null: none is kept.</summary>
    public VaultSettings? Vault { get; init; }

    /// <summary>Whether /healthz and grpc.health.v1 answer without credentials, for a load balancer. Default no.</summary>
    public bool OpenHealth { get; init; }

    /// <summary>Reads a security file.</summary>
    /// <exception cref="SecurityFileException">SecurityFileMissing or SecurityFileInvalid.</exception>
    public static SecuritySettings Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var read = JsonSerializer.Deserialize<SecuritySettings>(File.ReadAllBytes(path), Json) ?? throw Invalid(path, "it holds null");
            return read.RelativeTo(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (JsonException e)
        {
            throw Invalid(path, $"line {e.LineNumber + 1}: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SecurityFileException("SecurityFileMissing", $"there is no security file '{path}'; docs/security.md says what is in it.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, e.Message, e);
        }
    }

    private SecuritySettings RelativeTo(string directory) => this with
    {
        Keys = Keys is null ? null : Path.Combine(directory, Keys),
        Tokens = Tokens is null ? null : Tokens with { KeySet = Path.Combine(directory, Tokens.KeySet) },
        Audit = Audit is null ? null : Path.Combine(directory, Audit),
        Heads = Heads is null ? null : Heads with { File = Path.Combine(directory, Heads.File), SigningKey = Path.Combine(directory, Heads.SigningKey) },
        Vault = Vault is null ? null : new VaultSettings
        {
            Records = Path.Combine(directory, Vault.Records), Keys = Path.Combine(directory, Vault.Keys), KeyFile = Path.Combine(directory, Vault.KeyFile),
        },
        Tls = Tls is null ? null : Tls with
        {
            Certificate = Path.Combine(directory, Tls.Certificate), Key = Path.Combine(directory, Tls.Key), ClientCa = Tls.ClientCa is { } ca ? Path.Combine(directory, ca) : null,
        },
    };

    private static SecurityFileException Invalid(string path, string message, Exception? cause = null) =>
        new("SecurityFileInvalid", $"'{path}' is not a security file: {message.TrimEnd('.')}.", cause);
}
