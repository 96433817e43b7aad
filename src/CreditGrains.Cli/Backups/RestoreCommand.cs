using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Clocks;
using CreditGrains.Engine.Backups;

namespace CreditGrains.Cli.Backups;

/// <summary>creditgrains restore: makes a data directory from a backup, to a point in time.</summary>
internal static class RestoreCommand
{
    public static Command Create(Shell shell)
    {
        var from = new Option<string>("--from") { Description = "A backup", HelpName = "DIR", Required = true };
        var archive = new Option<string?>("--archive") { Description = "Archived journal segments ('serve --archive'), which may reach further than the backup", HelpName = "DIR" };
        var data = new Option<string>("--data") { Description = "An empty directory to restore into", HelpName = "DIR", Required = true };
        var at = new Option<string?>("--at") { Description = "Last moment to keep, with a time zone: 2026-11-27T09:30:00Z", HelpName = "TIME" };
        var sequence = new Option<long?>("--sequence") { Description = "Last event to keep; the rest of its frame goes with the later ones", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        at.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryReadTime(text, out _)) result.AddError($"--at '{text}' is no time with a zone, such as 2026-11-27T09:30:00Z");
        });
        var command = new Command("restore", "Make a data directory from a backup, and archived segments, as it was at a moment") { from, archive, data, at, sequence, json };
        command.SetAction(async (parse, _) =>
        {
            long? micros = parse.GetValue(at) is { } text && TryReadTime(text, out var read) ? read : null;
            var point = new RestorePoint(micros, parse.GetValue(sequence));
            var report = await BackupWork.RunAsync(() => DirectoryRestore.Run(
                parse.GetRequiredValue(from), parse.GetValue(archive), parse.GetRequiredValue(data), point));
            BackupWork.Print(shell, report, parse.GetValue(json), "Restored");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static bool TryReadTime(string text, out long micros)
    {
        micros = 0;
        var clock = text.IndexOf('T', StringComparison.Ordinal);
        var hasZone = clock > 0 && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > clock);
        if (!hasZone || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return false;
        micros = time.UnixMicros();
        return true;
    }
}
