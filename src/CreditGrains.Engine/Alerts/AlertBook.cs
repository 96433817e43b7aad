using CreditGrains.Domain.Money;

namespace CreditGrains.Engine.Alerts;

/// <summary>
/// Which alerts stand, and what changed. A pure function of the figures it is given: raised at the rule's level, cleared beyond its other level, nothing in between. One writer; guarded by who owns it.
/// </summary>
internal sealed class AlertBook : IAlertFigures
{
    /// <summary>Most subjects a rule keeps: alerts that stand, and windows that are counted. Further ones are left out and counted.</summary>
    public const int SubjectsMax = 100_000;

    /// <summary>Changes kept for who reads them later, at least.</summary>
    public const int ChangesMax = 100_000;

    private readonly List<AlertChange> changes = [];
    private readonly int[] bySeverity = new int[3];
    private Dictionary<AlertSubject, RaisedAlert>[] raised = [];

    public AlertRules Rules { get; private set; } = new("none", []);

    /// <summary>Raised and cleared ever.</summary>
    public long Changes { get; private set; }

    /// <summary>Subjects left out.</summary>
    public long Unwatched { get; private set; }

    /// <summary>How often figures alone make the list another one, seconds.</summary>
    public const int FigureSeconds = 10;

    /// <summary>Of the list that others have copies of: grows with every change of what stands, and by <see cref="TellFigures"/>.</summary>
    public long Version { get; private set; }

    private bool hasOtherFigures;
    private long figuresMicros;

    /// <summary>Lets other figures of what stands make the list another one, at most every <see cref="FigureSeconds"/>.</summary>
    /// <param name="nowMicros">The clock.</param>
    public void TellFigures(long nowMicros)
    {
        if (!hasOtherFigures || Math.Abs(nowMicros - figuresMicros) < FigureSeconds * 1_000_000L) return;
        (hasOtherFigures, figuresMicros) = (false, nowMicros);
        Version++;
    }

    /// <inheritdoc/>
    public bool TakesParts => false;

    public int Count(AlertSeverity severity) => bySeverity[(int)severity];

    /// <summary>Puts other rules in force. Alerts of a rule that is the same as before stand on; those of others are cleared.</summary>
    public void Use(AlertRules rules, long sequence, long micros)
    {
        var before = (Rules, raised);
        (Rules, raised) = (rules, [.. rules.Rules.Select(_ => new Dictionary<AlertSubject, RaisedAlert>())]);
        for (var i = 0; i < before.raised.Length; i++)
        {
            var place = rules.Rules.IndexOf(before.Rules.Rules[i]);
            if (place >= 0)
            {
                raised[place] = before.raised[i];
                continue;
            }
            foreach (var alert in before.raised[i].Values) Note(alert, false, sequence, micros);
        }
    }

    /// <summary>Lets alerts stand that stood before, by rules that are the same: they were raised then, and are not raised again.</summary>
    public void Restore(IReadOnlyList<RaisedAlert> stood)
    {
        foreach (var alert in stood)
        {
            if (Rules.Rules.IndexOf(alert.Rule) is not (var place and >= 0) || !raised[place].TryAdd(alert.Subject, alert with { Rule = Rules.Rules[place] })) continue;
            bySeverity[(int)alert.Rule.Severity]++;
            Version++;
        }
    }

    /// <inheritdoc/>
    public AlertSubject[] Aging(int rule) => [.. raised[rule].Keys];

    /// <inheritdoc/>
    public void LeaveOut() => Unwatched++;

    /// <summary>A figure of a subject of a rule.</summary>
    public void Put(int rule, in AlertSubject subject, double figure, Currency currency, long sequence, long micros)
    {
        var terms = Rules.Rules[rule];
        var alerts = raised[rule];
        if (alerts.TryGetValue(subject, out var alert))
        {
            if (terms.IsClearedBy(figure)) Clear(rule, alert with { Figure = figure }, sequence, micros);
            else if (figure != alert.Figure)
            {
                alerts[subject] = alert with { Figure = figure };
                hasOtherFigures = true;
            }
            return;
        }

        if (!terms.IsRaisedBy(figure)) return;
        if (alerts.Count >= SubjectsMax)
        {
            LeaveOut();
            return;
        }
        alerts[subject] = alert = new RaisedAlert(terms, subject, figure, currency, micros, sequence);
        Note(alert, true, sequence, micros);
    }

    /// <summary>A subject that is no more, or has no figure any more.</summary>
    public void Drop(int rule, in AlertSubject subject, long sequence, long micros)
    {
        if (raised[rule].TryGetValue(subject, out var alert)) Clear(rule, alert, sequence, micros);
    }

    /// <summary>Alerts that stand, the most severe first, then the newest.</summary>
    public IReadOnlyList<RaisedAlert> Standing(ushort tenant, int take) => take == 0 ? [] :
    [
        .. InOrder(raised.SelectMany(alerts => alerts.Values).Where(alert => tenant == 0 || alert.Subject.Key.Tenant == tenant)).Take(take),
    ];

    /// <summary>The most severe first, then the newest.</summary>
    public static IEnumerable<RaisedAlert> InOrder(IEnumerable<RaisedAlert> alerts) => alerts
        .OrderByDescending(alert => alert.Rule.Severity).ThenByDescending(alert => alert.SinceMicros).ThenByDescending(alert => alert.SinceSequence).ThenBy(alert => alert.Rule.Name, StringComparer.Ordinal)
        .ThenBy(alert => (alert.Subject.Key.Kind, alert.Subject.Key.LegalEntity, alert.Subject.Key.Id, alert.Subject.Loan)).ThenBy(alert => alert.Subject.Trigger, StringComparer.Ordinal);

    /// <summary>How many stand, by tenant and severity.</summary>
    public IReadOnlyList<TenantAlerts> Counts() =>
    [
        .. raised.SelectMany(alerts => alerts.Values).GroupBy(alert => alert.Subject.Key.Tenant).Select(tenant => new TenantAlerts(
            tenant.Key, tenant.Count(alert => alert.Rule.Severity == AlertSeverity.Info), tenant.Count(alert => alert.Rule.Severity == AlertSeverity.Warning), tenant.Count(alert => alert.Rule.Severity == AlertSeverity.Critical))),
    ];

    /// <summary>Changes after so many, oldest first.</summary>
    /// <param name="known">How many of <see cref="Changes"/> are known. What is not kept any more is passed over.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="next">How many are known with these.</param>
    public IReadOnlyList<AlertChange> ChangesSince(long known, int take, out long next)
    {
        var first = (int)Math.Clamp(known - (Changes - changes.Count), 0, changes.Count);
        var count = Math.Min(take, changes.Count - first);
        next = Changes - changes.Count + first + count;
        return changes.GetRange(first, count);
    }

    /// <summary>How many of a tenant stand, by severity.</summary>
    public (int Info, int Warning, int Critical) CountOf(ushort tenant)
    {
        if (tenant == 0) return (bySeverity[0], bySeverity[1], bySeverity[2]);
        var counts = new int[3];
        foreach (var alerts in raised)
            foreach (var alert in alerts.Values)
                if (alert.Subject.Key.Tenant == tenant) counts[(int)alert.Rule.Severity]++;
        return (counts[0], counts[1], counts[2]);
    }

    public IReadOnlyList<AlertChange> Newest(ushort tenant, int take) => [.. Enumerable.Reverse(changes).Where(change => tenant == 0 || change.Alert.Subject.Key.Tenant == tenant).Take(take)];

    public IReadOnlyList<AlertChange> ChangesAfter(long sequence)
    {
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (changes[middle].Sequence <= sequence) low = middle + 1;
            else high = middle;
        }
        return low == changes.Count ? [] : changes.GetRange(low, changes.Count - low);
    }

    private void Clear(int rule, RaisedAlert alert, long sequence, long micros)
    {
        raised[rule].Remove(alert.Subject);
        Note(alert, false, sequence, micros);
    }

    private void Note(RaisedAlert alert, bool isRaised, long sequence, long micros)
    {
        bySeverity[(int)alert.Rule.Severity] += isRaised ? 1 : -1;
        Changes++;
        Version++;
        changes.Add(new AlertChange(alert, isRaised, sequence, micros));
        if (changes.Count >= 2 * ChangesMax) changes.RemoveRange(0, ChangesMax);
    }
}
