using System.CommandLine;
using System.CommandLine.Parsing;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server;

namespace CreditGrains.Cli.CommandLine;

/// <summary>The options of every command that calls a server.</summary>
internal sealed class ClientOptions
{
    /// <summary>Where 'creditgrains serve' listens unless told otherwise.</summary>
    public static readonly string UsualAddress = FormattableString.Invariant($"http://127.0.0.1:{ServerOptions.GrpcPortUsual}");

    public const int MessageLengthMax = 64 * 1024 * 1024;

    private readonly Option<string> address = new(AddressName)
    {
        Description = $"gRPC address of the engine: http (HTTP/2 without TLS) or https; left out: the variable {AddressVariable}, else the usual port here",
        HelpName = "URL",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } set ? set : UsualAddress,
    };

    private readonly ClientCredentials credentials = new();

    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object a line" };

    /// <summary>The environment variable that holds the address when the option is left out.</summary>
    public const string AddressVariable = "CREDITGRAINS_ADDRESS";

    /// <summary>The name of the option that holds the address.</summary>
    public const string AddressName = "--address";

    public ClientOptions() => address.Validators.Add(CheckAddress);

    /// <summary>Adds the options to a command.</summary>
    public ClientOptions AddTo(Command command)
    {
        command.Add(address);
        credentials.AddTo(command);
        command.Add(json);
        return this;
    }

    /// <summary>Opens a channel to the address given; the caller disposes of it.</summary>
    public RpcChannel Connect(ParseResult parse)
    {
        var server = new Uri(parse.GetRequiredValue(address));
        return new RpcChannel(server, new RpcChannelOptions
        {
            ReceiveLengthMax = MessageLengthMax, SendLengthMax = MessageLengthMax, Authorization = credentials.HeaderFor(server, parse), Tls = credentials.TlsOf(parse),
        });
    }

    /// <summary>Whether results are for machines.</summary>
    public bool IsJson(ParseResult parse) => parse.GetValue(json);

    /// <summary>Whether the address was given by the user.</summary>
    public bool IsAddressGiven(ParseResult parse) => parse.GetResult(address) is { Implicit: false };

    private static void CheckAddress(OptionResult result)
    {
        var text = result.GetValueOrDefault<string>();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            result.AddError($"'{text}' is no address; write one such as {UsualAddress}");
    }
}
