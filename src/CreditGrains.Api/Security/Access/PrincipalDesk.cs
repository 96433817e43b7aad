using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api.Security.Access;

/// <summary>What runs beside the engine as one principal may use it; a job of another legal entity is as unknown as one that is not there.</summary>
internal sealed class PrincipalDesk(IRiskDesk desk, Principal principal, ICommandWatch? watch) : IRiskDesk
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ModelMonitorView>> MonitorsAsync(NodeKey entity)
    {
        Reading.Demand(principal, entity);
        return desk.MonitorsAsync(entity);
    }

    /// <inheritdoc/>
    public IReadOnlyList<(VersionName Name, int Month, double Psi, long Rows)> Months(NodeKey entity)
    {
        Reading.Demand(principal, entity);
        return desk.Months(entity);
    }

    /// <inheritdoc/>
    public IReadOnlyList<(VersionName Policy, long Approve, long Decline, long Refer, long Nothing, long Differs)> ShadowPolicies(NodeKey entity)
    {
        Reading.Demand(principal, entity);
        return desk.ShadowPolicies(entity);
    }

    /// <inheritdoc/>
    public ValueTask<long> NoteOutcomesAsync(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        DemandRisk("NoteOutcomes");
        foreach (var (facility, _) in outcomes)
            if (!principal.Covers(facility)) throw Denials.Scope(principal, facility.Tenant, facility.LegalEntity);
        watch?.Before(principal, $"NoteOutcomes of {outcomes.Count} facilities");
        return desk.NoteOutcomesAsync(outcomes);
    }

    /// <inheritdoc/>
    public Task<double[]?> InputsOfAsync(NodeKey entity, long sequence, CancellationToken cancellationToken)
    {
        Reading.Demand(principal, entity);
        return desk.InputsOfAsync(entity, sequence, cancellationToken);
    }

    /// <inheritdoc/>
    public RiskJob StartBacktest(NodeKey entity, VersionName policy, VersionName? model, long fromMicros)
    {
        DemandRisk("StartBacktest");
        if (!principal.Covers(entity)) throw Denials.Scope(principal, entity.Tenant, entity.LegalEntity);
        return desk.StartBacktest(entity, policy, model, fromMicros);
    }

    /// <inheritdoc/>
    public RiskJob? Find(string id)
    {
        DemandFollowing();
        return desk.Find(id) is { } job && principal.Covers(job.Entity) ? job : null;
    }

    /// <inheritdoc/>
    public RiskJob? Cancel(string id)
    {
        DemandRisk("CancelJob");
        return desk.Find(id) is { } job && principal.Covers(job.Entity) ? desk.Cancel(id) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RiskJob> Jobs()
    {
        DemandFollowing();
        return [.. desk.Jobs().Where(job => principal.Covers(job.Entity))];
    }

    // Who may start a job may see how it ends.
    private void DemandFollowing()
    {
        if (!principal.HasAny(Roles.Read | Roles.Risk)) throw Denials.Role(principal, "a query", Roles.Read | Roles.Risk);
    }

    private void DemandRisk(string act)
    {
        if (!principal.HasAny(Roles.Risk)) throw Denials.Role(principal, act, Roles.Risk);
    }
}
