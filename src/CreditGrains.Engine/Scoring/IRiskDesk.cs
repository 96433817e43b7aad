using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Engine.Scoring;

/// <summary>How far a distribution has moved from its development rows in the newest full period.</summary>
/// <param name="Name">The input; empty of the score.</param>
/// <param name="Psi">Population stability index; NaN before there is a period.</param>
/// <param name="Level">What it says.</param>
public readonly record struct Drift(string Name, double Psi, DriftLevel Level);

/// <summary>How a model version does.</summary>
/// <param name="Name">Name and version.</param>
/// <param name="Role">What it does: acting, challenger or shadow.</param>
/// <param name="Decisions">Decisions it scored or should have.</param>
/// <param name="NotScored">Of these, without a score.</param>
/// <param name="ApprovalRatio">Approved ÷ decisions, as decided; NaN without any.</param>
/// <param name="ScoreDrift">Of the score.</param>
/// <param name="InputDrift">Of each input.</param>
/// <param name="Review">Outcomes: separation, calibration, bad rate, review.</param>
/// <param name="Alarms">What somebody should look at, in plain words.</param>
public sealed record ModelMonitorView(
    VersionName Name, VersionRole Role, long Decisions, long NotScored, double ApprovalRatio, Drift ScoreDrift, IReadOnlyList<Drift> InputDrift, ModelReview Review, IReadOnlyList<string> Alarms);

/// <summary>What runs beside an engine, behind its feed: monitors, shadows, backtests. Any thread.</summary>
public interface IRiskDesk
{
    /// <summary>How the models of a legal entity do.</summary>
    ValueTask<IReadOnlyList<ModelMonitorView>> MonitorsAsync(NodeKey entity);

    /// <summary>PSI of each model's score by month (years × 12 + month − 1), and the rows it is of; empty where that is not kept (a cluster).</summary>
    IReadOnlyList<(VersionName Name, int Month, double Psi, long Rows)> Months(NodeKey entity) => [];

    /// <summary>What each shadow policy said: approvals, declines, referrals, nothing; and how often it differed from the decision.</summary>
    IReadOnlyList<(VersionName Policy, long Approve, long Decline, long Refer, long Nothing, long Differs)> ShadowPolicies(NodeKey entity) => [];

    /// <summary>Tells what became of accounts.</summary>
    /// <returns>How many had a decision by a model.</returns>
    ValueTask<long> NoteOutcomesAsync(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes);

    /// <summary>What the model saw for a decision whose event does not tell it, such as an approval, rebuilt from the journal; null where it cannot be.</summary>
    /// <param name="entity">Tenant and legal entity of its facility.</param>
    /// <param name="sequence">The decision.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task<double[]?> InputsOfAsync(NodeKey entity, long sequence, CancellationToken cancellationToken) => Task.FromResult<double[]?>(null);

    /// <summary>Starts a backtest of a policy over the journal's history; on a cluster over that of every partition.</summary>
    /// <param name="entity">Tenant and legal entity.</param>
    /// <param name="policy">A registered version.</param>
    /// <param name="model">The model that scores; null takes the scores of then.</param>
    /// <param name="fromMicros">Decisions of this writer time and later.</param>
    /// <exception cref="TooManyJobsException">As many run as may.</exception>
    RiskJob StartBacktest(NodeKey entity, VersionName policy, VersionName? model, long fromMicros);

    /// <summary>A job; null when there is none of that id. Of jobs that ended the newest <see cref="RiskJobs.EndedMax"/> are kept.</summary>
    RiskJob? Find(string id);

    /// <summary>Tells a job to stop: it ends soon as cancelled, unless it has ended by then. Gives it as it is now; null when there is none of that id.</summary>
    RiskJob? Cancel(string id);

    /// <summary>All jobs, newest first.</summary>
    IReadOnlyList<RiskJob> Jobs();
}
