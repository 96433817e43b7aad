using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Feel;

/// <summary>The type of what an expression gives, as far as its text tells: of constants and of contexts and lists of them; any of all else.</summary>
internal static class FeelTypeOf
{
    public static PolicyType Expression(FeelExpression expression) => expression switch
    {
        ConstantExpression constant => Value(constant.Value),
        ContextExpression context => PolicyType.Structure("context", [.. context.Entries.Select(entry => (entry.Name, Expression(entry.Value)))]),
        _ => PolicyType.Any,
    };

    private static PolicyType Value(in FeelValue value) => value.Kind switch
    {
        FeelKind.Number => PolicyType.Simple(value.Kind, "number"),
        FeelKind.Text => PolicyType.Simple(value.Kind, "string"),
        FeelKind.Boolean => PolicyType.Simple(value.Kind, "boolean"),
        FeelKind.Date => PolicyType.Simple(value.Kind, "date"),
        FeelKind.Time => PolicyType.Simple(value.Kind, "time"),
        FeelKind.DateTime => PolicyType.Simple(value.Kind, "date and time"),
        FeelKind.DaysDuration => PolicyType.Simple(value.Kind, "days and time duration"),
        FeelKind.MonthsDuration => PolicyType.Simple(value.Kind, "years and months duration"),
        _ => PolicyType.Any,
    };
}
