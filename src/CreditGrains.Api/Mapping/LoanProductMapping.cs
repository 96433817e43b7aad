using System.Globalization;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using Kind = CreditGrains.Api.V1.LoanProduct.AmortisationOneofCase;

namespace CreditGrains.Api.Mapping;

/// <summary>Loan products from and to their messages. What a message lacks is the usual.</summary>
internal static class LoanProductMapping
{
    private const string DateFormat = "yyyy-MM-dd";

    public static LoanProduct Read(V1.LoanProduct message, ref Fields fields)
    {
        var usual = new LoanProduct();
        return new LoanProduct
        {
            Interval = new PaymentInterval(message.Interval == 0 ? 1 : message.Interval, (IntervalUnit)(int)message.IntervalUnit),
            Amortisation = ReadAmortisation(message, ref fields),
            DayCount = (DayCount)(int)message.DayCount,
            BusinessDays = (BusinessDayRule)(int)message.BusinessDays,
            Calendar = Calendar(message, ref fields),
            AccrualDates = message.AccrualAdjusted ? AccrualDates.Adjusted : AccrualDates.Unadjusted,
            Rounding = new RoundingRule(Mode(message.InterestRounding, ref fields), Mode(message.InstalmentRounding, ref fields), message.InstalmentUnit),
            LastInstalment = (LastInstalmentRule)(int)message.LastInstalment,
            Fees = Fees(message, ref fields),
            Overdue = new OverdueTerms
            {
                PenaltyPpm = message.PenaltyPpm,
                Compounding = message.Compounding ? Compounding.OnInterest : Compounding.None,
                PenaltyDayCount = message.PenaltyOver365 ? DayCount.Actual365Fixed : DayCount.Actual360,
                ChargesAtMonthEnd = message.ChargesAtMonthEnd,
                GraceDays = message.GraceDays,
                BounceFee = message.BounceFee,
                NonAccrualFromDays = message.NonAccrualFromDays == 0 ? usual.Overdue.NonAccrualFromDays : message.NonAccrualFromDays,
                Observation = message.Observation is { } seen ? new ObservationRule(seen.FromDays == 0 ? ObservationRule.Usual.FromDays : seen.FromDays, seen.Instalments, seen.Months) : null,
                Allocation = message.Allocation.Count == 0 ? AllocationRule.Usual : new AllocationRule([.. message.Allocation.Select(Order)]),
            },
            Classes = message.Classes.Count == 0 ? usual.Classes : Classes(message, ref fields),
            Buckets = message.Buckets.Count == 0 ? usual.Buckets : new BucketEdges([.. message.Buckets]),
            IsRetail = message.Retail,
        };
    }

    public static V1.LoanProduct Write(LoanProduct product)
    {
        var message = new V1.LoanProduct
        {
            Interval = product.Interval.Count,
            IntervalUnit = (V1.IntervalUnit)(int)product.Interval.Unit,
            DayCount = (V1.DayCount)(int)product.DayCount,
            BusinessDays = (V1.BusinessDayRule)(int)product.BusinessDays,
            AccrualAdjusted = product.AccrualDates == AccrualDates.Adjusted,
            InterestRounding = (V1.RoundingMode)(int)product.Rounding.Interest,
            InstalmentRounding = (V1.RoundingMode)(int)product.Rounding.Instalment,
            InstalmentUnit = product.Rounding.Unit,
            LastInstalment = (V1.LastInstalmentRule)(int)product.LastInstalment,
            PenaltyPpm = product.Overdue.PenaltyPpm,
            Compounding = product.Overdue.Compounding == Compounding.OnInterest,
            PenaltyOver365 = product.Overdue.PenaltyDayCount == DayCount.Actual365Fixed,
            ChargesAtMonthEnd = product.Overdue.ChargesAtMonthEnd,
            GraceDays = product.Overdue.GraceDays,
            BounceFee = product.Overdue.BounceFee,
            NonAccrualFromDays = product.Overdue.NonAccrualFromDays,
            Observation = product.Overdue.Observation is { } seen ? new V1.LoanProduct.Types.Observation { FromDays = seen.FromDays, Instalments = seen.Instalments, Months = seen.Months } : null,
            Retail = product.IsRetail,
            Holidays = { product.Calendar.Holidays.Order().Select(ToText) },
            WorkingWeekends = { product.Calendar.WorkingWeekends.Order().Select(ToText) },
            Fees = { product.Fees.Select(fee => new V1.LoanProduct.Types.Fee
            {
                Name = fee.Name, Timing = (V1.FeeTiming)(int)fee.Timing, Measure = (V1.FeeMeasure)(int)fee.Measure, Value = fee.Value, FinanceCharge = fee.IsFinanceCharge,
            }) },
            Allocation = { product.Overdue.Allocation.Orders.Select(order => new V1.LoanProduct.Types.AllocationOrder
            {
                FromDays = order.FromDaysPastDue, ByComponent = order.Scope == AllocationScope.ByComponent, Order = { order.Order.Select(each => (V1.DueComponent)(int)each) },
            }) },
            Classes = { product.Classes.Rows.Select(row => new V1.LoanProduct.Types.ClassRow
            {
                From = ToText(row.From), SpecialMention = row.SpecialMention, Substandard = row.Substandard, Doubtful = row.Doubtful, Loss = row.Loss,
            }) },
            Buckets = { product.Buckets.LastDays },
        };
        SetAmortisation(message, product.Amortisation);
        return message;
    }

    /// <summary>A date as messages have it.</summary>
    public static string ToText(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>A date of a message.</summary>
    public static DateOnly Date(string name, string text, ref Fields fields)
    {
        if (DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        fields.Fail(Reason.InvalidField, $"{name} is '{(text.Length > 16 ? text[..16] : text)}'; use a date such as 2026-01-31");
        return new DateOnly(2000, 1, 1);
    }

    private static Amortisation ReadAmortisation(V1.LoanProduct message, ref Fields fields)
    {
        switch (message.AmortisationCase)
        {
            case Kind.EqualPrincipal: return new Amortisation.EqualPrincipal();
            case Kind.InterestOnlyThenLevel: return new Amortisation.InterestOnlyThenLevel(message.InterestOnlyThenLevel);
            case Kind.Balloon: return new Amortisation.Balloon(message.Balloon);
            case Kind.Bullet: return new Amortisation.Bullet();
            case Kind.Stepped: return new Amortisation.Stepped([.. message.Stepped.Steps.Select(step => new InstalmentStep(step.From, step.Ppm))]);
            case Kind.Seasonal:
                var cash = message.Seasonal;
                return new Amortisation.Seasonal(new CashProfile([.. cash.Months], cash.HasLeanBelow ? cash.LeanBelow : null, cash.SharePpm == 0 ? CashProfile.WholePpm : cash.SharePpm));
            case Kind.Custom:
                var instalments = new List<CustomInstalment>();
                foreach (var one in message.Custom.Instalments)
                    instalments.Add(new CustomInstalment(Date("loan.product.custom.instalments.due", one.Due, ref fields), one.Amount, one.IsTotal ? CustomAmount.Total : CustomAmount.Principal));
                return new Amortisation.Custom([.. instalments]);
            default: return new Amortisation.Level();
        }
    }

    private static void SetAmortisation(V1.LoanProduct message, Amortisation amortisation)
    {
        switch (amortisation)
        {
            case Amortisation.EqualPrincipal: message.EqualPrincipal = true; break;
            case Amortisation.InterestOnlyThenLevel only: message.InterestOnlyThenLevel = only.InterestOnlyCount; break;
            case Amortisation.Balloon balloon: message.Balloon = balloon.FinalAmount; break;
            case Amortisation.Bullet: message.Bullet = true; break;
            case Amortisation.Stepped stepped:
                message.Stepped = new V1.LoanProduct.Types.Stepped { Steps = { stepped.Steps.Select(step => new V1.LoanProduct.Types.Step { From = step.FromNumber, Ppm = step.Ppm }) } };
                break;
            case Amortisation.Custom custom:
                message.Custom = new V1.LoanProduct.Types.Custom
                {
                    Instalments = { custom.Instalments.Select(one => new V1.LoanProduct.Types.Instalment { Due = ToText(one.Due), Amount = one.Amount, IsTotal = one.Counts == CustomAmount.Total }) },
                };
                break;
            case Amortisation.Seasonal { Cash: var cash }:
                message.Seasonal = new V1.LoanProduct.Types.Cash { Months = { cash.Months }, SharePpm = cash.SharePpm };
                if (cash.LeanBelow is { } lean) message.Seasonal.LeanBelow = lean;
                break;
            default: message.Level = true; break;
        }
    }

    private static BusinessCalendar Calendar(V1.LoanProduct message, ref Fields fields)
    {
        List<DateOnly> holidays = [], weekends = [];
        foreach (var day in message.Holidays) holidays.Add(Date("loan.product.holidays", day, ref fields));
        foreach (var day in message.WorkingWeekends) weekends.Add(Date("loan.product.working_weekends", day, ref fields));
        var made = BusinessCalendar.Create(holidays, weekends);
        if (made.Refusal is not { } refusal) return made.Value;
        fields.Fail(Reason.InvalidField, $"loan.product: {refusal.Message}");
        return BusinessCalendar.WeekendsOnly;
    }

    private static System.Collections.Immutable.ImmutableArray<LoanFee> Fees(V1.LoanProduct message, ref Fields fields)
    {
        if (message.Fees.Count > LoanTerms.FeesMax) fields.Fail(Reason.InvalidField, $"loan.product.fees has {message.Fees.Count}; a loan has at most {LoanTerms.FeesMax}");
        foreach (var fee in message.Fees)
            if (!Enum.IsDefined(fee.Timing) || !Enum.IsDefined(fee.Measure)) fields.Fail(Reason.InvalidField, $"loan.product.fees: timing or measure of '{fee.Name}' is not of its list");
        return [.. message.Fees.Take(LoanTerms.FeesMax).Select(fee => new LoanFee(fee.Name, (FeeTiming)(int)fee.Timing, (FeeMeasure)(int)fee.Measure, Math.Max(-1, fee.Value), fee.FinanceCharge))];
    }

    private static AllocationOrder Order(V1.LoanProduct.Types.AllocationOrder order) => new(
        order.FromDays, order.ByComponent ? AllocationScope.ByComponent : AllocationScope.ByInstalment, [.. order.Order.Select(each => (DueComponent)(int)each)]);

    private static ClassificationTable Classes(V1.LoanProduct message, ref Fields fields)
    {
        var rows = new List<ClassificationRow>();
        foreach (var row in message.Classes) rows.Add(new ClassificationRow(Date("loan.product.classes.from", row.From, ref fields), row.SpecialMention, row.Substandard, row.Doubtful, row.Loss));
        return new ClassificationTable([.. rows]);
    }

    private static RoundingMode Mode(V1.RoundingMode mode, ref Fields fields)
    {
        if (!Enum.IsDefined(mode)) fields.Fail(Reason.InvalidField, $"loan.product: {(int)mode} is no rounding mode; use 0 to 3");
        return (RoundingMode)((int)mode & 3);
    }
}
