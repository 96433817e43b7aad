using System.CommandLine;
using System.Text.Json;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Json;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Google.Protobuf;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Security;

/// <summary>creditgrains propose, approve, reject and proposals: changes that need a second person.</summary>
internal static class ApprovalCommands
{
    public static Command Propose(Shell shell)
    {
        var text = new Argument<string>("json")
        {
            Description = """A creditgrains.v1.Command without request id, such as '{"setLimit":{"node":{"tenant":1,"legalEntity":1,"id":42,"kind":"NODE_KIND_FACILITY"},"limit":"900000000"}}'""",
        };
        var note = new Option<string>("--note") { Description = "Why, for the person who approves", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var command = new Command("propose", "Propose a control command; another principal must approve it") { text, note };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new ProposeRequest { Command = Parse(parse.GetRequiredValue(text)), Note = parse.GetRequiredValue(note) };
            using var channel = client.Connect(parse);
            var proposal = await channel.UnaryAsync(Calls.Propose, request, new CallOptions { CancellationToken = cancellationToken });
            return Print(shell, proposal, client.IsJson(parse));
        });
        return command;
    }

    public static Command Approve(Shell shell)
    {
        var (id, reason) = (Id(), Reason());
        var command = new Command("approve", "Approve somebody else's proposal and execute it; again after a failure, it is executed once") { id, reason };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.Approve, new ApproveRequest { ProposalId = parse.GetRequiredValue(id), Reason = parse.GetRequiredValue(reason) }, new CallOptions { CancellationToken = cancellationToken });
            if (client.IsJson(parse)) shell.Message(reply);
            else Print(shell, reply.Proposal, isJson: false);
            return (int)(client.IsJson(parse) ? DecisionView.CodeOf(reply.Decision) : DecisionView.Print(shell, reply.Decision, "", json: false));
        });
        return command;
    }

    public static Command Reject(Shell shell)
    {
        var (id, reason) = (Id(), Reason());
        var command = new Command("reject", "Turn a proposal down, or withdraw one's own") { id, reason };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var proposal = await channel.UnaryAsync(Calls.Reject, new RejectRequest { ProposalId = parse.GetRequiredValue(id), Reason = parse.GetRequiredValue(reason) }, new CallOptions { CancellationToken = cancellationToken });
            return Print(shell, proposal, client.IsJson(parse));
        });
        return command;
    }

    public static Command List(Shell shell)
    {
        var open = new Option<bool>("--open") { Description = "Only those that wait" };
        var command = new Command("proposals", "Show the newest proposals") { open };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.ListProposals, new ListProposalsRequest { OnlyOpen = parse.GetValue(open) }, new CallOptions { CancellationToken = cancellationToken });
            foreach (var proposal in reply.Proposals) Print(shell, proposal, client.IsJson(parse));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Argument<long> Id() => new("ID") { Description = "Number of the proposal" };

    private static Option<string> Reason() => new("--reason") { Description = "Why, kept in the audit log; at most 500 characters", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    private static Api.V1.Command Parse(string text)
    {
        try
        {
            return Api.V1.Command.Parser.ParseJson(ExactNumbers.Quote(text));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or JsonException)
        {
            throw CommandFault.Usage("BadJson", $"the text is no creditgrains.v1.Command: {e.Message}");
        }
    }

    private static int Print(Shell shell, Proposal proposal, bool isJson)
    {
        if (isJson)
        {
            shell.Message(proposal);
            return (int)ExitCode.Ok;
        }

        var checker = proposal.Checker.Length == 0 ? "" : $", checker {proposal.Checker}";
        shell.Line($"proposal {proposal.ProposalId} {proposal.State}: maker {proposal.Maker}{checker}, until {TimeText.Of(proposal.ExpiresAtMicros)}");
        shell.Line($"  {proposal.Command}{(proposal.Note.Length == 0 ? "" : $"  ({proposal.Note})")}");
        if (proposal.Reason.Length > 0) shell.Line($"  because: {proposal.Reason}");
        return (int)ExitCode.Ok;
    }
}
