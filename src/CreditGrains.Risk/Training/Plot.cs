using System.Globalization;
using System.Net;
using System.Text;

namespace CreditGrains.Risk.Training;

/// <summary>One plot as inline SVG: lines and bars on axes from 0.</summary>
internal sealed class Plot(string title, string across, string up, double xMax, double yMax, double xMin = 0)
{
    private const double Left = 58, Top = 30, Wide = 380, High = 240;
    private static readonly string[] Colours = ["#1b5e9b", "#c4561e", "#4a8a3a", "#7a4c9a"];
    private readonly StringBuilder marks = new();
    private readonly List<string> names = [];

    public void Line(string name, IEnumerable<(double X, double Y)> points)
    {
        marks.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{Colours[names.Count % Colours.Length]}\" stroke-width=\"1.8\" points=\"{string.Join(' ', points.Select(point => $"{N(X(point.X))},{N(Y(point.Y))}"))}\"/>");
        names.Add(name);
    }

    public void Guide(double x1, double y1, double x2, double y2) =>
        marks.Append(CultureInfo.InvariantCulture, $"<line x1=\"{N(X(x1))}\" y1=\"{N(Y(y1))}\" x2=\"{N(X(x2))}\" y2=\"{N(Y(y2))}\" stroke=\"#999\" stroke-dasharray=\"4 3\"/>");

    public string Svg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" viewBox=\"0 0 460 330\" width=\"460\" height=\"330\"><title>{Text(title)}</title><text x=\"{N(Left)}\" y=\"18\" class=\"t\">{Text(title)}</text>");
        for (var i = 0; i <= 5; i++)
        {
            var (x, y) = (xMin + (xMax - xMin) * i / 5, yMax * i / 5);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{N(Left)}\" x2=\"{N(Left + Wide)}\" y1=\"{N(Y(y))}\" y2=\"{N(Y(y))}\" stroke=\"#e4e4e4\"/><text x=\"{N(Left - 6)}\" y=\"{N(Y(y) + 4)}\" text-anchor=\"end\">{y:G3}</text><text x=\"{N(X(x))}\" y=\"{N(Top + High + 15)}\" text-anchor=\"middle\">{x:G3}</text>");
        }

        svg.Append(marks);
        for (var i = 0; i < names.Count; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(Left + Wide - 4)}\" y=\"{N(Top + High - 10 - 15 * i)}\" text-anchor=\"end\" fill=\"{Colours[i % Colours.Length]}\">{Text(names[i])}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(Left + Wide / 2)}\" y=\"{N(Top + High + 34)}\" text-anchor=\"middle\">{Text(across)}</text><text transform=\"translate(14 {N(Top + High / 2)}) rotate(-90)\" text-anchor=\"middle\">{Text(up)}</text></svg>");
        return svg.ToString();
    }

    /// <summary>Bars with a name each, the longest first.</summary>
    public static string Bars(string title, IReadOnlyList<(string Name, double Value)> bars)
    {
        var svg = new StringBuilder();
        var most = bars.Count == 0 ? 1 : Math.Max(1e-12, bars.Max(bar => bar.Value));
        svg.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" viewBox=\"0 0 460 {40 + 18 * bars.Count}\" width=\"460\" height=\"{40 + 18 * bars.Count}\"><title>{Text(title)}</title><text x=\"8\" y=\"18\" class=\"t\">{Text(title)}</text>");
        for (var i = 0; i < bars.Count; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"168\" y=\"{43 + 18 * i}\" text-anchor=\"end\">{Text(bars[i].Name)}</text><rect x=\"174\" y=\"{33 + 18 * i}\" height=\"12\" width=\"{N(220 * bars[i].Value / most)}\" fill=\"{Colours[0]}\"/><text x=\"{N(180 + 220 * bars[i].Value / most)}\" y=\"{43 + 18 * i}\">{bars[i].Value:G3}</text>");
        return svg.Append("</svg>").ToString();
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private static double X(double x, double min, double max) => Left + Wide * Math.Clamp((x - min) / (max - min), 0, 1);

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private double X(double x) => X(x, xMin, xMax);

    private double Y(double y) => Top + High * (1 - Math.Clamp(y / yMax, 0, 1));
}
