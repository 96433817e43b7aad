namespace CreditGrains.Dashboard.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Colour">Name of a colour of the look, such as "good".</param>
/// <param name="Points">Values; null leaves a gap.</param>
/// <param name="Stack">Lines of one stack lie on each other; null stands alone.</param>
internal sealed record Line(string Name, string Colour, IReadOnlyList<double?> Points, string? Stack = null)
{
    /// <summary>Whether it changes at a point and not between two.</summary>
    public bool IsStep { get; init; }
}

/// <summary>Options of the usual charts.</summary>
internal static class ChartOptions
{
    private static readonly object Grid = new { left = 8, right = 16, top = 34, bottom = 8, containLabel = true };

    /// <summary>Lines or stacked areas over labels.</summary>
    public static object Lines(IReadOnlyList<string> labels, IReadOnlyList<Line> lines, string format = "@fmt:compact", int? markAt = null) => new
    {
        animation = false,
        grid = Grid,
        legend = Legend(),
        tooltip = Tooltip("axis", format),
        xAxis = Categories(labels),
        yAxis = Values(format),
        series = lines.Select((line, i) => new
        {
            name = line.Name,
            type = "line",
            // One point alone makes no line.
            showSymbol = labels.Count == 1,
            step = line.IsStep ? "end" : null,
            stack = line.Stack,
            areaStyle = line.Stack is null ? null : new { opacity = 0.35 },
            lineStyle = new { width = 1.8 },
            itemStyle = new { color = $"var(--{line.Colour})" },
            data = line.Points,
            markLine = i == 0 && markAt is { } at ? Mark(at) : null,
        }),
    };

    /// <summary>Horizontal bars, the first on top.</summary>
    public static object Bars(IReadOnlyList<string> labels, IReadOnlyList<double> values, string colour, string format = "@fmt:compact") => new
    {
        animation = false,
        grid = new { left = 8, right = 48, top = 8, bottom = 8, containLabel = true },
        tooltip = Tooltip("item", format),
        xAxis = Values(format),
        yAxis = new { type = "category", data = labels, inverse = true, axisTick = new { show = false }, axisLine = new { show = false }, axisLabel = new { color = "var(--ink)", width = 190, overflow = "truncate" } },
        series = new[] { new { type = "bar", data = values, barMaxWidth = 18, itemStyle = new { color = $"var(--{colour})" }, label = new { show = true, position = "right", color = "var(--ink)", formatter = format.Replace("fmt:", "fmt:point-", StringComparison.Ordinal) } } },
    };

    /// <summary>Stacked columns over labels.</summary>
    public static object Columns(IReadOnlyList<string> labels, IReadOnlyList<Line> parts, string format = "@fmt:compact") => new
    {
        animation = false,
        grid = Grid,
        legend = Legend(),
        tooltip = Tooltip("axis", format),
        xAxis = Categories(labels),
        yAxis = Values(format),
        series = parts.Select(part => new { name = part.Name, type = "bar", stack = "all", barCategoryGap = "12%", itemStyle = new { color = $"var(--{part.Colour})" }, data = part.Points }),
    };

    /// <summary>A field of cells by row and column; values are ratios of 0 to 1.</summary>
    /// <param name="columns">Labels.</param>
    /// <param name="rows">Labels, the first on top.</param>
    /// <param name="cells">Column, row, value.</param>
    /// <param name="most">The value of the strongest colour.</param>
    /// <param name="showValues">Whether each cell has its number.</param>
    public static object Heat(IReadOnlyList<string> columns, IReadOnlyList<string> rows, IEnumerable<(int Column, int Row, double Value)> cells, double most, bool showValues) => new
    {
        animation = false,
        grid = new { left = 8, right = 8, top = 8, bottom = 44, containLabel = true },
        tooltip = Tooltip("item", "@fmt:percent"),
        xAxis = Categories(columns),
        yAxis = new { type = "category", data = rows, inverse = true, axisLabel = new { color = "var(--ink)" }, splitArea = new { show = true } },
        visualMap = new { min = 0, max = most, calculable = false, orient = "horizontal", left = "center", bottom = 0, formatter = "@fmt:percent", textStyle = new { color = "var(--ink)" }, inRange = new { color = new[] { "var(--heat-0)", "var(--heat-1)", "var(--heat-2)" } } },
        series = new[] { new { type = "heatmap", data = cells.Select(cell => new[] { cell.Column, cell.Row, cell.Value }), label = new { show = showValues, formatter = "@fmt:cell", color = "var(--ink)" } } },
    };

    private static object Legend() => new { top = 0, left = 0, icon = "roundRect", itemWidth = 12, itemHeight = 8, textStyle = new { color = "var(--ink)" } };

    private static object Tooltip(string trigger, string format) => new
    {
        trigger, confine = true, renderMode = "richText", backgroundColor = "var(--card)", borderColor = "var(--line)", textStyle = new { color = "var(--ink)" }, valueFormatter = format,
    };

    private static object Categories(IReadOnlyList<string> labels) => new { type = "category", data = labels, axisTick = new { show = false }, axisLine = new { lineStyle = new { color = "var(--line)" } }, axisLabel = new { color = "var(--ink-2)" } };

    private static object Values(string format) => new { type = "value", splitLine = new { lineStyle = new { color = "var(--line)" } }, axisLabel = new { color = "var(--ink-2)", formatter = format } };

    private static object Mark(int at) => new { symbol = "none", silent = true, label = new { show = false }, lineStyle = new { color = "var(--ink)", width = 1.5 }, data = new[] { new { xAxis = at } } };
}
