using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Engine;

namespace CreditGrains.Server.Security;

/// <summary>What the processes of one engine share, where one machine would use files of its own.</summary>
public sealed record SharedKeeping
{
    /// <summary>Name of this process among them, the same after a restart: each signs heads in a file of its own, called after what the security file names.</summary>
    public required string Name { get; init; }

    /// <summary>The journals whose heads this process signs, given the open engine.</summary>
    public required Func<ICreditEngine, IJournalHeads> Journals { get; init; }

    /// <summary>The lines of the audit log, given the open engine; the server disposes of them before it.</summary>
    public required Func<ICreditEngine, IAuditLines> AuditLines { get; init; }
}
