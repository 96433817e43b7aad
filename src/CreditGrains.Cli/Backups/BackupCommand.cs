using System.CommandLine;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Engine.Backups;

namespace CreditGrains.Cli.Backups;

/// <summary>creditgrains backup: copies a data directory, also while its server runs.</summary>
internal static class BackupCommand
{
    public static Command Create(Shell shell)
    {
        var data = new Option<string>("--data") { Description = "Data directory; its server may be running", HelpName = "DIR", DefaultValueFactory = _ => "./.data" };
        var to = new Option<string>("--to") { Description = "An empty directory, or one with an earlier backup, which is then brought up to date", HelpName = "DIR", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("backup", "Copy a data directory while its server runs: newest snapshot, request ids, and the journal up to now") { data, to, json };
        command.SetAction(async (parse, _) =>
        {
            var report = await BackupWork.RunAsync(() => DirectoryBackup.Run(parse.GetRequiredValue(data), parse.GetRequiredValue(to)));
            BackupWork.Print(shell, report, parse.GetValue(json), "Backed up");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
