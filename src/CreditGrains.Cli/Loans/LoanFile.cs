using System.Collections.Immutable;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Loans;

/// <summary>Reads loan terms from a JSON file (docs/loans.md, "The loan file").</summary>
internal static class LoanFile
{
    private static readonly string[] Fields =
    [
        "currency", "amounts", "amount", "ratePercent", "drawdown", "instalments", "every", "firstDue", "dueDay", "schedule", "dayCount", "businessDays",
        "holidays", "workingWeekends", "accrual", "rounding", "lastInstalment", "fees", "overdue", "acts", "until", "product",
    ];

    private static readonly string[] OwnOfALoan = ["amount", "ratePercent", "drawdown", "instalments", "firstDue", "dueDay", "acts", "until"];
    private static readonly string[] ProductFields = [.. Fields.Except(OwnOfALoan), "retail"];

    /// <exception cref="CommandFault">A field is missing, unknown or wrong; it names the path.</exception>
    public static LoanTerms Terms(JsonAt file)
    {
        file.Only(Fields);
        var amounts = Amounts.Of(file);
        var (amount, rate, drawdown) = (amounts.Read(file.Need("amount")), Rate(file.Need("ratePercent")), file.Need("drawdown").Date());
        var custom = file.Maybe("schedule")?.Maybe("instalments")?.Items().Length;
        var count = custom is { } listed && file.Maybe("instalments") is null ? listed : file.Need("instalments").Count();
        return Common(file, amounts).TermsOf(
            amount, amounts.Currency, drawdown, new LoanFigures(rate, count, file.Maybe("firstDue")?.Date(), file.Maybe("dueDay")?.Count()));
    }

    /// <summary>What many loans have in common: the loan file without what is one loan's own.</summary>
    /// <exception cref="CommandFault">A field is missing, unknown or wrong; it names the path.</exception>
    public static LoanProduct Product(JsonAt file)
    {
        file.Only(ProductFields);
        return Common(file, Amounts.Of(file)) with { Classes = file.Maybe("product")?.Word(LoanWords.ClassTables) ?? ClassificationTable.Loans, IsRetail = file.Maybe("retail")?.Flag() ?? false };
    }

    private static LoanProduct Common(JsonAt file, Amounts amounts) => new()
    {
        Interval = file.Maybe("every") is { } every ? LoanWords.Interval(every) : PaymentInterval.Monthly,
        Amortisation = file.Maybe("schedule") is { } schedule ? AmortisationFile.Read(schedule, amounts) : new Amortisation.Level(),
        DayCount = file.Maybe("dayCount")?.Word(LoanWords.DayCounts) ?? default,
        BusinessDays = file.Maybe("businessDays")?.Word(LoanWords.BusinessDays) ?? default,
        Calendar = Calendar(file),
        AccrualDates = file.Maybe("accrual")?.Word(LoanWords.Accruals) ?? default,
        Rounding = file.Maybe("rounding") is { } rounding ? Rounding(rounding) : default,
        LastInstalment = file.Maybe("lastInstalment")?.Word(LoanWords.LastInstalments) ?? default,
        Fees = file.Maybe("fees") is { } fees ? [.. fees.Items().Select(fee => Fee(fee, amounts))] : [],
        Overdue = file.Maybe("overdue") is { } overdue ? Overdue(overdue, amounts) : new OverdueTerms(),
    };

    /// <summary>A value, or its refusal as a fault of the file.</summary>
    public static T Or<T>(LoanResult<T> result)
        where T : class => result.Refusal is { } refusal ? throw CommandFault.Usage(refusal.Fault.ToString(), refusal.Message) : result.Value;

    private static RateAnnual Rate(JsonAt value) =>
        RateAnnual.TryFromPercent(value.Number(), out var rate) ? rate : throw value.Bad("must be 0 to 1000 percent a year with at most seven digits after the point");

    private static BusinessCalendar Calendar(JsonAt file) => Or(BusinessCalendar.Create(
        file.Maybe("holidays")?.Items().Select(day => day.Date()) ?? [], file.Maybe("workingWeekends")?.Items().Select(day => day.Date()) ?? []));

    private static RoundingRule Rounding(JsonAt value)
    {
        value.Only("interest", "instalment", "unit");
        return new RoundingRule(
            value.Maybe("interest")?.Word(LoanWords.Roundings) ?? default, value.Maybe("instalment")?.Word(LoanWords.Roundings) ?? default, value.Maybe("unit")?.Whole() ?? 1);
    }

    private static LoanFee Fee(JsonAt value, Amounts amounts)
    {
        value.Only("name", "when", "amount", "ofAmountPpm", "ofPrincipalPpm", "financeCharge");
        var (measure, size) = (value.Maybe("amount"), value.Maybe("ofAmountPpm"), value.Maybe("ofPrincipalPpm")) switch
        {
            ({ } amount, null, null) => (FeeMeasure.Fixed, amounts.Read(amount)),
            (null, { } ppm, null) => (FeeMeasure.OfAmount, ppm.Whole()),
            (null, null, { } ppm) => (FeeMeasure.OfPrincipal, ppm.Whole()),
            _ => throw value.Bad("must have one of amount, ofAmountPpm and ofPrincipalPpm"),
        };
        return new LoanFee(value.Need("name").Text(), value.Need("when").Word(LoanWords.FeeTimings), measure, size, value.Maybe("financeCharge")?.Flag() ?? true);
    }

    private static OverdueTerms Overdue(JsonAt value, Amounts amounts)
    {
        value.Only("penaltyPpm", "compounding", "charging", "dayCount", "graceDays", "bounceFee", "nonAccrualFromDays", "observation", "allocation");
        return new OverdueTerms
        {
            PenaltyPpm = value.Maybe("penaltyPpm")?.Whole() ?? 0,
            Compounding = value.Maybe("compounding")?.Word(LoanWords.Compoundings) ?? default,
            ChargesAtMonthEnd = value.Maybe("charging")?.Word(LoanWords.Chargings) ?? false,
            PenaltyDayCount = value.Maybe("dayCount")?.Word(LoanWords.DayCounts) ?? DayCount.Actual360,
            GraceDays = value.Maybe("graceDays")?.Count() ?? 0,
            BounceFee = value.Maybe("bounceFee") is { } fee ? amounts.Read(fee) : 0,
            NonAccrualFromDays = value.Maybe("nonAccrualFromDays")?.Count() ?? 90,
            Observation = value.Maybe("observation") is { } observation ? Observation(observation) : null,
            Allocation = value.Maybe("allocation") is { } allocation ? new AllocationRule([.. allocation.Items().Select(Order)]) : AllocationRule.Usual,
        };
    }

    private static ObservationRule Observation(JsonAt value)
    {
        value.Only("fromDays", "instalments", "months");
        var usual = ObservationRule.Usual;
        return new ObservationRule(value.Maybe("fromDays")?.Count() ?? usual.FromDays, value.Maybe("instalments")?.Count() ?? usual.Instalments, value.Maybe("months")?.Count() ?? usual.Months);
    }

    private static AllocationOrder Order(JsonAt value)
    {
        value.Only("fromDays", "by", "order");
        ImmutableArray<DueComponent> order = [.. value.Need("order").Items().Select(one => one.Word(LoanWords.Components))];
        return new AllocationOrder(value.Maybe("fromDays")?.Count() ?? 0, value.Maybe("by")?.Word(LoanWords.Scopes) ?? default, order);
    }
}

/// <summary>How the amounts of a file are written: whole minor units, or decimals in major units when it says so.</summary>
internal sealed record Amounts(Currency Currency, bool IsMajor)
{
    public static Amounts Of(JsonAt file) => new(
        file.Maybe("currency") is { } code ? CurrencyText.Parse(code.Text()) : throw CommandFault.Usage("MissingField", $"{file.Path}.currency is missing; name an ISO 4217 code such as CNY"),
        file.Maybe("amounts")?.Word(LoanWords.Units) ?? false);

    /// <summary>Minor units of an amount.</summary>
    public long Read(JsonAt value)
    {
        if (!IsMajor) return value.Whole();
        var text = value.Number().ToString(System.Globalization.CultureInfo.InvariantCulture);
        return AmountText.TryMajor(text, Currency, out var minor) ? minor : throw value.Bad($"must be an amount in {Currency} with at most {Currency.MinorUnitDigits} digits after the point");
    }
}
