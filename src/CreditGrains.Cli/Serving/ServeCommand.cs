using System.CommandLine;
using System.Net;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Dashboard;
using CreditGrains.Engine;
using CreditGrains.Server;
using CreditGrains.Server.Security;
using CreditGrains.Server.Telemetry;

namespace CreditGrains.Cli.Serving;

/// <summary>creditgrains serve: the standalone engine behind gRPC and JSON.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>How long a server told to stop may take: the calls under way have 30 seconds, then the engine flushes and closes.</summary>
    public static readonly TimeSpan StopsWithin = new ServerOptions { DataDirectory = "" }.DrainMax + TimeSpan.FromSeconds(15);

    public static Command Create(Shell shell)
    {
        var data = new Option<string>("--data") { Description = "Data directory; made when missing, one process at a time", HelpName = "DIR", DefaultValueFactory = _ => "./.data" };
        var listen = new Option<string>("--listen") { Description = "IP address to listen on; one that other machines reach needs --security", HelpName = "IP", DefaultValueFactory = _ => "127.0.0.1" };
        var security = new Option<string?>("--security") { Description = "Security file: who may call, and how (docs/security.md)", HelpName = "FILE" };
        var open = new Option<bool>("--open") { Description = "Without a security file: everybody on this machine may do everything" };
        var grpc = Port("--grpc-port", "Port of gRPC (HTTP/2 without TLS)", ServerOptions.GrpcPortUsual);
        var http = Port("--http-port", "Port of JSON over HTTP/1.1", ServerOptions.HttpPortUsual);
        var segment = SegmentSize.Option();
        var standby = new Option<string?>("--standby") { Description = "Where 'creditgrains standby' listens: every decision is on its disk too before it is answered", HelpName = "HOST:PORT" };
        var required = new Option<bool>("--standby-required") { Description = "Decide nothing unless the standby is in step, so that a writer cut off from it cannot go on alone" };
        var archive = new Option<string?>("--archive") { Description = "Directory where full journal segments are copied as they come, for restores to a point in time", HelpName = "DIR" };
        var keep = new Option<int?>("--keep-journal-days") { Description = "Delete journal segments older than so many days, once archived and needed by no snapshot; default: keep all", HelpName = "DAYS" };
        var collector = new Option<Uri?>("--otlp") { Description = "Collector for metrics, traces and logs by the OpenTelemetry protocol; port 4318 is HTTP, any other gRPC", HelpName = "URL" };
        var traceRatio = new Option<double>("--trace-ratio") { Description = "Share of calls that are traced, 0 to 1", DefaultValueFactory = _ => 0.001 };
        var demo = new Option<bool>("--demo") { Description = "Seed a small demo portfolio, once" };
        var deals = new Option<string[]>("--deal") { Description = "Deal to show on the dashboard, JSON (docs/deals.md); may be given again", HelpName = "FILE" };
        var alerts = new Option<string?>("--alerts") { Description = "File of alert rules, JSON (docs/alerts.md), read again whenever it is written; takes memory for a second book", HelpName = "FILE" };
        var poolDeals = new Option<string[]>("--pool-deal") { Description = "Deal to show with a live pool on the dashboard, as POOL=FILE, such as Pool/1/1/7=deal.json; may be given again", HelpName = "POOL=FILE" };
        var traffic = new Option<int>("--demo-traffic") { Description = "With --demo: seed a larger book too, and send it about so many commands a second; 0 is none", HelpName = "N", DefaultValueFactory = _ => 0 };
        traffic.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 10_000) result.AddError("--demo-traffic must be 0 to 10000");
        });
        listen.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _)) result.AddError($"--listen '{result.GetValueOrDefault<string>()}' is no IP address");
        });
        var noDesk = new Option<bool>("--no-desk") { Description = "No monitors, shadows, backtests or alerts beside the engine: half the memory once a model decides, and a processor more for decisions" };
        var command = new Command(Name, "Run the engine on a data directory until interrupted") { data, security, open, listen, grpc, http, segment, standby, required, archive, keep, collector, traceRatio, demo, traffic, deals, poolDeals, alerts, noDesk };
        command.Validators.Add(result =>
        {
            var address = result.GetValue(standby);
            if (address is not null && StandbyAddress.Parse(address) is null) result.AddError($"--standby '{address}' is not HOST:PORT");
            if (result.GetValue(security) is not null && result.GetValue(open)) result.AddError("--open and --security exclude each other");
            if (address is null && result.GetValue(required)) result.AddError("--standby-required needs --standby");
            if (TelemetryOf(result.GetValue(collector), result.GetValue(traceRatio))?.Fault() is { } fault) result.AddError($"--otlp, --trace-ratio: {fault}");
            if (result.GetValue(noDesk) && result.GetValue(alerts) is not null) result.AddError("--alerts run on the desk that --no-desk leaves out; take one of them away");
            if (result.GetValue(keep) is < 0) result.AddError("--keep-journal-days must be 0 or more");
        });
        command.SetAction(async (parse, cancellationToken) =>
        {
            var telemetry = TelemetryOf(parse.GetValue(collector), parse.GetValue(traceRatio));
            var output = telemetry is null ? shell.Out : new LoggedOutput(shell.Out);
            void Warn(string line) => (telemetry is null ? shell.Error : output).WriteLine($"EngineWarning: {line}");
            return (int)CodeOf(await CreditGrainsServer.RunAsync(
                new ServerOptions
                {
                    DataDirectory = parse.GetRequiredValue(data),
                    Security = parse.GetValue(security) is { } file ? SecuritySettings.Read(file) : null,
                    Open = parse.GetValue(open),
                    OpenEngine = (directory, token) => LocalEngine.OpenAsync(
                        directory, new PartitionOptions { SegmentBytes = SegmentSize.BytesOf(parse, segment), StandbyRequired = parse.GetValue(required), Warn = Warn }, token),
                    Standby = parse.GetValue(standby) is { } address ? StandbyAddress.Parse(address) : null,
                    ArchiveDirectory = parse.GetValue(archive),
                    JournalKeep = parse.GetValue(keep) is { } days ? TimeSpan.FromDays(days) : null,
                    Telemetry = telemetry,
                    Address = IPAddress.Parse(parse.GetRequiredValue(listen)),
                    GrpcPort = parse.GetValue(grpc),
                    HttpPort = parse.GetValue(http),
                    Demo = parse.GetValue(demo),
                    DemoTraffic = parse.GetValue(traffic),
                    AlertRules = parse.GetValue(alerts),
                    HasDesk = !parse.GetValue(noDesk),
                    Beside = parse.GetValue(demo) && parse.GetValue(traffic) > 0 ? engine => new DemoPool(engine, TimeProvider.System) : null,
                    Dashboard = new DashboardOptions
                    {
                        Pools = await PoolsOfStart.OpenAsync(parse.GetValue(deals) ?? [], parse.GetValue(demo) && parse.GetValue(traffic) == 0, cancellationToken),
                        LiveDeal = await PoolsOfStart.LiveDealsAsync(parse.GetValue(poolDeals) ?? [], cancellationToken),
                    },
                    Output = output,
                },
                cancellationToken));
        });
        return command;
    }

    /// <summary>The server's codes tell more causes apart; scripts around this command go by <see cref="ExitCode"/>.</summary>
    internal static ExitCode CodeOf(int serverCode) => serverCode switch
    {
        ExitCodes.Ok => ExitCode.Ok,
        ExitCodes.Usage or ExitCodes.ReadOnly => ExitCode.Usage,
        ExitCodes.BadData => ExitCode.Damaged,
        _ => ExitCode.Unavailable,
    };

    private static TelemetryOptions? TelemetryOf(Uri? collector, double traceRatio) => collector is null ? null : new TelemetryOptions(collector) { TraceRatio = traceRatio };

    private static Option<int> Port(string name, string description, int usual)
    {
        var port = new Option<int>(name) { Description = $"{description}; 0 chooses a free one", HelpName = "PORT", DefaultValueFactory = _ => usual };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > IPEndPoint.MaxPort) result.AddError($"{name} must be 0 to {IPEndPoint.MaxPort}");
        });
        return port;
    }
}
