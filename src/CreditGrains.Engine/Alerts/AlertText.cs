using System.Globalization;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Engine.Alerts;

/// <summary>Alerts as people read them.</summary>
public static class AlertText
{
    private static readonly string[] English = ["tenant", "account", "borrower", "enterprise", "group", "product", "industry", "region", "funder", "portfolio", "pool"];
    private static readonly string[] Chinese = ["租户", "账户", "借款人", "企业", "集团", "产品", "行业", "地区", "资金方", "组合", "资产池"];

    /// <summary>The text of an alert.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="isChinese">Chinese, else English.</param>
    public static string Of(RaisedAlert alert, bool isChinese)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return (isChinese ? alert.Rule.Chinese : alert.Rule.English)
            .Replace("{subject}", SubjectOf(alert.Subject, isChinese), StringComparison.Ordinal)
            .Replace("{figure}", FigureOf(alert.Rule, alert.Figure, alert.Currency), StringComparison.Ordinal)
            .Replace("{threshold}", FigureOf(alert.Rule, alert.Rule.Raise, alert.Currency), StringComparison.Ordinal);
    }

    /// <summary>What it is of, such as "enterprise 601"; the legal entity is said where it is not the first.</summary>
    public static string SubjectOf(in AlertSubject subject, bool isChinese)
    {
        var key = subject.Key;
        var kind = (isChinese ? Chinese : English)[(int)key.Kind];
        var number = key.Kind == NodeKind.None ? Text(key.Tenant) : key.LegalEntity <= 1 ? Text(key.Id) : $"{Text(key.LegalEntity)}/{Text(key.Id)}";
        var node = $"{kind} {number}";
        if (subject.Trigger.Length > 0) return isChinese ? $"{node}（{subject.Trigger}）" : $"{node} ({subject.Trigger})";
        if (subject.Loan == 0) return node;
        return isChinese ? $"{node}，贷款 {Text(subject.Loan)}" : $"{node}, loan {Text(subject.Loan)}";
    }

    /// <summary>A figure in the unit of its rule.</summary>
    public static string FigureOf(AlertRule rule, double figure, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.Figure switch
        {
            AlertFigure.Utilisation => Number(100 * figure, 1) + " %",
            AlertFigure.TriggerDistance => Number(100 * figure, 2) + " %",
            AlertFigure.ExposureGrowth => currency.IsKnown ? $"{Number(figure, currency.MinorUnitDigits)} {currency.Code}" : Number(figure, 2),
            AlertFigure.Bucket => "M" + Number(figure, 0),
            _ => Number(figure, 0),
        };
    }

    private static string Number(double value, int digits) => value.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
