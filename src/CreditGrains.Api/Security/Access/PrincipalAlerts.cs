using CreditGrains.Engine.Alerts;

namespace CreditGrains.Api.Security.Access;

/// <summary>Alerts as one principal may see them: those of its tenant and legal entities. An alert of a whole tenant is for who may see the whole tenant.</summary>
internal sealed class PrincipalAlerts(IAlertDesk desk, Principal principal) : IAlertDesk
{
    /// <inheritdoc/>
    public AlertView Read(ushort tenant, int take)
    {
        if (principal.HasWholeTenant) return WithOwnRules(desk.Read(Own(tenant), take));
        var view = WithOwnRules(desk.Read(Own(tenant), int.MaxValue));
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

    /// <summary>Rules about another tenant, or another part of the own one, tell of it: they are left out.</summary>
    private AlertView WithOwnRules(AlertView view) => principal.Tenant == 0 ? view : view with { Rules = view.Rules with { Rules = [.. view.Rules.Rules.Where(rule => Covers(rule.Of))] } };

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
        public async ValueTask<IReadOnlyList<AlertChange>> BeforeAsync(long sequence, CancellationToken cancellationToken) => Seen(await reader.BeforeAsync(sequence, cancellationToken));

        /// <inheritdoc/>
        public IReadOnlyList<AlertChange> Meanwhile() => Seen(reader.Meanwhile());

        private IReadOnlyList<AlertChange> Seen(IReadOnlyList<AlertChange> changes) => changes.Count == 0 ? changes : [.. changes.Where(change => own.Covers(change.Alert))];
    }
}
