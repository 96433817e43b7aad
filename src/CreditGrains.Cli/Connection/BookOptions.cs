using System.CommandLine;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Connection;

/// <summary>The options of commands that work on a server or, with --data, on a data directory in this process.</summary>
internal sealed class BookOptions
{
    private readonly ClientOptions client = new();
    private readonly Option<string?> data = new("--data")
    {
        Description = "Data directory to open in this process instead of calling --address; no server may have it open",
        HelpName = "DIR",
    };

    /// <summary>Adds the options to a command.</summary>
    public BookOptions AddTo(Command command)
    {
        client.AddTo(command);
        command.Add(data);
        return this;
    }

    /// <summary>Whether results are for machines.</summary>
    public bool IsJson(ParseResult parse) => client.IsJson(parse);

    /// <summary>Opens the book; the caller disposes of it.</summary>
    /// <exception cref="CommandFault">The directory cannot be opened.</exception>
    public async Task<IBook> OpenAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        if (parse.GetValue(data) is not { } directory) return new RemoteBook(client.Connect(parse));
        if (client.IsAddressGiven(parse)) throw CommandFault.Usage("Usage", "give --data or --address, not both");
        return new EngineBook(await LocalEngine.OpenForCommandAsync(directory, cancellationToken), directory);
    }
}
