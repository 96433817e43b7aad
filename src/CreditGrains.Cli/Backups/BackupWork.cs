using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Engine.Backups;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Cli.Backups;

/// <summary>What backup and restore share: failures as exit codes, and the report.</summary>
internal static class BackupWork
{
    public static Task<BackupReport> RunAsync(Func<BackupReport> work) => Task.Run(() =>
    {
        try
        {
            return work();
        }
        catch (BackupException refusal)
        {
            throw CommandFault.Usage(refusal.Name, refusal.Message);
        }
        catch (StoreException failure)
        {
            throw LocalEngine.FaultOf(failure);
        }
        catch (JournalException damage)
        {
            throw LocalEngine.FaultOf(damage);
        }
        catch (SnapshotDamagedException damage)
        {
            throw new CommandFault(ExitCode.Damaged, "SnapshotDamaged", damage.Message, damage);
        }
    });

    public static void Print(Shell shell, BackupReport report, bool asJson, string done)
    {
        if (asJson)
        {
            shell.Record(report);
            return;
        }
        var until = report.RecordedAtMicros is { } micros
            ? DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
            : "the beginning";
        shell.Line($"{done}: events {report.FirstSequence:N0} to {report.LastSequence:N0}, until {until}; snapshot of event {report.SnapshotSequence:N0}; {report.Segments} segments, {report.BytesCopied:N0} bytes copied.");
        shell.Line($"Chain head {report.ChainHead}");
    }
}
