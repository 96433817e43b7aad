using System.Globalization;
using System.Text;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Engine.Features;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.Features;

/// <summary>
/// Rows of a training set: the decision, its features as exact decimals, its label. A missing feature is an empty cell.
/// </summary>
internal sealed class DecisionWriter : IDisposable
{
    private const int FlushAt = 1 << 16;
    private const string Leading = "sequence,request_id,facility,currency,occurred_at,recorded_at,kind,amount_asked,outcome,reason,amount";
    private readonly StringBuilder row = new(FlushAt + 8_192);
    private readonly StreamWriter writer;
    private readonly int[] scales;
    private readonly int labelCount;

    /// <summary>Begins with the header.</summary>
    public DecisionWriter(Stream stream, FeatureCatalogue catalogue, LabelJoin? join)
    {
        writer = new StreamWriter(stream, new UTF8Encoding(false), FlushAt);
        scales = [.. catalogue.Features.Select(feature => feature.Scale)];
        labelCount = join?.Columns.Length ?? 0;
        row.Append(Leading);
        foreach (var feature in catalogue.Features) row.Append(',').Append(feature.Name);
        foreach (var column in join?.Columns ?? []) Text(column);
        row.Append('\n');
    }

    /// <summary>One row.</summary>
    public void Write(in PastDecision decision, ReadOnlySpan<long> values, string[]? label)
    {
        var culture = CultureInfo.InvariantCulture;
        row.Append(culture, $"{decision.Sequence},{decision.Id},{KeyText.Of(decision.Facility)},{(decision.Currency.IsKnown ? decision.Currency.Code : "")},");
        Time(decision.OccurredAtMicros);
        Time(decision.RecordedAtMicros);
        row.Append(culture, $"{decision.Kind},{decision.AmountAsked},{decision.Outcome},{decision.Reason},{decision.Amount}");
        for (var i = 0; i < values.Length; i++)
        {
            row.Append(',');
            if (values[i] == FixedPoint.Missing) continue;
            if (scales[i] == 0) row.Append(culture, $"{values[i]}");
            else row.Append(culture, $"{FixedPoint.ToDecimal(values[i], scales[i])!.Value}");
        }
        for (var i = 0; i < labelCount; i++) Text(label?[i] ?? "");
        row.Append('\n');
        if (row.Length < FlushAt) return;
        Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        writer.Dispose();
    }

    private void Flush()
    {
        foreach (var chunk in row.GetChunks()) writer.Write(chunk.Span);
        row.Clear();
    }

    private void Time(long micros) => row.Append(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddTicks(micros * 10):yyyy-MM-ddTHH:mm:ss.ffffffZ},");

    private void Text(string cell)
    {
        row.Append(',');
        if (cell.AsSpan().IndexOfAny("\",\r\n") < 0) row.Append(cell);
        else row.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
