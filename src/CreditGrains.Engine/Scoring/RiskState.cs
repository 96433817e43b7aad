using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Scoring;

/// <summary>A file that came in parts. Its bytes are rows of the table of contents.</summary>
internal sealed class StoredContent
{
    public required NodeKey Entity { get; init; }
    public required ContentHash Hash { get; init; }
    public required int Length { get; init; }

    /// <summary>Bytes that came so far.</summary>
    public int Received { get; set; }
    public int FirstRow { get; set; }
    public int LastRow { get; set; }
    public int Pieces { get; set; }

    public bool IsWhole => Received == Length;
}

/// <summary>A registered version of a model or policy.</summary>
/// <param name="Entity">Its tenant and legal entity.</param>
/// <param name="IsPolicy">Policy or model.</param>
/// <param name="Name">Name and version.</param>
/// <param name="Content">Its file.</param>
/// <param name="Reasons">Of a model: the file of reason texts; default for none.</param>
/// <param name="Detail">Of a model its metadata, of a policy its decision.</param>
/// <param name="RegisteredAtMicros">Writer time.</param>
internal sealed record RegisteredVersion(NodeKey Entity, bool IsPolicy, VersionName Name, ContentHash Content, ContentHash Reasons, string Detail, long RegisteredAtMicros);

/// <summary>A role given to a version in a scope.</summary>
/// <param name="IsPolicy">Policy or model.</param>
/// <param name="Name">Name and version.</param>
/// <param name="Role">What it does.</param>
/// <param name="SharePpm">Of a challenger.</param>
/// <param name="FromMicros">From this writer time on; never 0.</param>
/// <param name="Maker">Who made it.</param>
/// <param name="Checker">Who checked it; empty for a shadow without.</param>
/// <param name="Sequence">Its event.</param>
internal sealed record Activation(bool IsPolicy, VersionName Name, VersionRole Role, int SharePpm, long FromMicros, string Maker, string Checker, long Sequence);

/// <summary>
/// The models and policies of a partition: files, versions, and the roles they have in scopes from when on. A function of the journal; what is compiled from it
/// (<see cref="Plan"/>) is derived and may be thrown away.
/// </summary>
internal sealed class RiskState
{
    public const int ContentsMax = 10_000;
    public const int VersionsMax = 10_000;
    public const int ActivationsMax = 1_000;

    private readonly Dictionary<(NodeKey Entity, ContentHash Hash), int> contentByHash = [];
    private readonly Dictionary<(NodeKey Entity, bool IsPolicy, string Name, int Version), RegisteredVersion> versionByName = [];
    private readonly Dictionary<NodeKey, Plan?> plans = [];
    // Most requests are of the scope of the one before.
    private (NodeKey Scope, Plan? Plan) asked;
    private readonly List<StoredContent> contents = [];
    private readonly List<RegisteredVersion> versions = [];

    /// <summary>Files in the order in which they came; the number of one is its place from 1.</summary>
    public IReadOnlyList<StoredContent> Contents => contents;

    /// <summary>Versions in the order in which they were registered.</summary>
    public IReadOnlyList<RegisteredVersion> Versions => versions;

    /// <summary>Activations by scope, in the order in which they were made.</summary>
    public SortedDictionary<NodeKey, List<Activation>> Scopes { get; } = new(Comparer<NodeKey>.Create(Compare));

    /// <summary>Whether nothing was ever said of models and policies.</summary>
    public bool IsEmpty => contents.Count == 0 && Scopes.Count == 0;

    /// <summary>Whether any scope has a role given: only then may a request meet a model or policy.</summary>
    public bool HasScopes { get; private set; }

    /// <summary>Whether a scope is a node rather than a legal entity.</summary>
    public bool HasNodeScopes { get; private set; }

    /// <summary>The tenant and legal entity of a key, as a key of its own.</summary>
    public static NodeKey EntityOf(NodeKey key) => new(0, key.Tenant, key.LegalEntity, NodeKind.None);

    public StoredContent? FindContent(NodeKey entity, ContentHash hash) => contentByHash.TryGetValue((entity, hash), out var number) ? contents[number - 1] : null;

    public int NumberOf(StoredContent content) => contentByHash[(content.Entity, content.Hash)];

    public RegisteredVersion? FindVersion(NodeKey entity, bool isPolicy, string name, int version) => versionByName.GetValueOrDefault((entity, isPolicy, name, version));

    public StoredContent Add(StoredContent content)
    {
        contents.Add(content);
        contentByHash.Add((content.Entity, content.Hash), contents.Count);
        return content;
    }

    public void Add(RegisteredVersion version)
    {
        versions.Add(version);
        versionByName.Add((version.Entity, version.IsPolicy, version.Name.Name, version.Name.Version), version);
    }

    public void Add(NodeKey scope, Activation activation)
    {
        if (!Scopes.TryGetValue(scope, out var list)) Scopes.Add(scope, list = []);
        list.Add(activation);
        plans[scope] = null;
        asked = default;
        HasScopes = true;
        if (scope.Kind != NodeKind.None) HasNodeScopes = true;
    }

    /// <summary>What decides in a scope at a writer time; null when the scope has no role given.</summary>
    public Plan? PlanOf(NodeKey scope, long nowMicros, Tables.PartitionState state)
    {
        var plan = asked.Plan;
        if (asked.Scope != scope || plan is null)
        {
            if (!plans.TryGetValue(scope, out plan)) return null;
        }
        else if (nowMicros < plan.UntilMicros && ReferenceEquals(plan.Catalogue, state.Catalogue))
        {
            return plan;
        }
        if (plan is null || nowMicros >= plan.UntilMicros || !ReferenceEquals(plan.Catalogue, state.Catalogue)) plans[scope] = plan = Plan.Of(scope, Scopes[scope], nowMicros, state);
        asked = (scope, plan);
        return plan;
    }

    private static int Compare(NodeKey a, NodeKey b) => (a.Tenant, a.LegalEntity, a.Kind, a.Id).CompareTo((b.Tenant, b.LegalEntity, b.Kind, b.Id));
}
