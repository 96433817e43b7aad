using System.Net;
using CreditGrains.Dashboard;
using CreditGrains.Engine;
using CreditGrains.Server.Security;
using CreditGrains.Server.Telemetry;

namespace CreditGrains.Server;

/// <summary>Opens the engine of a data directory.</summary>
/// <param name="dataDirectory">Exists and is writable by this process as far as could be seen.</param>
/// <param name="cancellationToken">Gives the opening up.</param>
public delegate Task<ICreditEngine> EngineOpening(string dataDirectory, CancellationToken cancellationToken);

/// <summary>What a server is started with.</summary>
public sealed record ServerOptions
{
    /// <summary>The usual gRPC port.</summary>
    public const int GrpcPortUsual = 5090;

    /// <summary>The usual port of HTTP/1.1 with JSON.</summary>
    public const int HttpPortUsual = 5091;

    /// <summary>Where journal and snapshots live; made when missing. One process at a time. Empty when the engine keeps them elsewhere.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Opens the engine; the server closes it. Default: the standalone engine with its usual settings.</summary>
    public EngineOpening OpenEngine { get; init; } = StandaloneOpening.OpenAsync;

    /// <summary>Who may call. Null: nobody, and the server does not start, unless <see cref="Open"/>.</summary>
    public SecuritySettings? Security { get; init; }

    /// <summary>Where an engine of several processes keeps what they share. Null: the audit log is a file, and approvals and signed heads need a standalone engine.</summary>
    public SharedKeeping? Shared { get; init; }

    /// <summary>Whether, without <see cref="Security"/>, everybody on this machine may do everything. Only with a loopback address. Default no.</summary>
    public bool Open { get; init; }

    /// <summary>The address to listen on. Default 127.0.0.1; any other needs <see cref="Security"/>.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port of gRPC (HTTP/2 without TLS), 0 to 65,535; 0 chooses a free one. Default 5090.</summary>
    public int GrpcPort { get; init; } = GrpcPortUsual;

    /// <summary>Port of JSON over HTTP/1.1, 0 to 65,535; 0 chooses a free one. Default 5091.</summary>
    public int HttpPort { get; init; } = HttpPortUsual;

    /// <summary>Longest message in either direction, bytes; default 16 MiB, room for a batch of 10,000 with every limit failing.</summary>
    public int MessageLengthMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Where a standby listens that keeps a copy of the journal; null for none. Needs a standalone engine.</summary>
    public DnsEndPoint? Standby { get; init; }

    /// <summary>Where full journal segments are copied as they come; made when missing. Null for nowhere. Needs a standalone engine.</summary>
    public string? ArchiveDirectory { get; init; }

    /// <summary>Journal segments older than this are deleted once archived (if there is an archive) and needed by no snapshot; null keeps all. Needs a standalone engine.</summary>
    public TimeSpan? JournalKeep { get; init; }

    /// <summary>Where metrics, traces and logs go; null for nowhere.</summary>
    public TelemetryOptions? Telemetry { get; init; }

    /// <summary>File of alert rules (docs/alerts.md), read again whenever it is written; null for no alerts. Takes memory for a second book. An engine of several processes must be opened with the same rules (<see cref="Engine.Alerts.IAlertSource"/>).</summary>
    public string? AlertRules { get; init; }

    /// <summary>
    /// Whether monitors, shadows, backtests and alerts may run beside the engine; default yes. They follow the journal with a second book, made with the first model, policy or rule: twice the memory,
    /// and a thread that replays every event.
    /// </summary>
    public bool HasDesk { get; init; } = true;

    /// <summary>Made for the engine once it is open, and run while the server does, such as traffic on a demo pool; null for nothing.</summary>
    public Func<ICreditEngine, IHostedService>? Beside { get; init; }

    /// <summary>Whether to seed the demo portfolio; once, however often it is asked for. Default no.</summary>
    public bool Demo { get; init; }

    /// <summary>With <see cref="Demo"/>: how many commands a second are sent to a larger demo book beside the portfolio, on average; default 0, none.</summary>
    public int DemoTraffic { get; init; }

    /// <summary>What the dashboard on the HTTP port shows; null serves none. Default: the book of tenant 1. Its pages are for people of all tenants with the role read.</summary>
    public DashboardOptions? Dashboard { get; init; } = new();

    /// <summary>How often health asks the engine; default 1 second.</summary>
    public TimeSpan HealthEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long calls under way may take to end when the server stops; default 30 seconds.</summary>
    public TimeSpan DrainMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where addresses, hints and failures are printed; default standard output.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>The clock of health checks and hints.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
