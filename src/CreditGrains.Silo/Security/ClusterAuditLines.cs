using CreditGrains.Api.Security.Audit;
using CreditGrains.Orleans.Audit;

namespace CreditGrains.Silo.Security;

/// <summary>The lines of the audit log in the cluster's database, which all silos share.</summary>
internal sealed class ClusterAuditLines(AuditTable table) : IAuditLines
{
    /// <summary>What the log is called in messages.</summary>
    public const string Called = "the audit log of the cluster (table cg_audit)";

    /// <inheritdoc/>
    public string Name => Called;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public AuditEnd Read(AuditEnd known, Action<AuditLine> visit) => EndOf(table.Read(known.Count, row => visit(LineOf(row))));

    /// <inheritdoc/>
    public void Append(AuditEnd known, Action<AuditLine> visit, Func<AuditEnd, IReadOnlyList<AuditLine>> make) =>
        table.Append(known.Count, row => visit(LineOf(row)), end => [.. make(EndOf(end)).Select(line => new AuditRow(line.Number, line.Body, line.Hash))]);

    /// <summary>Nothing to close: the connections are the silo's.</summary>
    public void Dispose()
    {
    }

    private static AuditEnd EndOf((long Number, string Hash) end) => new(end.Number, end.Hash);

    private static AuditLine LineOf(AuditRow row) => new(row.Number, row.Body, row.Hash);
}
