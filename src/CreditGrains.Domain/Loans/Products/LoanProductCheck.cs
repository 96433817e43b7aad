using System.Globalization;

namespace CreditGrains.Domain.Loans.Products;

/// <summary>What must hold of a product before it has canonical bytes: no number is negative and every choice is of its list.</summary>
public static class LoanProductCheck
{
    private const int RowsMax = 1_000;

    /// <summary>Null, or what is wrong and how to mend it, with the field's path.</summary>
    public static string? Fault(LoanProduct product)
    {
        if (!product.Interval.IsValid) return Bad($"interval is {product.Interval.Count}; use 1 to 120 months, 520 weeks or 3,660 days");
        if (!Enum.IsDefined(product.DayCount)) return Bad($"day_count {(int)product.DayCount} is not of its list");
        if (!Enum.IsDefined(product.BusinessDays)) return Bad($"business_days {(int)product.BusinessDays} is not of its list");
        if (!Enum.IsDefined(product.LastInstalment)) return Bad($"last_instalment {(int)product.LastInstalment} is not of its list");
        if (product.Rounding.InstalmentUnit is < 0 or > RoundingRule.UnitMax) return Bad($"instalment_unit is {product.Rounding.InstalmentUnit}; use 1 to {RoundingRule.UnitMax}");
        foreach (var fee in product.Fees)
            if (fee.Check() is { } fault) return Bad($"fees: {fault.Message}");
        if (product.Overdue.Check() is { } overdue) return Bad($"{overdue.Message}");
        if (product.Overdue.Allocation.Orders.Length > RowsMax) return Bad($"allocation has {product.Overdue.Allocation.Orders.Length} orders; use at most {RowsMax}");
        if (!product.Classes.IsValid || product.Classes.Rows.Length > RowsMax) return Bad($"classes must hold rows of rising dates with rising days, at most {RowsMax}");
        if (!product.Buckets.IsValid) return Bad($"buckets must rise from 0 and be at most 30");
        return Amortisation(product.Amortisation);
    }

    private static string? Amortisation(Amortisation amortisation) => amortisation switch
    {
        Loans.Amortisation.InterestOnlyThenLevel { InterestOnlyCount: < 1 or > LoanTerms.InstalmentCountMax } only => Bad($"interest_only_then_level is {only.InterestOnlyCount}; use 1 or more"),
        Loans.Amortisation.Balloon { FinalAmount: < 1 } balloon => Bad($"balloon is {balloon.FinalAmount}; use 1 or more"),
        Loans.Amortisation.Stepped stepped when stepped.Steps.Length > LoanTerms.InstalmentCountMax || stepped.Steps.Any(step => step.FromNumber < 1 || step.Ppm < 1) =>
            Bad($"stepped.steps must start at instalment 1 and have sizes of 1 or more"),
        Loans.Amortisation.Custom custom when custom.Instalments.Length > LoanTerms.InstalmentCountMax || custom.Instalments.Any(one => one.Amount < 0) =>
            Bad($"custom.instalments must have amounts of 0 or more, {LoanTerms.InstalmentCountMax} at most"),
        Loans.Amortisation.Seasonal { Cash: var cash } when cash.Months.Length != CashProfile.MonthCount || cash.SharePpm < 1 || cash.LeanBelow < 0
            || cash.Months.Any(month => month is < -LoanTerms.AmountMax or > LoanTerms.AmountMax) => Bad($"seasonal needs twelve months and a share of 1 to 1,000,000"),
        _ => null,
    };

    private static string Bad(FormattableString message) => "loan.product." + message.ToString(CultureInfo.InvariantCulture);
}
