using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Services;
using CreditGrains.Api.Transport.Server;

namespace CreditGrains.Api;

/// <summary>The services of creditgrains.v1 over an engine.</summary>
public static class CreditGrainsApi
{
    /// <summary>Full names of the services, as health checks name them.</summary>
    public static IReadOnlyList<string> ServiceNames { get; } =
        ["creditgrains.v1.LimitService", "creditgrains.v1.ControlService", "creditgrains.v1.QueryService", "creditgrains.v1.PoolService", "creditgrains.v1.RiskService",
        "creditgrains.v1.ApprovalService", "creditgrains.v1.VaultService"];

    /// <summary>Adds all services of creditgrains.v1 to a table.</summary>
    /// <param name="table">Not in use yet.</param>
    /// <param name="access">The way to the engine, its pools and what runs beside it. A call that passed no gate (<see cref="GrpcTransportOptions.Gate"/>) is refused.</param>
    /// <param name="clock">Time of the ids of files that RiskService sends; null is the system's.</param>
    public static void Bind(ServiceTable table, EngineAccess access, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(access);
        new LimitService(access).Bind(table);
        new ControlService(access).Bind(table);
        new QueryService(access).Bind(table);
        new PoolService(access).Bind(table);
        new RiskService(access, clock ?? TimeProvider.System).Bind(table);
        new ApprovalService(access, access.Records.Approvals).Bind(table);
        new VaultService(access.Records.Vault, access.Records.Audit).Bind(table);
    }
}
