using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Cli.Loans;

/// <summary>The words of loan files.</summary>
internal static class LoanWords
{
    public static readonly Dictionary<string, DayCount> DayCounts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["30/360"] = DayCount.Thirty360Us,
        ["30E/360"] = DayCount.Thirty360European,
        ["30E/360 ISDA"] = DayCount.Thirty360EuropeanIsda,
        ["ACT/360"] = DayCount.Actual360,
        ["ACT/365F"] = DayCount.Actual365Fixed,
        ["ACT/ACT"] = DayCount.ActualActualIsda,
        ["MONTHS/12"] = DayCount.MonthsOverTwelve,
    };

    public static readonly Dictionary<string, BusinessDayRule> BusinessDays = Of<BusinessDayRule>();
    public static readonly Dictionary<string, AccrualDates> Accruals = Of<AccrualDates>();
    public static readonly Dictionary<string, RoundingMode> Roundings = Of<RoundingMode>();
    public static readonly Dictionary<string, LastInstalmentRule> LastInstalments = Of<LastInstalmentRule>();
    public static readonly Dictionary<string, FeeTiming> FeeTimings = Of<FeeTiming>();
    public static readonly Dictionary<string, Compounding> Compoundings = Of<Compounding>();
    public static readonly Dictionary<string, AllocationScope> Scopes = Of<AllocationScope>();
    public static readonly Dictionary<string, DueComponent> Components = Of<DueComponent>();
    public static readonly Dictionary<string, HolidayInterest> HolidayInterests = Of<HolidayInterest>();

    public static readonly Dictionary<string, PrepaymentMode> Shrinks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["instalment"] = PrepaymentMode.ShrinkInstalment,
        ["term"] = PrepaymentMode.ShrinkTerm,
    };

    public static readonly Dictionary<string, ClassificationTable> ClassTables = new(StringComparer.OrdinalIgnoreCase)
    {
        ["loans"] = ClassificationTable.Loans,
        ["cards"] = ClassificationTable.Cards,
    };

    /// <summary>Whether interest for lateness is charged at month ends.</summary>
    public static readonly Dictionary<string, bool> Chargings = new(StringComparer.OrdinalIgnoreCase) { ["whenPaid"] = false, ["monthEnd"] = true };

    public static readonly Dictionary<string, bool> Units = new(StringComparer.OrdinalIgnoreCase) { ["minor"] = false, ["major"] = true };

    /// <summary>Reads "1 month", "3 months", "2 weeks", "10 days".</summary>
    public static PaymentInterval Interval(JsonAt value) => Interval(value, value.Text());

    /// <summary>The same of a text; the value is where it comes from.</summary>
    public static PaymentInterval Interval(JsonAt value, string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var unit = parts.Length == 2 ? parts[1] switch { "month" or "months" => IntervalUnit.Months, "week" or "weeks" => IntervalUnit.Weeks, "day" or "days" => IntervalUnit.Days, _ => (IntervalUnit?)null } : null;
        return unit is { } known && int.TryParse(parts[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count) && new PaymentInterval(count, known) is { IsValid: true } interval
            ? interval
            : throw value.Bad("must be an interval such as \"1 month\", \"3 months\", \"2 weeks\" or \"10 days\"");
    }

    private static Dictionary<string, T> Of<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(value => char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..], StringComparer.OrdinalIgnoreCase);
}
