using System.Net;
using System.Net.Sockets;
using CreditGrains.Api.Security;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;
using Microsoft.AspNetCore.Connections;

namespace CreditGrains.Server;

/// <summary>A start that failed for a cause an operator can mend. The message begins with a stable name.</summary>
public sealed class StartException : Exception
{
    private StartException(string name, string message, int exitCode, Exception? cause)
        : base($"{name}: {message}", cause)
    {
        Name = name;
        ExitCode = exitCode;
    }

    /// <summary>Stable name of the cause, such as "Locked".</summary>
    public string Name { get; }

    /// <summary>What the process should end with; one of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }

    /// <summary>Nobody said who may call.</summary>
    internal static StartException NotSecured() => new(
        "NotSecured", "nobody is named who may call: give --security FILE (docs/security.md), or --open to let everybody on this machine do everything.", ExitCodes.Usage, null);

    /// <summary>An open server may not be reached from other machines.</summary>
    internal static StartException OpenBeyondLoopback(IPAddress address) => new(
        "OpenBeyondLoopback", $"{address} can be reached from other machines, and nobody is named who may call: give --security FILE (docs/security.md), or listen on 127.0.0.1.", ExitCodes.Usage, null);

    /// <summary>Anybody who reaches the port could write into the copy.</summary>
    internal static StartException StandbyUnguarded(IPAddress address) => new(
        "StandbyUnguarded", $"whoever reaches {address} could write into the copy: give --security FILE with tls and its clientCa (docs/security.md), or listen on 127.0.0.1.", ExitCodes.Usage, null);

    /// <summary>The link to a standby needs a root by which both sides know each other.</summary>
    internal static StartException StandbyNeedsClientCa() => new(
        "StandbyNeedsClientCa", "with tls the link to a standby is guarded on both sides: give tls.clientCa, the root of the standby's certificate (docs/security.md).", ExitCodes.Usage, null);

    /// <summary>The demo portfolio could not be seeded.</summary>
    /// <param name="act">Which of its commands.</param>
    /// <param name="outcome">What became of it.</param>
    internal static StartException DemoRefused(string act, in Outcome outcome)
    {
        // What the engine cannot do now it may do later; anything else meets another book.
        var (advice, code) = outcome.Reason is Reason.DiskFull or Reason.StandbyLost or Reason.ClockStepUnconfirmed or Reason.EngineStopped
            ? ("mend that and start again", ExitCodes.EngineFault)
            : ("the directory holds another book; start without --demo, or with another data directory", ExitCodes.Usage);
        return new("DemoRefused", $"{act} was answered {outcome.Reason}{(outcome.Message is { } why ? $" ({why})" : "")}: {advice}.", code, null);
    }

    /// <summary>The file of alert rules cannot be used.</summary>
    internal static StartException AlertRules(string path, Exception cause) => new("AlertRules", $"{path}: {cause.Message.TrimEnd('.')}.", ExitCodes.Usage, cause);

    /// <summary>The engine watches for no alerts.</summary>
    internal static StartException AlertsNotWatched() => new("AlertsNotWatched", "this engine was opened without alert rules; give them to it too, or start the server without them.", ExitCodes.Usage, null);

    /// <summary>The failure behind an exception; null when it is a bug.</summary>
    internal static StartException? From(Exception e, ServerOptions options) => e switch
    {
        StartException failure => failure,
        SecurityFileException security => new(security.Name, security.Advice, ExitCodes.Usage, security),
        StoreException store => new(store.Code.ToString(), store.Message, CodeOf(store.Code), store),
        SnapshotDamagedException snapshot => new("SnapshotDamaged", snapshot.Message, ExitCodes.BadData, snapshot),
        JournalException journal => new(journal.Code.ToString(), journal.Message, ExitCodes.BadData, journal),
        UnauthorizedAccessException denied => new("ReadOnly", $"'{options.DataDirectory}' cannot be written by this user: {denied.Message}", ExitCodes.ReadOnly, denied),
        IOException { InnerException: AddressInUseException } taken => Port("AddressInUse", taken, options),
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } refused => Port("AddressRefused", refused, options),
        IOException io => new("DataDirectory", $"'{options.DataDirectory}' cannot be used: {io.Message.TrimEnd('.')}. Choose a directory that this user may make or write.", ExitCodes.Disk, io),
        _ => null,
    };

    private static StartException Port(string name, Exception cause, ServerOptions options) => new(
        name, $"{options.Address} port {options.GrpcPort} or {options.HttpPort} cannot be listened on ({cause.Message}). Choose other ports, or 0 for any free one.",
        ExitCodes.PortUnavailable, cause);

    private static int CodeOf(StoreErrorCode code) => code switch
    {
        StoreErrorCode.Locked => ExitCodes.Locked,
        StoreErrorCode.ReadOnly => ExitCodes.ReadOnly,
        StoreErrorCode.NotADirectory or StoreErrorCode.DirectoryMissing => ExitCodes.Usage,
        StoreErrorCode.ForeignContent or StoreErrorCode.FileMissing or StoreErrorCode.FileExists => ExitCodes.BadData,
        _ => ExitCodes.Disk,
    };
}
