using System.Globalization;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Queries;

/// <summary>creditgrains status.</summary>
internal static class StatusCommand
{
    public static System.CommandLine.Command Create(Shell shell)
    {
        var command = new System.CommandLine.Command("status", "How the engine is: newest decision, counts, journal, queue, faults. Exit code 3 when it is stopped by a fault");
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.GetStatus, new GetStatusRequest(), new CallOptions { CancellationToken = cancellationToken });
            if (client.IsJson(parse)) shell.Message(reply);
            else Print(shell, reply);
            return (int)(reply.Fault.Length == 0 ? ExitCode.Ok : ExitCode.Unavailable);
        });
        return command;
    }

    private static void Print(Shell shell, GetStatusReply reply) => shell.Table("", ["status", "#"],
    [
        ["newest decision", Number(reply.LastDecisionId)],
        ["writer time", TimeText.Of(reply.RecordedAtMicros)],
        ["facilities", Number(reply.FacilityCount)],
        ["nodes", Number(reply.NodeCount)],
        ["open holds, floats, referrals", Number(reply.OpenItemCount)],
        ["newest snapshot at decision", Number(reply.SnapshotDecisionId)],
        ["journal bytes", Number(reply.JournalBytes)],
        ["journal syncs", Number(reply.FlushCount)],
        ["collector pauses, ms", Number(reply.CollectorPauseMicros / 1_000)],
        ["commands waiting", Number(reply.QueueLength)],
        ["clock step to confirm", reply.ClockStepPending ? "yes" : "no"],
        ["standby", StandbyText(reply)],
        ["fault", reply.Fault.Length == 0 ? "none" : reply.Fault],
    ]);

    private static string StandbyText(GetStatusReply reply) => reply.Standby switch
    {
        StandbyState.None => "none",
        StandbyState.InStep => $"in step, {reply.StandbyMessage}",
        StandbyState.CatchingUp => $"catching up, {reply.StandbyMessage}",
        _ => $"lost{(reply.StandbyRequired ? ", nothing is decided until it is back" : "")}: {reply.StandbyMessage}",
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
