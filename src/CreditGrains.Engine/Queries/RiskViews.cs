using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Queries;

/// <summary>A registered version of a model or policy.</summary>
/// <param name="IsPolicy">Policy or model.</param>
/// <param name="Name">Name and version.</param>
/// <param name="Content">Its file.</param>
/// <param name="Reasons">Of a model: its reason texts; default for none.</param>
/// <param name="Detail">Of a model its metadata, of a policy its decision.</param>
/// <param name="RegisteredAtMicros">Writer time.</param>
public sealed record VersionView(bool IsPolicy, VersionName Name, ContentHash Content, ContentHash Reasons, string Detail, long RegisteredAtMicros);

/// <summary>A role given to a version in a scope.</summary>
/// <param name="Scope">Tenant and legal entity, or a node.</param>
/// <param name="IsPolicy">Policy or model.</param>
/// <param name="Name">Name and version.</param>
/// <param name="Role">What it does.</param>
/// <param name="SharePpm">Of a challenger.</param>
/// <param name="FromMicros">From this writer time on.</param>
/// <param name="Maker">Who made it.</param>
/// <param name="Checker">Who checked it; empty for a shadow without.</param>
/// <param name="Sequence">Its event.</param>
public sealed record ActivationView(NodeKey Scope, bool IsPolicy, VersionName Name, VersionRole Role, int SharePpm, long FromMicros, string Maker, string Checker, long Sequence);

/// <summary>Models and policies of a legal entity.</summary>
/// <param name="Versions">In the order in which they were registered.</param>
/// <param name="Activations">By scope, in the order in which they were made.</param>
public sealed record RiskView(IReadOnlyList<VersionView> Versions, IReadOnlyList<ActivationView> Activations)
{
    /// <summary>Nothing.</summary>
    public static readonly RiskView Empty = new([], []);
}

/// <summary>
/// What a request's scoring saw of the facility that the event's balances do not tell: with it, models behind the feed and explanations later see exactly what the
/// decision saw.
/// </summary>
/// <param name="Limit">Its limit, minor units.</param>
/// <param name="Exposure">What it counted of itself before the request, minor units.</param>
/// <param name="Amount">What fitted the limits and was scored, minor units; 1 or more when anything was seen.</param>
/// <param name="Credit">Its credit balance before, minor units.</param>
/// <param name="OpenItems">Its open items before.</param>
public readonly record struct RequestSeen(long Limit, long Exposure, long Amount, long Credit, int OpenItems);
