using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Dashboard.Risk;

/// <summary>What runs beside the engine, as the page shows it: the same that RiskService answers.</summary>
/// <param name="Monitors">How each model version does.</param>
/// <param name="Months">PSI of each model's score by month.</param>
/// <param name="Policies">What shadow policies said.</param>
/// <param name="Jobs">Backtests, newest first.</param>
public sealed record RiskSight(
    IReadOnlyList<ModelMonitorView> Monitors, IReadOnlyList<(VersionName Name, int Month, double Psi, long Rows)> Months,
    IReadOnlyList<(VersionName Policy, long Approve, long Decline, long Refer, long Nothing, long Differs)> Policies, IReadOnlyList<RiskJob> Jobs)
{
    /// <summary>Nothing.</summary>
    public static RiskSight Empty { get; } = new([], [], [], []);

    /// <summary>Reads it.</summary>
    public static async Task<RiskSight> OfAsync(IRiskDesk desk, NodeKey entity)
    {
        ArgumentNullException.ThrowIfNull(desk);
        return new RiskSight(await desk.MonitorsAsync(entity), desk.Months(entity), desk.ShadowPolicies(entity), [.. desk.Jobs().Where(job => job.Entity == entity)]);
    }
}
