using System.CommandLine;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Security;

/// <summary>creditgrains audit: who did what, with every hash checked.</summary>
internal static class AuditCommand
{
    public static Command Create(Shell shell)
    {
        var directory = new Argument<string>("DIR") { Description = "Directory of the audit log; a server may have it open" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var command = new Command("audit", "Show the audit log and check its chain. Exit code 4 when it was changed") { directory, json };
        command.SetAction(parse =>
        {
            var path = Path.Combine(parse.GetRequiredValue(directory), AuditLog.FileName);
            if (!File.Exists(path)) throw CommandFault.Usage("AuditMissing", $"there is no '{path}'; name the directory that \"audit\" of the security file names");
            var (count, head) = (0L, AuditChain.Genesis);
            try
            {
                AuditChain.Read(path, (entry, hash) =>
                {
                    (count, head) = (entry.Number, hash);
                    if (parse.GetValue(json)) shell.Record(entry);
                    else shell.Line($"{entry.Number,6} {TimeText.Of(entry.AtMicros)} {entry.Principal} {entry.Act} {entry.Subject} {entry.Detail} {entry.Request}");
                });
            }
            catch (Api.Security.SecurityFileException damage)
            {
                throw new CommandFault(ExitCode.Damaged, damage.Name, damage.Advice, damage);
            }

            if (!parse.GetValue(json)) shell.Line($"{count} entries; head {head}");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
