using CreditGrains.Api.Security.Audit;
using CreditGrains.Engine;

namespace CreditGrains.Server.Security;

/// <summary>What the processes of one engine share, where one machine would use files of its own.</summary>
public sealed record SharedKeeping
{
    /// <summary>The lines of the audit log, given the open engine; the server disposes of them before it.</summary>
    public required Func<ICreditEngine, IAuditLines> AuditLines { get; init; }
}
