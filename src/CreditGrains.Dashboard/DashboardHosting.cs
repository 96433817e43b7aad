using CreditGrains.Api.Metering;
using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Accounts;
using CreditGrains.Dashboard.Approvals;
using CreditGrains.Dashboard.Assets;
using CreditGrains.Dashboard.Live;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Dashboard.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Dashboard;

/// <summary>Puts the dashboard into a host.</summary>
public static class DashboardHosting
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>What belongs to the dashboard; other addresses of the host are none of its business.</summary>
    private static readonly string[] Paths = ["/account", "/alerts", "/approvals", "/group", "/risk", "/pool", "/pool-csv", "/assets", "/language", "/look", "/_blazor", "/_framework"];

    /// <summary>Adds what the pages need.</summary>
    /// <param name="services">Of the host.</param>
    /// <param name="access">The only way of the pages to the engine: as the visitor.</param>
    /// <param name="meter">Counts of what the host answered.</param>
    /// <param name="options">What is shown.</param>
    /// <param name="sources">What there is beside the engine; null for nothing.</param>
    public static IServiceCollection AddDashboard(this IServiceCollection services, EngineAccess access, DecisionMeter meter, DashboardOptions options, DashboardSources? sources = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        sources ??= DashboardSources.None;
        services.AddSingleton(options);
        services.AddSingleton(sources);
        services.AddSingleton(meter);
        services.AddSingleton(access);
        services.AddSingleton<Sights>();
        services.AddScoped<Visit>();
        services.AddScoped<AccessDesk>();
        services.AddScoped<IActionDesk>(provider => provider.GetRequiredService<AccessDesk>());
        services.AddScoped<IApprovalDesk>(provider => provider.GetRequiredService<AccessDesk>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Sights>());
        // Pages live as long as this process, so their keys need not live longer, nor be written anywhere.
        services.AddDataProtection();
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new PageKeys());
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DisconnectedCircuitMaxRetained = 20;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromSeconds(30);
        });
        return services;
    }

    /// <summary>Serves the pages at '/', their assets below '/assets', and the connection that keeps them live at '/_blazor'.</summary>
    /// <param name="app">The host.</param>
    /// <param name="rule">Puts on each endpoint what the host demands of visitors; null for nothing.</param>
    /// <param name="assetRule">The same for style, scripts and picture, which tell nothing of a book and which the sign-in page needs.</param>
    public static void MapDashboard(this WebApplication app, Action<IEndpointConventionBuilder>? rule = null, Action<IEndpointConventionBuilder>? assetRule = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Use(AddHeaders);
        app.UseAntiforgery();
        var assets = app.MapGroup("");
        EmbeddedAssets.Map(assets);
        assetRule?.Invoke(assets);
        var parts = app.MapGroup("");
        Looks.Map(parts);
        PoolCsv.Map(parts);
        rule?.Invoke(parts);
        var pages = app.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null);
        rule?.Invoke(pages);
    }

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        if (!IsOurs(context.Request.Path)) return next(context);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }

    private static bool IsOurs(PathString path) => path == "/" || Array.Exists(Paths, prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
}
