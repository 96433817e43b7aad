using System.CommandLine;
using System.Net;
using CreditGrains.Api.Security.Keys;

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

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => command.Add(file);

    /// <summary>The authorization header for a server; null when no key is given.</summary>
    /// <exception cref="CommandFault">The file is empty or missing, or the key would go unencrypted to another machine.</exception>
    public string? HeaderFor(Uri address, ParseResult parse)
    {
        var key = parse.GetValue(file) is { } path ? Read(path) : Environment.GetEnvironmentVariable(Variable)?.Trim();
        if (string.IsNullOrEmpty(key)) return null;
        if (address.Scheme == "http" && !IsLoopback(address.Host))
            throw CommandFault.Usage("KeyUnencrypted", $"the key would go unencrypted to {address.Host}; use an https address");
        return $"Bearer {key}";
    }

    private static string Read(string path)
    {
        var key = File.ReadAllText(path).Trim();
        return key.Length > 0 && !key.Any(char.IsWhiteSpace) ? key : throw CommandFault.Usage("KeyMissing", $"'{path}' does not hold one key and nothing else");
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
