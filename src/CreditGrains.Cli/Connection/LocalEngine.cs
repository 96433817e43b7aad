using CreditGrains.Cli.CommandLine;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Cli.Connection;

/// <summary>Opens the engine of a data directory in this process.</summary>
internal static class LocalEngine
{
    /// <summary>Opens it, recovering what is there; for a server, whose host names the failures.</summary>
    public static Task<ICreditEngine> OpenAsync(string directory, CancellationToken cancellationToken) =>
        OpenAsync(directory, new PartitionOptions(), cancellationToken);

    /// <summary>Opens it with settings of the caller's; giving up takes effect between two frames of the journal.</summary>
    public static Task<ICreditEngine> OpenAsync(string directory, PartitionOptions partition, CancellationToken cancellationToken)
    {
        var options = new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System, Partition = partition };
        return Task.Run<ICreditEngine>(() => CreditEngine.Open(options, _ => cancellationToken.ThrowIfCancellationRequested()), cancellationToken);
    }

    /// <summary>Opens it for a command.</summary>
    /// <exception cref="CommandFault">It is in use, damaged, or cannot be written.</exception>
    public static async Task<ICreditEngine> OpenForCommandAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(directory, cancellationToken);
        }
        catch (StoreException e)
        {
            throw FaultOf(e);
        }
        catch (JournalException e)
        {
            throw FaultOf(e);
        }
        catch (SnapshotDamagedException e)
        {
            throw new CommandFault(ExitCode.Damaged, "SnapshotDamaged", e.Message, e);
        }
    }

    /// <summary>A failure of the store as a line and an exit code.</summary>
    public static CommandFault FaultOf(StoreException e) => new(
        e.Code switch
        {
            StoreErrorCode.ForeignContent or StoreErrorCode.FileMissing => ExitCode.Damaged,
            StoreErrorCode.DirectoryMissing or StoreErrorCode.ReadOnly or StoreErrorCode.NotADirectory or StoreErrorCode.FileExists => ExitCode.Usage,
            _ => ExitCode.Unavailable,
        },
        e.Code.ToString(), e.Message, e);

    /// <summary>A damaged journal as a line and an exit code.</summary>
    public static CommandFault FaultOf(JournalException e) => new(ExitCode.Damaged, e.Code.ToString(), e.Message, e);
}
