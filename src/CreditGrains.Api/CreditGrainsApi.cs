using CreditGrains.Api.Services;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api;

/// <summary>The services of creditgrains.v1 over an engine.</summary>
public static class CreditGrainsApi
{
    /// <summary>Full names of the services, as health checks name them.</summary>
    public static IReadOnlyList<string> ServiceNames { get; } =
        ["creditgrains.v1.LimitService", "creditgrains.v1.ControlService", "creditgrains.v1.QueryService", "creditgrains.v1.PoolService", "creditgrains.v1.RiskService"];

    /// <summary>Adds LimitService, ControlService, QueryService, PoolService and RiskService to a table.</summary>
    /// <param name="table">Not in use yet.</param>
    /// <param name="engine">Answers the calls; belongs to the caller and must outlive the server.</param>
    /// <param name="clock">Time of the ids of files that RiskService sends; null is the system's.</param>
    /// <param name="desk">Monitors, shadows and backtests beside the engine; null: the calls say that there are none.</param>
    /// <param name="pools">Live pools; null: the engine's, when it has any.</param>
    /// <param name="alerts">Alerts beside the engine; null: the calls say that there are none.</param>
    public static void Bind(ServiceTable table, ICreditEngine engine, TimeProvider? clock = null, IRiskDesk? desk = null, IPoolSource? pools = null, IAlertDesk? alerts = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(engine);
        new LimitService(engine).Bind(table);
        new ControlService(engine).Bind(table);
        new QueryService(engine, alerts).Bind(table);
        new PoolService(engine, pools ?? engine as IPoolSource ?? NoPools.Instance).Bind(table);
        new RiskService(engine, clock ?? TimeProvider.System, desk).Bind(table);
    }
}
