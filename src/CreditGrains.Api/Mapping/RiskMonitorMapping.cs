using System.Globalization;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api.Mapping;

/// <summary>How a model does, to its message.</summary>
internal static class RiskMonitorMapping
{
    public static V1.ModelMonitor Write(ModelMonitorView view) => new()
    {
        Model = view.Name.Name,
        Version = view.Name.Version,
        Role = (V1.VersionRole)view.Role,
        Decisions = view.Decisions,
        NotScored = view.NotScored,
        ApprovalRatio = view.ApprovalRatio,
        Psi = view.ScoreDrift.Psi,
        Drift = view.ScoreDrift.Level.ToString(),
        Inputs = { view.InputDrift.Select(one => new V1.InputDrift { Input = one.Name, Psi = one.Psi, Drift = one.Level.ToString() }) },
        Matured = view.Review.Calibration.Sum(band => band.Rows),
        BadRatio = view.Review.BadRatio,
        Auc = view.Review.Outcome?.Auc ?? double.NaN,
        Gini = view.Review.Outcome?.Gini ?? double.NaN,
        Ks = view.Review.Outcome?.Ks ?? double.NaN,
        Brier = view.Review.Outcome?.Brier ?? double.NaN,
        Calibration = { view.Review.Calibration.Select(band => new V1.CalibrationBand { Rows = band.Rows, Predicted = band.Predicted, Observed = band.Observed }) },
        NewestMatured = view.Review.NewestMatured?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
        IsReviewDue = view.Review.IsReviewDue,
        Alarms = { view.Alarms },
    };
}
