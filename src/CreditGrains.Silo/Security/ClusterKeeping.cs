using CreditGrains.Orleans.Front;
using CreditGrains.Server.Security;

namespace CreditGrains.Silo.Security;

/// <summary>What the silos of a cluster share, in its database.</summary>
internal static class ClusterKeeping
{
    /// <summary>For the options of a silo's server.</summary>
    public static SharedKeeping Of() => new()
    {
        AuditLines = engine => new ClusterAuditLines(((ClusterEngine)engine).Audit ?? throw new InvalidOperationException("A silo keeps its audit log in the database of its cluster.")),
    };
}
