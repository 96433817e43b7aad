using System.Net;
using CreditGrains.Api;
using CreditGrains.Api.Metering;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Health;
using CreditGrains.Api.Transport.Hosting;
using CreditGrains.Api.Transport.Reflection;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Dashboard;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;
using CreditGrains.Server.Alerts;
using CreditGrains.Server.Demo;
using CreditGrains.Server.Memory;
using CreditGrains.Server.Retention;
using CreditGrains.Server.Security;
using CreditGrains.Server.Standby;
using CreditGrains.Server.Telemetry;

namespace CreditGrains.Server;

/// <summary>The standalone engine as a server: creditgrains.v1, health and reflection by gRPC, and the same as JSON over HTTP/1.1.</summary>
public static class CreditGrainsServer
{
    /// <summary>Serves until the process is told to stop (SIGINT, SIGTERM), the token is cancelled, or the engine has a fault.</summary>
    /// <returns>One of <see cref="ExitCodes"/>. Failures an operator can mend are printed, not thrown.</returns>
    public static async Task<int> RunAsync(ServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            await using var server = await StartAsync(options, cancellationToken);
            Greeting.Print(server, options);
            if (await server.WaitAsync(cancellationToken) is not { } fault)
            {
                await options.Output.WriteLineAsync("Stopping: finishing the calls under way, flushing, closing.");
                return ExitCodes.Ok;
            }

            await options.Output.WriteLineAsync($"EngineFault: {fault}");
            return ExitCodes.EngineFault;
        }
        catch (StartException failure)
        {
            await options.Output.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    /// <summary>Opens the engine, seeds the demo portfolio when asked to, and listens.</summary>
    /// <exception cref="StartException">The data directory is locked, foreign, damaged or read-only, or a port is taken.</exception>
    public static async Task<RunningServer> StartAsync(ServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ICreditEngine? engine = null;
        var rules = options.AlertRules is { } file ? AlertRulesFile.Read(file) : null;
        StandbyAttachment? standby = null;
        JournalKeeper? keeper = null;
        ServerSecurity? security = null;
        try
        {
            // Before anything is opened: a server that nobody guards does not come up.
            security = ServerSecurity.Of(options);
            engine = await options.OpenEngine(options.DataDirectory, cancellationToken);
            var alerts = rules is null ? null : engine is CreditEngine ? new AlertDesk(rules) : (engine as IAlertSource)?.Alerts ?? throw StartException.AlertsNotWatched();
            if (options is { Standby: not null, Security.Tls: { ClientCa: null } }) throw StartException.StandbyNeedsClientCa();
            if (options.Standby is { } address) standby = StandbyAttachment.Start((CreditEngine)engine, address, options);
            if (engine is CreditEngine standalone) keeper = JournalKeeper.Start(standalone, options);
            if (options.Demo) await SeedAsync(engine, standby, options, cancellationToken);
            return await ListenAsync(engine, security, standby, keeper, alerts, options, cancellationToken);
        }
        catch (Exception e)
        {
            if (keeper is not null) await keeper.DisposeAsync();
            if (standby is not null) await standby.DisposeAsync();
            if (security is not null) await security.DisposeAsync();
            if (engine is not null) await engine.DisposeAsync();
            if (e is not StartException && StartException.From(e, options) is { } failure) throw failure;
            throw;
        }
    }

    private static async Task SeedAsync(ICreditEngine engine, StandbyAttachment? standby, ServerOptions options, CancellationToken cancellationToken)
    {
        if (standby is not null && ((CreditEngine)engine).Journal.IsStandbyRequired)
        {
            await options.Output.WriteLineAsync("The demo portfolio is seeded once the required standby is in step; waiting for it.");
            await options.Output.FlushAsync(cancellationToken);
            await standby.Joined.WaitAsync(cancellationToken);
        }

        await DemoPortfolio.SeedAsync(engine);
        if (options.DemoTraffic == 0) return;
        await DemoPortfolio.SeedTownAsync(engine);
        await DemoRisk.SeedAsync(engine, options.TimeProvider);
    }

    private static async Task<RunningServer> ListenAsync(
        ICreditEngine engine, ServerSecurity security, StandbyAttachment? standby, JournalKeeper? keeper, IAlertDesk? alerts, ServerOptions options, CancellationToken cancellationToken)
    {
        var health = new HealthService();
        var follower = new HealthFollower(engine, health, options.HealthEvery, options.TimeProvider);
        var pauses = CollectionPauses.OfProcess;
        var meter = new DecisionMeter();
        var metrics = new EngineMetrics(() => follower.Latest, alerts);
        var desk = options.HasDesk && engine is CreditEngine beside ? beside.StartRiskDesk(text => options.Output.WriteLine(text), alerts: alerts as AlertDesk) : null;
        var metered = new MeteredEngine(engine, meter);
        var access = security.AccessTo(engine, metered, desk ?? engine as IRiskDesk, alerts);
        Action<AlertRules>? useAlerts = alerts is AlertDesk own ? own.Use : alerts is not null && engine is IAlertSource source ? source.UseAlerts : null;
        var app = Build(metered, access, security, new DashboardSources(engine as IPoolSource, desk, alerts), meter, health, options, useAlerts);
        app.Use(new PageAccess(security, options.TimeProvider).RunAsync);
        new SignIn(security, options.Dashboard is not null).Map(app);
        var healthRule = new PageRule(security.IsHealthOpen ? null : RoleNames.All);
        if (options.Output is LoggedOutput logged) logged.Attach(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(TelemetryExport.OperatorCategory));
        app.Lifetime.ApplicationStopped.Register(metrics.Dispose);
        app.MapGet("/healthz", () => Results.Text(follower.IsServing ? "serving" : "not serving", statusCode: follower.IsServing ? 200 : 503)).WithMetadata(healthRule);
        app.MapGet("/livez", () => Results.Text("live")).WithMetadata(healthRule);
        app.MapGet("/readyz", () => Results.Json(new { ready = follower.Reasons.Count == 0, reasons = follower.Reasons }, statusCode: follower.Reasons.Count == 0 ? 200 : 503)).WithMetadata(healthRule);
        app.MapGet("/memory", (long? since) => Results.Json(MemoryReport.Read(pauses, since ?? 0, options.TimeProvider))).RequireRoles(Roles.Read | Roles.Operate);
        if (options.Dashboard is not null) app.MapDashboard(page => page.RequireRoles(Roles.Read), asset => asset.AllowAnyone());
        app.MapFallback((HttpRequest request) => Results.Json(
            new Dictionary<string, string>
            {
                ["code"] = "NOT_FOUND",
                ["message"] = $"Nothing is at {request.Path}. Calls are POST /creditgrains.v1.<Service>/<Method> (LimitService, ControlService, QueryService); health is at /healthz, /livez and /readyz, memory at /memory.",
            },
            statusCode: StatusCodes.Status404NotFound)).AllowAnyone();
        try
        {
            await app.StartAsync(cancellationToken);
            return new RunningServer(app, engine, security, follower, standby, keeper, desk);
        }
        catch
        {
            await app.DisposeAsync();
            if (desk is not null) await desk.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(
        MeteredEngine engine, EngineAccess access, ServerSecurity security, DashboardSources beside, DecisionMeter meter, HealthService health, ServerOptions options,
        Action<AlertRules>? useAlerts)
    {
        // Settings come from the options alone. The usual root would be the working directory, which a service has at '/': its files would be
        // read as settings, and everything below watched for changes.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // A start that fails is told once, by name: a port that is taken needs no stack trace before it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (options.Telemetry is { } telemetry) TelemetryExport.Add(builder, telemetry);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainMax);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenGrpc(new IPEndPoint(options.Address, options.GrpcPort), security.Tls);
            kestrel.ListenHttp(new IPEndPoint(options.Address, options.HttpPort), security.Tls);
        });
        var table = new ServiceTable();
        CreditGrainsApi.Bind(table, access, options.TimeProvider);
        health.Bind(table);
        ReflectionService.Bind(table);
        builder.Services.AddGrpcTransport(table, new GrpcTransportOptions
        {
            ReceiveLengthMax = options.MessageLengthMax, SendLengthMax = options.MessageLengthMax, TimeProvider = options.TimeProvider, Gate = security.Gate,
            TraceRatio = options.Telemetry?.TraceRatio ?? 0,
        });
        if (options.Dashboard is { } dashboard) builder.Services.AddDashboard(access, meter, dashboard, beside);
        if (useAlerts is not null) builder.Services.AddSingleton<IHostedService>(new AlertRulesFile(options.AlertRules!, useAlerts, options));
        if (options.Beside is { } make) builder.Services.AddSingleton(make(engine));
        if (options is { Demo: true, DemoTraffic: > 0 }) builder.Services.AddSingleton<IHostedService>(new DemoTraffic(engine, options.DemoTraffic, options.TimeProvider));
        return builder.Build();
    }
}
