using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Replay;

namespace CreditGrains.Cli.Serving;

/// <summary>creditgrains verify: chain, replay, conservation, digests and snapshots of a data directory.</summary>
internal static class VerifyCommand
{
    private const int ProgressParts = 10_000;

    public static Command Create(Shell shell)
    {
        var data = new Option<string>("--data") { Description = "Data directory; read only, so an engine may have it open", HelpName = "DIR", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("verify", "Check a data directory: frames and chain, every event, conservation, digests, snapshots. Exit code 4 when something does not hold") { data, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var started = Stopwatch.GetTimestamp();
            var report = await LongWork.RunAsync(shell, "verify", ProgressParts, progress =>
                Task.Run(() => Run(parse.GetRequiredValue(data), progress, cancellationToken), cancellationToken));
            if (parse.GetValue(json)) shell.Record(report);
            else Print(shell, report, Stopwatch.GetElapsedTime(started));
            return (int)(report.IsSound ? ExitCode.Ok : ExitCode.Damaged);
        });
        return command;
    }

    private static VerificationReport Run(string directory, IWorkProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return JournalVerification.Run(directory, options: null, part =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Report((long)(part * ProgressParts));
            });
        }
        catch (StoreException e)
        {
            throw LocalEngine.FaultOf(e);
        }
    }

    private static void Print(Shell shell, VerificationReport report, TimeSpan elapsed)
    {
        shell.Table("", ["verified", "#"], Rows(report, elapsed));
        if (report.Problem is not { } problem)
        {
            shell.Line($"Everything holds.");
            return;
        }

        shell.Line($"{problem.Fault}: {problem.What}");
        if (problem.File.Length > 0) shell.Line($"  file {problem.File}");
        if (problem.Sequence > 0) shell.Line($"  at decision {problem.Sequence}");
        shell.Line($"  {problem.Remedy}");
    }

    private static IEnumerable<string[]> Rows(VerificationReport report, TimeSpan elapsed)
    {
        yield return ["decisions", FormattableString.Invariant($"{report.FirstSequence:N0} to {report.LastSequence:N0}")];
        if (report.BaseSnapshot > 0) yield return ["replayed from the snapshot at decision", Number(report.BaseSnapshot)];
        yield return ["segments", Number(report.Segments)];
        yield return ["frames with checksum and chain", Number(report.Frames)];
        yield return ["bytes of them", Number(report.FrameBytes)];
        if (report.IncompleteBytes > 0) yield return ["bytes of an incomplete last frame, never acknowledged", Number(report.IncompleteBytes)];
        yield return ["openings", Number(report.Epoch)];
        yield return ["events replayed", Number(report.Events)];
        yield return ["facilities", Number(report.Facilities)];
        yield return ["nodes", Number(report.Nodes)];
        yield return ["open holds, floats, referrals", Number(report.OpenItems)];
        yield return ["digests met", Number(report.DigestsChecked)];
        if (report.DigestsOutOfReach > 0) yield return ["digests before the first event kept", Number(report.DigestsOutOfReach)];
        yield return ["snapshots met", Number(report.SnapshotsChecked)];
        yield return ["chain head", report.ChainHead];
        yield return ["seconds", elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)];
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
