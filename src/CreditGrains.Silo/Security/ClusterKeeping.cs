using CreditGrains.Api.Security.Heads;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Server.Security;

namespace CreditGrains.Silo.Security;

/// <summary>What the silos of a cluster share, in its database.</summary>
internal static class ClusterKeeping
{
    /// <summary>For the options of a silo's server.</summary>
    /// <param name="silo">The silo; its address and port name its file of heads.</param>
    public static SharedKeeping Of(ClusterOptions silo) => new()
    {
        Name = FormattableString.Invariant($"{silo.Address.ToString().Replace(':', '_')}-{silo.SiloPort}"),
        AuditLines = engine => new ClusterAuditLines(((ClusterEngine)engine).Audit ?? throw NoDatabase()),
        Journals = engine => new SiloHeads(((ClusterEngine)engine).Heads ?? throw NoDatabase()),
    };

    private static InvalidOperationException NoDatabase() => new("A silo keeps what it shares in the database of its cluster.");

    private sealed class SiloHeads(Orleans.Journal.PartitionHeads heads) : IJournalHeads
    {
        public IReadOnlyList<JournalHead> Read() => [.. heads.Read().Select(head => new JournalHead(head.Journal, head.Sequence, head.Chain))];
    }
}
