using System.CommandLine;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Queries;

/// <summary>creditgrains get facility|node|decision.</summary>
internal static class GetCommand
{
    public static Command Create(Shell shell) => new("get", "Show a facility, a node or a decision")
    {
        Facility(shell),
        Node(shell),
        Decision(shell),
    };

    private static Command Facility(Shell shell)
    {
        var key = new Argument<string>("facility") { Description = "TENANT/ENTITY/ID" };
        var asOf = AsOf("as the balances were at a past writer time");
        var command = new Command("facility", "A facility with its path, balances and open items, in one atomic read") { key, asOf };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var facility = Keys.ToFacility(KeyText.Facility(parse.GetRequiredValue(key)));
            var options = new CallOptions { CancellationToken = cancellationToken };
            using var channel = client.Connect(parse);
            if (parse.GetValue(asOf) is { } time)
            {
                var request = new GetFacilityAsOfRequest { Facility = facility, AsOfMicros = TimeText.Parse("--as-of", time) };
                var past = await channel.UnaryAsync(Calls.GetFacilityAsOf, request, options);
                return EventView.Show(shell, past.LastEvent, "the facility did not exist at that time", client.IsJson(parse));
            }

            var reply = await channel.UnaryAsync(Calls.GetFacility, new GetFacilityRequest { Facility = facility }, options);
            if (reply.Facility is not { } view) throw Unknown("facility", parse.GetRequiredValue(key));
            if (client.IsJson(parse)) shell.Message(view);
            else FacilityPrint.Write(shell, view);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Node(Shell shell)
    {
        var key = new Argument<string>("node") { Description = "KIND/TENANT/ENTITY/ID" };
        var asOf = AsOf("exposure as of a past writer time; may take as long as a restart");
        var command = new Command("node", "A limit node with its limit and use") { key, asOf };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new GetNodeRequest { Node = Keys.ToNode(KeyText.Node(parse.GetRequiredValue(key))) };
            if (parse.GetValue(asOf) is { } time) request.AsOfMicros = TimeText.Parse("--as-of", time);
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.GetNode, request, new CallOptions { CancellationToken = cancellationToken });
            if (reply.Node is not { } view) throw Unknown("node", parse.GetRequiredValue(key));
            if (client.IsJson(parse)) shell.Message(view);
            else FacilityPrint.WriteNodes(shell, NodeText.Of(view.Key), [view]);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Decision(Shell shell)
    {
        var id = new Argument<string>("decision") { Description = "Its number, or a request's UUID (with --tenant)" };
        var tenant = new Option<uint>("--tenant") { Description = "Tenant of a request's UUID", DefaultValueFactory = _ => 1 };
        var command = new Command("decision", "A decision as it is journaled") { id, tenant };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var text = parse.GetRequiredValue(id);
            var request = Guid.TryParseExact(text, "D", out _)
                ? new GetDecisionRequest { RequestUuid = text, Tenant = parse.GetValue(tenant) }
                : new GetDecisionRequest { DecisionId = DecisionId(text) };
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.GetDecision, request, new CallOptions { CancellationToken = cancellationToken });
            return EventView.Show(shell, reply.Event, $"there is no decision {text}", client.IsJson(parse));
        });
        return command;
    }

    private static long DecisionId(string text) => long.TryParse(text, out var id) && id > 0
        ? id
        : throw CommandFault.Usage("BadDecision", $"'{text}' is neither a decision's number nor a UUID of 8-4-4-4-12 hexadecimal digits");

    private static Option<string?> AsOf(string what) => new("--as-of") { Description = $"{char.ToUpperInvariant(what[0])}{what[1..]}, ISO 8601", HelpName = "TIME" };

    private static CommandFault Unknown(string what, string key) =>
        CommandFault.Usage("Unknown" + char.ToUpperInvariant(what[0]) + what[1..], $"the engine has no {what} {key}; check the key, or import it first");
}
