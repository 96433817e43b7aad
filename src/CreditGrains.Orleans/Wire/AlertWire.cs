using System.Diagnostics.CodeAnalysis;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Alerts;

namespace CreditGrains.Orleans.Wire;

/// <summary>Asks a desk for its alerts, or a partition for its parts of figures.</summary>
/// <param name="Desk">The desk that answered last; 0 for none.</param>
/// <param name="Known">Of alerts the number of changes known, of parts the number of the telling.</param>
/// <param name="Version">Version of the list of alerts that is known.</param>
/// <param name="AsOfMicros">Event time of the newest event seen in any partition.</param>
internal sealed record AlertAsk(long Desk, long Known, long Version, long AsOfMicros);

/// <summary>An alert between silos.</summary>
/// <param name="Rule">Place in the rules of the message.</param>
/// <param name="Subject">Of what.</param>
/// <param name="Figure">As last looked at.</param>
/// <param name="Currency">Of an amount.</param>
/// <param name="SinceMicros">When it was raised.</param>
/// <param name="SinceSequence">By which event.</param>
internal sealed record AlertLine(int Rule, AlertSubject Subject, double Figure, Currency Currency, long SinceMicros, long SinceSequence);

/// <summary>A change between silos.</summary>
/// <param name="Alert">With the figure that did it.</param>
/// <param name="IsRaised">Raised, else cleared.</param>
/// <param name="Sequence">By which event.</param>
/// <param name="Micros">When.</param>
internal sealed record AlertChangeLine(AlertLine Alert, bool IsRaised, long Sequence, long Micros);

/// <summary>Where a desk is.</summary>
/// <param name="Desk">The desk: its partition's epoch; 0 where a silo has no rules.</param>
/// <param name="Stamp">Of its rules.</param>
/// <param name="Sequence">Event up to which it has looked.</param>
/// <param name="Micros">Its event time.</param>
/// <param name="Fault">Why it cannot tell now; null when it can.</param>
internal sealed record AlertDeskState(long Desk, string Stamp, long Sequence, long Micros, string? Fault);

/// <summary>The alerts of a desk.</summary>
/// <param name="State">Where it is.</param>
/// <param name="Rules">Those that lines name by their place.</param>
/// <param name="Standing">What stands, the most severe first, at most <see cref="StandingMax"/>; null when the list is as known, but for figures that are told later.</param>
/// <param name="Counts">How many stand, all counted; null when the list is as known.</param>
/// <param name="Version">Of the list.</param>
/// <param name="Changes">Those after what was known, oldest first, at most <see cref="ChangesMax"/>.</param>
/// <param name="Known">How many are known with these.</param>
/// <param name="HasMore">Whether more changes are there.</param>
/// <param name="Unwatched">Subjects left out.</param>
internal sealed record AlertReport(
    AlertDeskState State, AlertRule[] Rules, AlertLine[]? Standing, TenantAlerts[]? Counts, long Version, AlertChangeLine[] Changes, long Known, bool HasMore, long Unwatched)
{
    /// <summary>What may be missing, or older than the rest; null for nothing.</summary>
    public string? Missing { get; init; }

    /// <summary>Most alerts of one desk that are listed.</summary>
    public const int StandingMax = 10_000;

    /// <summary>Most changes in one message.</summary>
    public const int ChangesMax = 5_000;

    /// <summary>Changes told to who knows none.</summary>
    public const int ChangesFirst = 1_000;

    /// <summary>Where nothing can be told.</summary>
    public static AlertReport Nothing(AlertDeskState state) => new(state, [], [], [], 0, [], 0, false, 0);

    /// <summary>What a book has, for who asks.</summary>
    public static AlertReport Of(AlertDeskState state, AlertBook book, AlertAsk ask)
    {
        var isKnown = ask.Desk == state.Desk;
        var isAsKnown = isKnown && ask.Version == book.Version;
        var changes = book.ChangesSince(isKnown ? ask.Known : Math.Max(0, book.Changes - ChangesFirst), ChangesMax, out var known);
        var rules = new List<AlertRule>();
        var places = new Dictionary<AlertRule, int>(ReferenceEqualityComparer.Instance);
        return new AlertReport(
            state, null!, isAsKnown ? null : [.. book.Standing(0, StandingMax).Select(LineOf)], isAsKnown ? null : [.. book.Counts()], book.Version,
            [.. changes.Select(change => new AlertChangeLine(LineOf(change.Alert), change.IsRaised, change.Sequence, change.Micros))], known, known < book.Changes, book.Unwatched) { Rules = [.. rules] };

        AlertLine LineOf(RaisedAlert alert)
        {
            if (!places.TryGetValue(alert.Rule, out var place))
            {
                places.Add(alert.Rule, place = rules.Count);
                rules.Add(alert.Rule);
            }
            return new AlertLine(place, alert.Subject, alert.Figure, alert.Currency, alert.SinceMicros, alert.SinceSequence);
        }
    }

    /// <summary>A line as an alert.</summary>
    public RaisedAlert AlertOf(AlertLine line) => new(Rules[line.Rule], line.Subject, line.Figure, line.Currency, line.SinceMicros, line.SinceSequence);

    /// <summary>A line as a change.</summary>
    public AlertChange ChangeOf(AlertChangeLine line) => new(AlertOf(line.Alert), line.IsRaised, line.Sequence, line.Micros);
}

/// <summary>A partition's parts of figures.</summary>
/// <param name="State">Where its desk is.</param>
/// <param name="Told">Number of this telling.</param>
/// <param name="IsWhole">Whether it takes the place of all that was told before.</param>
/// <param name="Parts">What changed, or everything.</param>
/// <param name="Unwatched">Subjects left out.</param>
internal sealed record AlertPartsReport(AlertDeskState State, long Told, bool IsWhole, AlertPart[] Parts, long Unwatched);

/// <summary>Questions about alerts.</summary>
internal static class AlertWire
{
    /// <summary>Asks for alerts.</summary>
    public static Payload Alerts(AlertAsk ask) => Of(RiskAsk.Alerts, ask);

    /// <summary>Asks for parts of figures.</summary>
    public static Payload Parts(AlertAsk ask) => Of(RiskAsk.AlertParts, ask);

    /// <summary>Whether a question is one for alerts, and which.</summary>
    public static bool IsAlerts(Payload request, [NotNullWhen(true)] out AlertAsk? ask)
    {
        using var r = PoolWire.Read(request);
        ask = (RiskAsk)r.ReadByte() == RiskAsk.Alerts ? ReadAsk(r) : null;
        return ask is not null;
    }

    /// <summary>Reads the question.</summary>
    public static AlertAsk ReadAsk(BinaryReader r) => new(r.ReadInt64(), r.ReadInt64(), r.ReadInt64(), r.ReadInt64());

    private static Payload Of(RiskAsk what, AlertAsk ask) => PoolWire.Write(w =>
    {
        w.Write((byte)what);
        foreach (var number in (long[])[ask.Desk, ask.Known, ask.Version, ask.AsOfMicros]) w.Write(number);
    });
}
