using CreditGrains.Api.Services;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Api;

/// <summary>The services of creditgrains.v1 over an engine.</summary>
public static class CreditGrainsApi
{
    /// <summary>Full names of the services, as health checks name them.</summary>
    public static IReadOnlyList<string> ServiceNames { get; } =
        ["creditgrains.v1.LimitService", "creditgrains.v1.ControlService", "creditgrains.v1.QueryService", "creditgrains.v1.PoolService"];

    /// <summary>Adds LimitService, ControlService, QueryService and PoolService to a table.</summary>
    /// <param name="table">Not in use yet.</param>
    /// <param name="engine">Answers the calls; belongs to the caller and must outlive the server.</param>
    public static void Bind(ServiceTable table, ICreditEngine engine)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(engine);
        new LimitService(engine).Bind(table);
        new ControlService(engine).Bind(table);
        new QueryService(engine).Bind(table);
        new PoolService(engine, engine as IPoolSource ?? NoPools.Instance).Bind(table);
    }
}
