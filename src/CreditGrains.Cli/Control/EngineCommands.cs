using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Control;

/// <summary>creditgrains snapshot and confirm-clock.</summary>
internal static class EngineCommands
{
    public static Command Snapshot(Shell shell)
    {
        var command = new Command("snapshot", "Write a snapshot; returns when it is verified");
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.Snapshot, new SnapshotRequest(), new CallOptions { CancellationToken = cancellationToken });
            if (client.IsJson(parse)) shell.Message(reply);
            else shell.Line($"snapshot holds every decision to {reply.DecisionId}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command ConfirmClock(Shell shell)
    {
        var command = new Command("confirm-clock", "Confirm that a forward step of the engine's clock is right, so that approvals resume");
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.ConfirmClock, new ConfirmClockRequest(), new CallOptions { CancellationToken = cancellationToken });
            if (client.IsJson(parse)) shell.Message(reply);
            else shell.Line($"the clock is confirmed; approvals go on");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
