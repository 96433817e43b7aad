using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// The alerts of one desk as another silo knows them. A desk that began anew, in the next activation of its partition, is compared with what was known: what both have was raised once, and what the new one does not have, as it began at a snapshot, is cleared. Not thread-safe.
/// </summary>
internal sealed class AlertMirror
{
    private long desk;
    private long known;
    private long version;

    /// <summary>What stands.</summary>
    public IReadOnlyList<RaisedAlert> Standing { get; private set; } = [];

    /// <summary>How many stand.</summary>
    public IReadOnlyList<TenantAlerts> Counts { get; private set; } = [];

    /// <summary>Event up to which the desk had looked.</summary>
    public long Sequence { get; private set; }

    /// <summary>Its event time.</summary>
    public long Micros { get; private set; }

    /// <summary>Subjects left out.</summary>
    public long Unwatched { get; private set; }

    /// <summary>Why it tells nothing now; null when it does.</summary>
    public string? Fault { get; private set; } = "it was not asked yet";

    /// <summary>Which desk told last; 0 before the first. Later activations have higher numbers.</summary>
    public long Desk => desk;

    /// <summary>What to ask it.</summary>
    public AlertAsk AskOf(long asOfMicros) => new(desk, known, version, asOfMicros);

    /// <summary>It could not be asked.</summary>
    public void Miss(string why) => Fault = why;

    /// <summary>Takes what it told.</summary>
    /// <param name="report">What it told.</param>
    /// <param name="stamp">Of the rules here.</param>
    /// <returns>What was raised and cleared since, oldest first; none where it could not tell. A desk that was taken over and does not know is not listened to.</returns>
    public IReadOnlyList<AlertChange> Take(AlertReport report, string stamp)
    {
        if (report.State.Desk != 0 && report.State.Desk < desk) return [];
        if (report.State.Fault is { } fault)
        {
            Fault = fault;
            return [];
        }

        var standing = report.Standing is null ? Standing : [.. report.Standing.Select(report.AlertOf)];
        AlertChange[] told = [.. report.Changes.Select(report.ChangeOf)];
        // Of lists that are cut short, what is missing tells nothing: only what the new desk saw later is told.
        if (desk != 0 && desk != report.State.Desk)
            told = Math.Max(Standing.Count, standing.Count) < AlertReport.StandingMax ? Compare(standing, told, report.State) : [.. told.Where(change => change.Micros > Micros)];
        (desk, known, version) = (report.State.Desk, report.Known, report.Version);
        (Standing, Counts, Sequence, Micros, Unwatched) = (standing, report.Counts ?? Counts, report.State.Sequence, report.State.Micros, report.Unwatched);
        Fault = report.State.Stamp == stamp ? report.Missing : "its silo has other alert rules; give every silo the same file";
        return told;
    }

    private AlertChange[] Compare(IReadOnlyList<RaisedAlert> now, AlertChange[] told, AlertDeskState state)
    {
        var (before, after) = (Standing.ToDictionary(KeyOf), now.ToDictionary(KeyOf));
        // The newest word on each, where there is one.
        var last = new Dictionary<(string, AlertSubject), AlertChange>();
        foreach (var change in told) last[KeyOf(change.Alert)] = change;
        var cleared = before.Where(pair => !after.ContainsKey(pair.Key))
            .Select(pair => last.TryGetValue(pair.Key, out var change) && !change.IsRaised ? change : new AlertChange(pair.Value, false, state.Sequence, state.Micros));
        var raised = after.Where(pair => !before.ContainsKey(pair.Key)).Select(pair => new AlertChange(pair.Value, true, pair.Value.SinceSequence, pair.Value.SinceMicros));
        return [.. cleared.Concat(raised).OrderBy(change => change.Micros)];
    }

    private static (string Rule, AlertSubject Subject) KeyOf(RaisedAlert alert) => (alert.Rule.Name, alert.Subject);
}
