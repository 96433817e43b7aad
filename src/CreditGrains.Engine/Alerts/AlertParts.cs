using CreditGrains.Domain.Money;

namespace CreditGrains.Engine.Alerts;

/// <summary>A part of a figure: what one partition has of a node that others share.</summary>
/// <param name="Rule">Place of the rule in its file.</param>
/// <param name="Subject">Of what.</param>
/// <param name="Value">Exposure or growth in minor units, a count, or for a trigger a number that changes whenever the pool may have moved; 0 is nothing.</param>
internal readonly record struct AlertPart(int Rule, AlertSubject Subject, double Value);

/// <summary>Parts of figures, told as what changed since the last telling. Who does not know the last telling is told everything.</summary>
internal sealed class AlertParts : IAlertFigures
{
    private readonly Dictionary<(int Rule, AlertSubject Subject), double> values = [];
    private readonly HashSet<(int Rule, AlertSubject Subject)> changed = [];

    /// <summary>Number of the last telling; 0 before the first.</summary>
    public long Told { get; private set; }

    /// <inheritdoc/>
    public bool TakesParts => true;

    /// <summary>Subjects left out.</summary>
    public long Unwatched { get; private set; }

    /// <summary>Forgets everything, as other rules are in force.</summary>
    public void Clear()
    {
        values.Clear();
        changed.Clear();
        // Nobody knows the telling that comes next.
        Told++;
    }

    /// <summary>Tells what changed since a telling, or everything.</summary>
    /// <param name="known">Number of the telling the caller has.</param>
    /// <param name="isWhole">Whether it is everything, in place of what was told before.</param>
    public AlertPart[] Tell(long known, out bool isWhole)
    {
        isWhole = known == 0 || known != Told;
        AlertPart[] told = isWhole
            ? [.. values.Select(pair => new AlertPart(pair.Key.Rule, pair.Key.Subject, pair.Value))]
            : [.. changed.Select(key => new AlertPart(key.Rule, key.Subject, values.GetValueOrDefault(key)))];
        if (changed.Count > 0 || Told == 0) Told++;
        changed.Clear();
        return told;
    }

    /// <inheritdoc/>
    public AlertSubject[] Aging(int rule) => [.. values.Keys.Where(key => key.Rule == rule).Select(key => key.Subject)];

    /// <inheritdoc/>
    public void Put(int rule, in AlertSubject subject, double figure, Currency currency, long sequence, long micros)
    {
        var key = (rule, subject);
        if (values.GetValueOrDefault(key) == figure) return;
        if (figure == 0) values.Remove(key);
        else values[key] = figure;
        changed.Add(key);
    }

    /// <inheritdoc/>
    public void Drop(int rule, in AlertSubject subject, long sequence, long micros) => Put(rule, subject, 0, default, sequence, micros);

    /// <inheritdoc/>
    public void LeaveOut() => Unwatched++;
}
