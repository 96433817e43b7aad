using System.CommandLine;
using CreditGrains.Api.Mapping;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Control;

/// <summary>A subcommand that sends one command to the engine and prints its decision.</summary>
internal static class SingleCommand
{
    /// <summary>Makes the subcommand.</summary>
    /// <param name="shell">Where it prints.</param>
    /// <param name="command">Its name, arguments and options; <c>--id</c>, <c>--address</c> and <c>--json</c> are added.</param>
    /// <param name="make">The engine's command, without id.</param>
    public static Command Complete(Shell shell, Command command, Func<ParseResult, Domain.Commands.Command> make)
    {
        var id = new Option<string?>("--id") { Description = "Request id, a UUIDv7: sent twice it takes effect once; drawn when left out", HelpName = "UUID" };
        command.Add(id);
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var sent = make(parse);
            sent.Id = RequestIds.From(parse.GetValue(id));
            using var channel = client.Connect(parse);
            var decision = await Sending.ExecuteAsync(channel, CommandMapping.Write(sent), $"--id {sent.Id}", cancellationToken);
            var json = client.IsJson(parse);
            if (!json) shell.Line($"request {sent.Id}");
            return (int)DecisionView.Print(shell, decision, sent.Currency.IsKnown ? sent.Currency.Code : "", json);
        });
        return command;
    }

    /// <summary>The same for a control command.</summary>
    public static Command Complete(Shell shell, Command command, Func<ParseResult, ControlCommand> make) =>
        Complete(shell, command, parse => Domain.Commands.Command.Of(default, make(parse)));
}
