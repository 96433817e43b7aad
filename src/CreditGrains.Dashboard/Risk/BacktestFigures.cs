using System.Text.Json;

namespace CreditGrains.Dashboard.Risk;

/// <summary>What the page shows of a backtest's report.</summary>
/// <param name="Requests">Requests executed again.</param>
/// <param name="RatioThen">Approved as it was.</param>
/// <param name="RatioNow">Approved under the policy.</param>
/// <param name="SwapsIn">Approved only under the policy.</param>
/// <param name="SwapsOut">Approved only as it was.</param>
internal sealed record BacktestFigures(long Requests, double? RatioThen, double? RatioNow, long SwapsIn, long SwapsOut)
{
    /// <summary>Reads a report; null while there is none.</summary>
    public static BacktestFigures? Of(string? report)
    {
        if (report is null) return null;
        using var json = JsonDocument.Parse(report);
        var root = json.RootElement;
        var approvals = root.GetProperty("approvals");
        return new BacktestFigures(root.GetProperty("requests").GetInt64(), Ratio(approvals.GetProperty("ratioThen")), Ratio(approvals.GetProperty("ratioNow")),
            root.GetProperty("swapsIn").GetProperty("requests").GetInt64(), root.GetProperty("swapsOut").GetProperty("requests").GetInt64());
    }

    private static double? Ratio(JsonElement part) => part.ValueKind == JsonValueKind.Number ? part.GetDouble() : null;
}
