using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>Prints: progress to the error stream, results to the output, as one table or as one JSON object.</summary>
internal sealed class Report(bool isJson)
{
    private const int TableWidth = 160;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly Machine machine = Machine.Read();
    private readonly List<string> details = [];

    /// <summary>What is being done.</summary>
    public static void Progress(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A line of results, kept for the JSON object too.</summary>
    public void Detail(FormattableString text)
    {
        var line = text.ToString(CultureInfo.InvariantCulture);
        details.Add(line);
        if (!isJson) Console.Out.WriteLine(line);
    }

    /// <summary>What a load saw: throughput, latencies, outcomes, errors.</summary>
    public void Detail(string name, LoadResult result)
    {
        var tally = result.Tally;
        Detail($"{name}: {result.PerSecond:N0} decisions/s over {result.Seconds:F1} s, {tally.Completed:N0} decisions, client CPU {result.ClientMicrosPerDecision:F2} µs each");
        Detail($"  latency ms: p50 {Millis(0.5)}, p90 {Millis(0.9)}, p99 {Millis(0.99)}, p99.9 {Millis(0.999)}, max {tally.Latency.Max / 1e6:F3}");
        Detail($"  outcomes: {List(tally.Outcomes.Select(pair => (pair.Kind.ToString(), pair.Count)))}; repeated {tally.Repeated:N0}");
        if (tally.Reasons.Any()) Detail($"  reasons: {List(tally.Reasons.Select(pair => (pair.Reason.ToString(), pair.Count)))}");
        Detail($"  errors: {(tally.Failed == 0 ? "none" : List(tally.Errors.Select(pair => (pair.Key, pair.Value))))}");

        string Millis(double ratio) => (tally.Latency.Quantile(ratio) / 1e6).ToString("F3", CultureInfo.InvariantCulture);
    }

    /// <summary>The table at the end.</summary>
    /// <returns>0 when every demand is met, 1 when one is not or was not measured.</returns>
    public int Finish(IReadOnlyList<Figure> figures)
    {
        if (isJson) Console.Out.WriteLine(JsonSerializer.Serialize(new { machine, figures, details }, Json));
        else Print(figures);
        return figures.Any(figure => figure.IsMissed) ? 1 : 0;
    }

    private void Print(IReadOnlyList<Figure> figures)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = TableWidth;
        var table = new Table().Border(TableBorder.Markdown).AddColumns("Figure", "Asked", "Measured", "Unit", "Met", "Note");
        foreach (var figure in figures)
        {
            var met = figure.Demand == Demand.None ? "" : figure.IsMet switch { true => "yes", false => "NO", null => "-" };
            string[] cells = [figure.Name, figure.AskedText, figure.MeasuredText, figure.Unit, met, figure.Note];
            table.AddRow([.. cells.Select(cell => (Spectre.Console.Rendering.IRenderable)new Text(cell))]);
        }

        console.Write(table);
        Console.Out.WriteLine(machine.ToString());
    }

    private static string List(IEnumerable<(string Name, long Count)> counts) =>
        string.Join(", ", counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Name} {pair.Count:N0}")));
}
