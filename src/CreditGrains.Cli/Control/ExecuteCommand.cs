using System.CommandLine;
using System.Text.Json;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Requests;
using Google.Protobuf;
using Command = System.CommandLine.Command;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Control;

/// <summary>creditgrains execute: any command of the API, as JSON.</summary>
internal static class ExecuteCommand
{
    public static Command Create(Shell shell)
    {
        var text = new Argument<string>("json")
        {
            Description = """A creditgrains.v1.Command, such as '{"capture":{"facility":{"tenant":1,"legalEntity":1,"id":42},"amount":"12900","currency":"EUR","holdId":"7"}}'""",
        };
        var command = new Command("execute", "Send any one command of the API; a request id is drawn when it has none") { text };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var message = Parse(parse.GetRequiredValue(text), out var drawn);
            using var channel = client.Connect(parse);
            var again = drawn is null ? "the same id" : $"\"requestUuid\":\"{drawn}\" among its fields";
            var decision = await Sending.ExecuteAsync(channel, message, again, cancellationToken);
            return (int)DecisionView.Print(shell, decision, CurrencyOf(message), client.IsJson(parse));
        });
        return command;
    }

    /// <param name="text">The command.</param>
    /// <param name="drawn">The id it was given here; null when it had one.</param>
    private static V1.Command Parse(string text, out RequestId? drawn)
    {
        drawn = null;
        try
        {
            var message = V1.Command.Parser.ParseJson(ExactNumbers.Quote(text));
            if (Body(message) is { HasRequestId: false, HasRequestUuid: false, SessionId: null } body)
            {
                drawn = RequestIds.Draw();
                body.SetId(drawn.Value);
            }

            return message;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or JsonException)
        {
            throw CommandFault.Usage("BadJson", $"the text is no creditgrains.v1.Command: {e.Message}");
        }
    }

    private static IIdentified? Body(V1.Command message) =>
        message.CommandCase == V1.Command.CommandOneofCase.None ? null : (IIdentified)Field(message).Accessor.GetValue(message);

    private static Google.Protobuf.Reflection.FieldDescriptor Field(V1.Command message) =>
        V1.Command.Descriptor.FindFieldByNumber((int)message.CommandCase);

    private static string CurrencyOf(V1.Command message)
    {
        if (message.CommandCase == V1.Command.CommandOneofCase.None) return "";
        var body = (IMessage)Field(message).Accessor.GetValue(message);
        return body.Descriptor.FindFieldByName("currency") is { } currency ? (string)currency.Accessor.GetValue(body) : "";
    }
}
