using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Alerts;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Front;

/// <summary>Alerts of a cluster.</summary>
public sealed partial class ClusterEngine
{
    private SiloServices? services;
    private ClusterAlerts? alerts;

    /// <summary>The alerts of the whole cluster, as this silo heard of them; null when it was started without rules.</summary>
    public IAlertDesk? Alerts => alerts;

    /// <summary>Puts other rules in force in the partitions that are open in this silo, about a second later, and those that open here. Every silo is to be given the same.</summary>
    /// <exception cref="Securitisation.InvalidInputException">A rule cannot be watched on a cluster; those in force stay.</exception>
    /// <exception cref="InvalidOperationException">The silo was started without rules.</exception>
    public void UseAlerts(AlertRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ClusterRules.Check(rules);
        (services ?? throw new InvalidOperationException("This silo was started without alert rules; give them to ClusterOptions.AlertRules.")).AlertRules = rules;
    }

    /// <summary>Begins to collect alerts, when the silo has rules.</summary>
    internal void StartAlerts(SiloServices silo)
    {
        if (silo.AlertRules is null) return;
        services = silo;
        alerts = new ClusterAlerts(grains, map.Count, () => silo.AlertRules, GetDecisionAsync, options.Clock);
    }
}
