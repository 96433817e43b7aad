using System.Globalization;
using System.Net;
using System.Text;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>A page that stands alone: style within, no script, nothing fetched. Everything that came from elsewhere is escaped.</summary>
internal sealed class Page
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --grid: #d0d7de; --soft: #f6f8fa }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --grid: #30363d; --soft: #161b22 } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 900px; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse; width: 100%; margin: 1rem 0 } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--grid) }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums } tr.missed td { font-weight: 600; background: var(--soft) }
        figure { margin: 1.5rem 0 } figcaption { font-weight: 600 } svg { width: 100%; height: auto } svg text { font: 11px system-ui, sans-serif; fill: var(--ink) }
        .grid { stroke: var(--grid) } .line { fill: none; stroke-width: 1.5 } svg .legend { font-weight: 600 }
        .l0 { stroke: #0969da } .l1 { stroke: #bc4c00 } .l2 { stroke: #1a7f37 } .l3 { stroke: #8250df } .l4 { stroke: #bf8700 } .l5 { stroke: #cf222e }
        text.l0 { stroke: none; fill: #0969da } text.l1 { stroke: none; fill: #bc4c00 } text.l2 { stroke: none; fill: #1a7f37 }
        text.l3 { stroke: none; fill: #8250df } text.l4 { stroke: none; fill: #bf8700 } text.l5 { stroke: none; fill: #cf222e }
        """;

    private readonly StringBuilder body = new();

    /// <summary>The whole document.</summary>
    public string Finish(string title) => $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Escape(title)}</title>
        <style>{Style}</style></head><body><h1>{Escape(title)}</h1>
        {body}
        </body></html>

        """;

    public void Heading(string text) => body.Append("<h2>").Append(Escape(text)).AppendLine("</h2>");

    public void Paragraph(string text) => body.Append("<p>").Append(Escape(text)).AppendLine("</p>");

    /// <summary>A chart made by <see cref="SvgChart"/>.</summary>
    public void Chart(string svg) => body.AppendLine(svg);

    /// <summary>A table; columns whose name starts with '#' are numbers.</summary>
    /// <param name="columns">Headings.</param>
    /// <param name="rows">Cells, and whether the row stands out.</param>
    public void Table(IReadOnlyList<string> columns, IEnumerable<(string[] Cells, bool IsMissed)> rows)
    {
        body.Append("<table><thead><tr>");
        foreach (var column in columns) body.Append(column.StartsWith('#') ? "<th class=\"n\">" : "<th>").Append(Escape(column.TrimStart('#'))).Append("</th>");
        body.AppendLine("</tr></thead><tbody>");
        foreach (var (cells, isMissed) in rows)
        {
            body.Append(isMissed ? "<tr class=\"missed\">" : "<tr>");
            for (var i = 0; i < cells.Length; i++) body.Append(columns[i].StartsWith('#') ? "<td class=\"n\">" : "<td>").Append(Escape(cells[i])).Append("</td>");
            body.AppendLine("</tr>");
        }

        body.AppendLine("</tbody></table>");
    }

    public void Figures(IEnumerable<Figure> figures) => Table(["figure", "#asked", "#measured", "unit", "met", "note"], figures.Select(figure => (new[]
    {
        figure.Name, figure.AskedText, figure.MeasuredText, figure.Unit, MetText(figure), figure.Note,
    }, figure.IsMissed)));

    public void Counts(string name, IReadOnlyList<NamedValue> values)
    {
        if (values.Count > 0) Table([name, "#count"], values.Select(value => (new[] { value.Name, value.Value.ToString("N0", CultureInfo.InvariantCulture) }, false)));
    }

    /// <summary>"yes", "NO" (also where what was asked was not measured), or nothing where nothing was asked.</summary>
    public static string MetText(Figure figure) => figure.IsMissed ? "NO" : figure.IsMet == true ? "yes" : "";

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
