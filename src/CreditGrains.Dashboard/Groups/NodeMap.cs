using CreditGrains.Dashboard.Charts;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Dashboard.Shell;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Groups;

/// <summary>Nodes as a treemap: area is exposure, colour how much of the limit is used. Each kind of node is another cut of the same book, and each currency its own scale.</summary>
internal static class NodeMap
{
    public static object Option(IReadOnlyList<NodeView> nodes, Words words) => new
    {
        animation = false,
        tooltip = new { confine = true, renderMode = "richText", backgroundColor = "var(--card)", borderColor = "var(--line)", textStyle = new { color = "var(--ink)" }, formatter = "{b}" },
        series = new[]
        {
            new
            {
                type = "treemap",
                // Its own moves are on by default, and each view a second would set them off again.
                animation = false,
                roam = false,
                nodeClick = false,
                breadcrumb = new { show = false },
                left = 0, right = 0, top = 0, bottom = 0,
                upperLabel = new { show = true, height = 22, color = "var(--ink)", fontWeight = "bold" },
                label = new { color = "#ffffff", fontSize = 12, overflow = "none" },
                // A figure cut off reads as another: what has no room is not written.
                labelLayout = "@fmt:roomy",
                itemStyle = new { borderColor = "var(--card)", borderWidth = 1, gapWidth = 1 },
                levels = new object[] { new { itemStyle = new { borderColor = "var(--card)", borderWidth = 0, gapWidth = 4 }, upperLabel = new { show = false } }, new { itemStyle = new { borderColor = "var(--card)", borderWidth = 2, gapWidth = 1 } } },
                data = Groups(nodes, words),
            },
        },
    };

    private static object[] Groups(IReadOnlyList<NodeView> nodes, Words words) =>
    [
        .. nodes.Where(node => node.Exposure > 0).GroupBy(node => (node.Key.Kind, node.Currency)).Select(group => new
        {
            name = $"{words[$"kind.{group.Key.Kind}"]} · {group.Key.Currency.Code}",
            itemStyle = new { color = "var(--line)" },
            children = group.Select(node => ItemOf(node, Figures.Percent(Tones.Utilisation(node.Exposure, node.Limit)), words)),
        }),
    ];

    // Kind and currency stand above the group: an item, which may be narrow, does without them; whoever points at it gets both.
    private static object ItemOf(NodeView node, string used, Words words) => new
    {
        name = $"{KeyText.Of(node.Key, words)}\n{Figures.Short(node.Exposure!.Value, node.Currency)}\n{used}",
        value = Figures.Units(node.Exposure!.Value, node.Currency),
        label = new { formatter = $"{KeyText.Number(node.Key)}\n{Figures.ShortUnits(node.Exposure!.Value, node.Currency)}\n{used}" },
        itemStyle = new { color = Tones.FillOf(Tones.Utilisation(node.Exposure, node.Limit)) },
    };
}
