using System.Globalization;
using System.Net;
using System.Text;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>A line over time.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Values">One for each place on the axis; NaN leaves a hole.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<double> Values);

/// <summary>A line chart as inline SVG, with nothing to load: axes with round numbers, a legend, linear or logarithmic.</summary>
internal static class SvgChart
{
    private const int Width = 860;
    private const int Height = 240;
    private const int Left = 70;
    private const int Right = 16;
    private const int Top = 28;
    private const int Bottom = 30;
    private const int TicksWanted = 5;
    private const double LogMin = 0.01;

    /// <summary>Draws.</summary>
    /// <param name="title">Above the chart, and its text for those who cannot see it.</param>
    /// <param name="unit">Of the vertical axis.</param>
    /// <param name="seconds">Times of the values.</param>
    /// <param name="lines">At most six.</param>
    /// <param name="isLogarithmic">Whether the vertical axis is logarithmic; values below 0.01 are drawn there.</param>
    public static string Draw(string title, string unit, IReadOnlyList<double> seconds, IReadOnlyList<ChartLine> lines, bool isLogarithmic = false)
    {
        var svg = new StringBuilder();
        var last = seconds.Count == 0 ? 1 : seconds[^1];
        var most = lines.SelectMany(line => line.Values).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var axis = isLogarithmic ? LogTicks(most) : LinearTicks(most);
        Append(svg, $"<figure><figcaption>{Escape(title)}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escape(title)}, most {Number(most)} {Escape(unit)}\">");
        foreach (var tick in axis)
        {
            var y = Y(tick, axis[^1], isLogarithmic);
            Append(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/><text x=\"{Left - 6}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{Number(tick)}</text>");
        }

        foreach (var tick in LinearTicks(last))
        {
            if (tick > last) continue;
            Append(svg, $"<text x=\"{X(tick, last):F1}\" y=\"{Height - 10}\" text-anchor=\"middle\">{Number(tick)} s</text>");
        }

        for (var i = 0; i < lines.Count; i++)
        {
            Append(svg, $"<polyline class=\"line l{i}\" points=\"{Points(lines[i].Values, seconds, last, axis[^1], isLogarithmic)}\"/>");
            Append(svg, $"<text class=\"legend l{i}\" x=\"{Left + i * 130}\" y=\"16\">{Escape(lines[i].Name)}</text>");
        }

        Append(svg, $"<text x=\"{Width - Right}\" y=\"16\" text-anchor=\"end\">{Escape(unit)}</text></svg></figure>");
        return svg.ToString();
    }

    /// <summary>Round numbers from 0 to at least the value.</summary>
    public static double[] LinearTicks(double most)
    {
        if (!(most > 0)) return [0, 1];
        var rough = most / TicksWanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10.0 } * power;
        return [.. Enumerable.Range(0, (int)Math.Ceiling(most / step - 1e-9) + 1).Select(i => i * step)];
    }

    /// <summary>Powers of ten from 0.01 to at least the value.</summary>
    public static double[] LogTicks(double most)
    {
        var decades = Math.Max(1, (int)Math.Ceiling(Math.Log10(Math.Max(most, LogMin * 10) / LogMin) - 1e-9));
        return [.. Enumerable.Range(0, decades + 1).Select(i => LogMin * Math.Pow(10, i))];
    }

    private static string Points(IReadOnlyList<double> values, IReadOnlyList<double> seconds, double last, double most, bool isLogarithmic)
    {
        var points = new StringBuilder();
        for (var i = 0; i < values.Count && i < seconds.Count; i++)
            if (double.IsFinite(values[i])) Append(points, $"{X(seconds[i], last):F1},{Y(values[i], most, isLogarithmic):F1} ");
        return points.ToString().TrimEnd();
    }

    private static double X(double seconds, double last) => Left + seconds / last * (Width - Left - Right);

    private static double Y(double value, double most, bool isLogarithmic)
    {
        var part = isLogarithmic ? Math.Log10(Math.Max(value, LogMin) / LogMin) / Math.Log10(most / LogMin) : value / most;
        return Height - Bottom - part * (Height - Top - Bottom);
    }

    private static string Number(double value) => value switch
    {
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Append(StringBuilder to, FormattableString text) => to.Append(text.ToString(CultureInfo.InvariantCulture));
}
