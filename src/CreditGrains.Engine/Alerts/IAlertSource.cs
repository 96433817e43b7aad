namespace CreditGrains.Engine.Alerts;

/// <summary>An engine that watches for alerts by itself, as one of several processes does.</summary>
public interface IAlertSource
{
    /// <summary>Its alerts; null when it was opened without rules.</summary>
    IAlertDesk? Alerts { get; }

    /// <summary>Puts other rules in force.</summary>
    /// <exception cref="Securitisation.InvalidInputException">A rule cannot be watched by this engine; those in force stay.</exception>
    void UseAlerts(AlertRules rules);
}
