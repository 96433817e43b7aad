using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Alerts;

/// <summary>Places of some rules, found by what they look at.</summary>
internal sealed class ScopedRules
{
    private readonly Dictionary<ushort, List<int>> byTenant = [];
    private readonly Dictionary<NodeKey, List<int>> byNode = [];
    private readonly List<int>?[] byKind = new List<int>?[(int)NodeKind.Pool + 1];

    public ScopedRules(AlertRules rules, Func<AlertRule, bool> which)
    {
        for (var i = 0; i < rules.Rules.Length; i++)
        {
            var rule = rules.Rules[i];
            if (!which(rule)) continue;
            Count++;
            if (rule.Of.IsNode) Add(byNode, rule.Of.Node, i);
            else if (rule.Of.IsKind) (byKind[(int)rule.Of.Kind] ??= []).Add(i);
            else Add(byTenant, rule.Of.Tenant, i);
        }
    }

    public int Count { get; }

    /// <summary>Whether any of them may look at a facility as a node.</summary>
    public bool LookAtFacilities => byKind[(int)NodeKind.Facility] is not null || byNode.Keys.Any(key => key.IsFacility);

    public IReadOnlyList<int> OfTenant(ushort tenant) => byTenant.GetValueOrDefault(tenant) ?? [];

    public IReadOnlyList<int> OfKind(NodeKind kind) => byKind[(int)kind] ?? [];

    public IReadOnlyList<int> OfNode(NodeKey key) => byNode.Count == 0 ? [] : byNode.GetValueOrDefault(key) ?? [];

    private static void Add<T>(Dictionary<T, List<int>> places, T key, int rule)
        where T : notnull
    {
        if (!places.TryGetValue(key, out var list)) places.Add(key, list = []);
        list.Add(rule);
    }
}
