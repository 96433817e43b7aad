using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Replay;

namespace CreditGrains.Cli.Verifying;

/// <summary>creditgrains verify: every check that a data directory can be given, and chains and heads of a cluster's database, changing nothing.</summary>
internal static class VerifyCommand
{
    private const int ProgressParts = 10_000;

    public static Command Create(Shell shell)
    {
        var data = new Option<string>("--data") { Description = "Data directory; a server may have it open, then its newest decisions may be missing from the check", HelpName = "DIR", DefaultValueFactory = _ => "./.data" };
        var database = new Option<string?>("--database") { Description = "A cluster's PostgreSQL database in place of a directory: checksums, sequences and chains of all partitions and of the audit log", HelpName = "CONNECTION" };
        var silo = new Option<string?>("--silo") { Description = $"With --database: {SiloProgram.Description}", HelpName = "FILE" };
        var heads = new Option<string[]>("--heads") { Description = "File of signed heads to hold the journal against: finds one rewritten with every hash made right. With --database those of all silos", HelpName = "FILE", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var key = new Option<string?>("--public-key") { Description = "Public key of the heads", HelpName = "FILE" };
        var audit = new Option<string?>("--audit") { Description = "Directory of the audit log, to hold it against the heads too", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("verify", "Check a data directory: chain, replay of every event, conservation, digests, snapshots. Exit code 4 when damaged") { data, database, silo, heads, key, audit, json };
        command.Validators.Add(result =>
        {
            var count = result.GetValue(heads)!.Length;
            var isCluster = result.GetValue(database) is not null;
            if (count == 0 != result.GetValue(key) is null) result.AddError("--heads and --public-key belong together");
            if (count > 1 && !isCluster) result.AddError("a data directory has one file of heads; several are those of the silos of --database");
            if (isCluster && (result.GetResult(data) is { Implicit: false } || result.GetValue(audit) is not null)) result.AddError("--database has journals and audit log: leave --data and --audit out");
            if (!isCluster && result.GetValue(silo) is not null) result.AddError("--silo goes with --database");
            if (result.GetValue(audit) is not null && count == 0) result.AddError("--audit needs --heads; 'creditgrains audit' checks a log alone");
        });
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(database) is { } connection)
            {
                string[] about = [.. parse.GetRequiredValue(heads).SelectMany(file => (string[])["--heads", file]), .. parse.GetValue(key) is { } own ? (string[])["--public-key", own] : []];
                return (int)await ClusterVerify.RunAsync(shell, parse.GetValue(silo), ["--database", connection, .. about, .. parse.GetValue(json) ? (string[])["--json"] : []], cancellationToken);
            }

            var start = Stopwatch.GetTimestamp();
            var check = parse.GetRequiredValue(heads) is [var file] ? HeadCheck.Read(file, parse.GetRequiredValue(key)!) : null;
            var report = await RunAsync(shell, parse.GetRequiredValue(data), check);
            if (check is not null && report.IsSound)
            {
                var problem = check.Judge(report, new PartitionOptions().PartitionId, report.OldestSequence) ?? (parse.GetValue(audit) is { } log ? check.JudgeAudit(log) : null);
                report = report with { Problem = problem };
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (parse.GetValue(json)) shell.Record(new VerifyResult(report.IsSound, Math.Round(seconds, 3), report));
            else Print(shell, report, seconds, check);
            return (int)(report.IsSound ? ExitCode.Ok : ExitCode.Damaged);
        });
        return command;
    }

    private static Task<VerificationReport> RunAsync(Shell shell, string directory, HeadCheck? check) => LongWork.RunAsync(
        shell, "Verifying", ProgressParts, progress => Task.Run(() =>
        {
            try
            {
                return JournalVerification.Run(directory, options: null, done => progress.Report((long)(done * ProgressParts)), check is null ? null : check.See);
            }
            catch (StoreException e)
            {
                throw LocalEngine.FaultOf(e);
            }
        }));

    private static void Print(Shell shell, VerificationReport report, double seconds, HeadCheck? check)
    {
        shell.Table("", ["verified", "#"],
        [
            ["segments", Number(report.Segments)],
            ["frames", Number(report.Frames)],
            ["frame bytes", Number(report.FrameBytes)],
            ["incomplete last frame, bytes", Number(report.IncompleteBytes)],
            ["epoch", Number(report.Epoch)],
            ["events replayed", Number(report.Events)],
            ["from sequence", Number(report.FirstSequence)],
            ["to sequence", Number(report.LastSequence)],
            ["digests", Number(report.DigestsChecked)],
            ["snapshots", Number(report.SnapshotsChecked)],
            ["facilities", Number(report.Facilities)],
            ["nodes", Number(report.Nodes)],
            ["open holds, floats, referrals", Number(report.OpenItems)],
            ["seconds", seconds.ToString("N1", CultureInfo.InvariantCulture)],
        ]);
        if (report.BaseSnapshot > 0) shell.Line($"Older segments are archived: replayed from the snapshot of sequence {report.BaseSnapshot}.");
        if (report.Problem is not { } problem)
        {
            shell.Line($"Everything holds. Chain head {report.ChainHead}");
            if (check is not null) shell.Line($"{check.Count - check.OutOfReach} signed heads agree with it{(check.OutOfReach > 0 ? $"; {check.OutOfReach} are of archived segments" : "")}.");
            return;
        }
        shell.Line($"DAMAGED ({problem.Fault}){(problem.File.Length > 0 ? $" in {problem.File}" : "")}{(problem.Sequence > 0 ? FormattableString.Invariant($" at sequence {problem.Sequence}") : "")}: {problem.What}");
        shell.Line($"{problem.Remedy}");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record VerifyResult(bool Sound, double Seconds, VerificationReport Report);
}
