using System.CommandLine;
using System.Net;
using System.Net.Security;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Security.Tls;

namespace CreditGrains.Cli.CommandLine;

/// <summary>What a client shows of itself: an API key or token from a file or the environment, never from the command line, which others can read.</summary>
internal sealed class ClientCredentials
{
    /// <summary>The variable that holds a key where no file is named.</summary>
    public const string Variable = "CREDITGRAINS_API_KEY";

    private readonly Option<string?> file = new("--api-key") { Description = $"File that holds the API key or token; left out: the variable {Variable}", HelpName = "FILE" };

    public ClientCredentials() => file.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>()?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true)
            result.AddError($"--api-key takes a file, not the key: a command line can be read by others; put the key into a file or into {Variable}");
    });

    private readonly Option<string?> ca = new("--ca") { Description = "Root certificates (PEM) the server's must lead to; left out: the system's", HelpName = "FILE" };
    private readonly Option<string?> certificate = new("--cert") { Description = "Client certificate (PEM), where the server asks for one", HelpName = "FILE" };
    private readonly Option<string?> key = new("--key") { Description = "Private key (PEM) of --cert", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(file);
        command.Add(ca);
        command.Add(certificate);
        command.Add(key);
        command.Validators.Add(result =>
        {
            if (result.GetValue(certificate) is null != result.GetValue(key) is null) result.AddError("--cert and --key belong together");
        });
    }

    /// <summary>The client's side of TLS; null when nothing is given.</summary>
    /// <exception cref="SecurityFileException">A file cannot be used.</exception>
    public SslClientAuthenticationOptions? TlsOf(ParseResult parse)
    {
        var (roots, own) = (parse.GetValue(ca), parse.GetValue(certificate));
        if (roots is null && own is null) return null;
        return PeerTrust.ClientOptions(
            roots is null ? null : PemFiles.Certificates(roots), own is null ? null : PemFiles.CertificateWithKey(own, parse.GetRequiredValue(key)!));
    }

    /// <summary>The authorization header for a server; null when no key is given.</summary>
    /// <exception cref="CommandFault">The file is empty or missing, or the key would go unencrypted to another machine.</exception>
    public string? HeaderFor(Uri address, ParseResult parse)
    {
        var shown = parse.GetValue(file) is { } path ? Read(path) : Environment.GetEnvironmentVariable(Variable)?.Trim();
        if (string.IsNullOrEmpty(shown)) return null;
        if (address.Scheme == "http" && !IsLoopback(address.Host))
            throw CommandFault.Usage("KeyUnencrypted", $"the key would go unencrypted to {address.Host}; use an https address");
        return $"Bearer {shown}";
    }

    private static string Read(string path)
    {
        var text = File.ReadAllText(path).Trim();
        return text.Length > 0 && !text.Any(char.IsWhiteSpace) ? text : throw CommandFault.Usage("KeyMissing", $"'{path}' does not hold one key and nothing else");
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
