using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;

namespace CreditGrains.Api.Security.Access;

/// <summary>Alerts as one principal may see them: those of its tenant and legal entities. An alert of a whole tenant is for who may see the whole tenant.</summary>
internal sealed class PrincipalAlerts(IAlertDesk desk, Principal principal) : IAlertDesk
{
    /// <summary>What a principal of one tenant hears of a fault: its text may name machines, databases and other tenants' things.</summary>
    public const string FaultOfTenants = "alerts may be missing or late; who operates the engine is told why";

    /// <inheritdoc/>
    public AlertView Read(ushort tenant, int take)
    {
        if (principal.HasWholeTenant) return Shown(desk.Read(Own(tenant), take));
        var view = Shown(desk.Read(Own(tenant), int.MaxValue));
        var seen = view.Raised.Where(Covers).ToArray();
        int Count(AlertSeverity severity) => seen.Count(alert => alert.Rule.Severity == severity);
        return view with { Raised = [.. seen.Take(take)], Info = Count(AlertSeverity.Info), Warning = Count(AlertSeverity.Warning), Critical = Count(AlertSeverity.Critical) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<AlertChange> Newest(ushort tenant, int take) => [.. desk.Newest(Own(tenant), int.MaxValue).Where(change => Covers(change.Alert)).Take(take)];

    /// <inheritdoc/>
    public async ValueTask<IAlertReader> FollowAsync(long afterSequence, bool isFromNow)
    {
        Reading.Demand(principal);
        return new Reader(this, await desk.FollowAsync(afterSequence, isFromNow));
    }

    /// <summary>Rules about another tenant, or another part of the own one, tell of it: they are left out. So is what a fault says.</summary>
    private AlertView Shown(AlertView view) => IsTold ? view : view with { Rules = view.Rules with { Rules = [.. view.Rules.Rules.Where(rule => Covers(rule.Of))] }, Fault = view.Fault is null ? null : FaultOfTenants };

    private bool IsTold => principal.Tenant == 0;

    private bool Covers(AlertScope scope) => scope.IsNode ? principal.Covers(scope.Node) : scope.IsKind || (principal.Covers(scope.Tenant) && principal.HasWholeTenant);

    private ushort Own(ushort tenant)
    {
        if (tenant == 0)
        {
            Reading.Demand(principal);
            return principal.Tenant;
        }

        Reading.Demand(principal, tenant);
        return tenant;
    }

    private bool Covers(RaisedAlert alert)
    {
        var key = alert.Subject.Key;
        return principal.HasWholeTenant ? principal.Covers(key.Tenant) : principal.Covers(key);
    }

    private sealed class Reader(PrincipalAlerts own, IAlertReader reader) : IAlertReader
    {
        /// <inheritdoc/>
        public async ValueTask<IReadOnlyList<AlertChange>> BeforeAsync(long sequence, CancellationToken cancellationToken)
        {
            try
            {
                return Seen(await reader.BeforeAsync(sequence, cancellationToken));
            }
            catch (EngineFaultException fault) when (!own.IsTold)
            {
                throw new EngineFaultException($"{FaultOfTenants}. Go on from the last cursor.", fault);
            }
        }

        /// <inheritdoc/>
        public IReadOnlyList<AlertChange> Meanwhile() => Seen(reader.Meanwhile());

        private IReadOnlyList<AlertChange> Seen(IReadOnlyList<AlertChange> changes) => changes.Count == 0 ? changes : [.. changes.Where(change => own.Covers(change.Alert))];
    }
}
