using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Api.Security;

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

    private SecuritySettings RelativeTo(string directory) => this with { Keys = Keys is null ? null : Path.Combine(directory, Keys) };

    private static SecurityFileException Invalid(string path, string message, Exception? cause = null) =>
        new("SecurityFileInvalid", $"'{path}' is not a security file: {message.TrimEnd('.')}.", cause);
}
