using CreditGrains.Dashboard.Charts;
using CreditGrains.Dashboard.Shell;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Groups;

/// <summary>A node of the tree with what hangs on it, as far as it was read.</summary>
/// <param name="Node">The node.</param>
/// <param name="Children">Its largest children among those read.</param>
/// <param name="Count">How many children it has.</param>
public sealed record TreeBranch(NodeView Node, IReadOnlyList<TreeBranch> Children, long Count);

/// <summary>Reads who hangs on whom below a node, two levels deep and bounded at each, so that no node is too large to look at.</summary>
internal static class GroupTree
{
    /// <summary>Children read of a node: the newest links.</summary>
    public const int ReadMax = 300;

    private const int ShownOfRoot = 16;
    private const int ShownBelow = 6;

    /// <summary>The tree below a node; null when the engine does not list children.</summary>
    public static async Task<(TreeBranch Tree, IReadOnlyList<NodeView> Children)?> ReadAsync(ICreditEngine engine, NodeView root)
    {
        if (await engine.ListChildrenAsync(root.Key, default, ReadMax) is not { } page) return null;
        var branches = new List<TreeBranch>();
        foreach (var child in Largest(page.Children, ShownOfRoot))
        {
            var below = child.Key.IsFacility ? null : await engine.ListChildrenAsync(child.Key, default, ReadMax);
            branches.Add(new TreeBranch(child, [.. Largest(below?.Children ?? [], ShownBelow).Select(leaf => new TreeBranch(leaf, [], 0))], below?.Count ?? 0));
        }
        return (new TreeBranch(root, branches, page.Count), page.Children);
    }

    /// <summary>The tree as a chart, with what lies above the node to its left.</summary>
    public static object Option(TreeBranch tree, Words words) => new
    {
        animation = false,
        tooltip = new { confine = true, renderMode = "richText", backgroundColor = "var(--card)", borderColor = "var(--line)", textStyle = new { color = "var(--ink)" }, formatter = "{b}" },
        series = new[]
        {
            new
            {
                type = "tree",
                left = 90, right = 190, top = 24, bottom = 4,
                symbolSize = 10,
                initialTreeDepth = 2,
                expandAndCollapse = false,
                edgeShape = "curve",
                lineStyle = new { color = "var(--line)" },
                label = new { color = "var(--ink)", position = "top", align = "center", fontSize = 12, width = 170, overflow = "truncate" },
                leaves = new { label = new { position = "right", align = "left", width = 180 } },
                data = new[] { Branch(tree, words) },
            },
        },
    };

    private static IEnumerable<NodeView> Largest(IReadOnlyList<NodeView> nodes, int take) => nodes.OrderByDescending(node => node.Exposure ?? 0).Take(take);

    private static object Branch(TreeBranch branch, Words words) => new
    {
        name = $"{KeyText.Of(branch.Node.Key, words)}{(branch.Node.Exposure is { } exposure ? $" · {Figures.Short(exposure, branch.Node.Currency)}" : "")}",
        itemStyle = new { color = Tones.ColourOf(Tones.Utilisation(branch.Node.Exposure, branch.Node.Limit)), borderColor = "var(--ink-2)" },
        children = branch.Children.Select(child => Branch(child, words)),
    };
}

/// <summary>How concentrated exposures are.</summary>
/// <param name="TopRatio">Share of the largest.</param>
/// <param name="TopTenRatio">Share of the ten largest.</param>
/// <param name="Herfindahl">Sum of the squared shares, 0 to 1: one over it is the number of equal parts that would be as concentrated.</param>
public sealed record Concentration(double TopRatio, double TopTenRatio, double Herfindahl)
{
    /// <summary>Of some nodes; null when they have no exposure.</summary>
    public static Concentration? Of(IEnumerable<NodeView> nodes)
    {
        var parts = nodes.Select(node => (double)(node.Exposure ?? 0)).OrderDescending().ToArray();
        var sum = parts.Sum();
        return sum <= 0 ? null : new Concentration(parts[0] / sum, parts.Take(10).Sum() / sum, parts.Sum(part => part / sum * (part / sum)));
    }
}
