using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Engine.Alerts;

/// <summary>Reads a file of alert rules (docs/alerts.schema.json). Every fault names the path and the fix; nothing is taken of a file with a fault.</summary>
public static class AlertFile
{
    /// <summary>Longest window, seconds: 31 days.</summary>
    public const int WindowSecondsMax = 31 * 86_400;

    private const int NameLengthMax = 64;
    private const int TextLengthMax = 400;
    private static readonly string[] Places = ["subject", "figure", "threshold"];

    /// <summary>Reads the rules.</summary>
    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static AlertRules Parse(ReadOnlyMemory<byte> json)
    {
        var file = JsonPart.Parse(json);
        _ = file.Text("$schema", "");
        _ = file.Text("description", "");
        var name = file.Text("name");
        var list = file.Required("rules");
        var parts = list.Items();
        if (parts.Length is 0 or > AlertRules.RulesMax) throw list.Fault($"there are {parts.Length} rules; write 1 to {AlertRules.RulesMax}");
        var rules = parts.Select(RuleOf).ToImmutableArray();
        file.Done();
        for (var i = 0; i < rules.Length; i++)
            if (rules.Take(i).Any(before => before.Name == rules[i].Name)) throw parts[i].Required("name").Fault($"'{rules[i].Name}' is the name of an earlier rule; give each its own", "NameTwice");
        return new AlertRules(name, rules);
    }

    private static AlertRule RuleOf(JsonPart part)
    {
        var figure = part.Required("figure").Choice<AlertFigure>();
        var raise = part.Required("raise");
        var clear = part.Optional("clear");
        var text = part.Required("text");
        var rule = new AlertRule
        {
            Name = NameOf(part.Required("name")),
            Severity = part.Required("severity").Choice<AlertSeverity>(),
            Figure = figure,
            Of = ScopeOf(part.Required("of"), figure),
            Raise = raise.Number(),
            Clear = clear?.Number() ?? raise.Number(),
            WindowSeconds = WindowOf(part, figure),
            Trigger = part.Optional("trigger") is { } trigger ? TriggerOf(trigger, figure) : "",
            IsPerLoan = part.Optional("per") is { } per && PerOf(per, figure),
            English = TextOf(text.Required("en")),
            Chinese = TextOf(text.Required("zh")),
        };
        text.Done();
        part.Done();
        if (rule.IsBadBelow ? rule.Clear < rule.Raise : rule.Clear > rule.Raise)
            throw (clear ?? raise).Fault(rule.IsBadBelow ? "clear lies below raise, so an alert would be cleared where it is raised; of a distance write a clear at or above raise" : "clear lies above raise, so an alert would be cleared where it is raised; write a clear at or below raise");
        if (!rule.IsBadBelow && rule.Raise <= 0) throw raise.Fault("every figure is at or above this; write a number above 0");
        return rule;
    }

    private static string NameOf(JsonPart part) => part.Text() is { Length: > 0 and <= NameLengthMax } name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        ? name
        : throw part.Fault($"write 1 to {NameLengthMax} letters, digits, '-', '_' or '.'");

    private static AlertScope ScopeOf(JsonPart part, AlertFigure figure)
    {
        var (tenant, kind, node) = (part.Optional("tenant"), part.Optional("kind"), part.Optional("node"));
        part.Done();
        if ((tenant is null ? 0 : 1) + (kind is null ? 0 : 1) + (node is null ? 0 : 1) != 1) throw part.Fault("write exactly one of tenant, kind and node");
        if (tenant is not null)
        {
            if (figure is AlertFigure.Utilisation or AlertFigure.ExposureGrowth or AlertFigure.TriggerDistance) throw tenant.Fault("a tenant has no limit of its own; write kind or node");
            return tenant.Whole() is >= 1 and <= ushort.MaxValue and var number ? new AlertScope((ushort)number, NodeKind.None, default) : throw tenant.Fault("write a tenant, 1 to 65535");
        }

        if (kind is not null)
        {
            var which = kind.Choice<NodeKind>();
            if (which == NodeKind.None) throw kind.Fault("none is no kind of node; write enterprise, for one");
            if (figure is AlertFigure.DaysPastDue or AlertFigure.Bucket) throw kind.Fault("lateness is looked at loan by loan; write tenant or node");
            if (figure == AlertFigure.TriggerDistance && which != NodeKind.Pool) throw kind.Fault("only pools have triggers; write pool");
            if (figure == AlertFigure.ExposureGrowth && which is NodeKind.Facility or NodeKind.Borrower) throw kind.Fault("growth is kept for nodes above borrowers, of which there are few; write another kind, or one node");
            return new AlertScope(0, which, default);
        }

        var key = KeyOf(node!);
        if (figure == AlertFigure.TriggerDistance && key.Kind != NodeKind.Pool) throw node!.Fault("only pools have triggers; write Pool/1/1/7, for one");
        return new AlertScope(0, NodeKind.None, key);
    }

    private static NodeKey KeyOf(JsonPart part)
    {
        var text = part.Text();
        var words = text.Split('/');
        if (words.Length == 4 && !char.IsAsciiDigit(words[0].FirstOrDefault()) && Enum.TryParse<NodeKind>(words[0], ignoreCase: true, out var kind)
            && ushort.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var tenant) && ushort.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var entity)
            && long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && new NodeKey(id, tenant, entity, kind) is { IsValid: true } key) return key;
        throw part.Fault($"'{text}' is no node; write KIND/TENANT/ENTITY/ID, such as Enterprise/1/1/601");
    }

    private static int WindowOf(JsonPart part, AlertFigure figure)
    {
        var isVelocity = figure is AlertFigure.Decisions or AlertFigure.Declines or AlertFigure.ExposureGrowth;
        if (!isVelocity) return part.Optional("window") is { } wrong ? throw wrong.Fault("this figure is of one moment and has no window; leave it out") : 0;
        var window = part.Required("window");
        var text = window.Text();
        var unit = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 } : 0;
        if (unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && (long)count * unit is >= 1 and <= WindowSecondsMax) return count * unit;
        throw window.Fault($"'{text}' is no window; write a whole number and s, m, h or d, up to 31d, such as 10m");
    }

    private static string TriggerOf(JsonPart part, AlertFigure figure) => figure == AlertFigure.TriggerDistance ? part.Text() : throw part.Fault("only triggerDistance looks at a trigger; leave it out");

    private static bool PerOf(JsonPart part, AlertFigure figure)
    {
        if (figure is not (AlertFigure.DaysPastDue or AlertFigure.Bucket)) throw part.Fault("only daysPastDue and bucket are of loans or accounts; leave it out");
        return part.Text() switch { "loan" => true, "account" => false, var other => throw part.Fault($"'{other}' is not known; write loan or account") };
    }

    private static string TextOf(JsonPart part)
    {
        var text = part.Text();
        if (text.Length is 0 or > TextLengthMax) throw part.Fault($"write 1 to {TextLengthMax} characters");
        for (var at = text.IndexOf('{', StringComparison.Ordinal); at >= 0; at = text.IndexOf('{', at + 1))
        {
            var end = text.IndexOf('}', at);
            if (end < 0 || !Places.Contains(text[(at + 1)..end])) throw part.Fault("what stands in { } is not known; write {subject}, {figure} or {threshold}");
        }

        return text;
    }
}
