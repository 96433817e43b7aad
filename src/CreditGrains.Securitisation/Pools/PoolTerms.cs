using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Money;

namespace CreditGrains.Securitisation.Pools;

/// <summary>What a pool fixes as data. Checked once by <see cref="Check"/>.</summary>
public sealed record PoolTerms
{
    /// <summary>Most bands of one kind.</summary>
    public const int BandsMax = 64;

    /// <summary>Most rules, and most triggers.</summary>
    public const int RulesMax = 64;

    /// <summary>Rates of bands and rules are below this, parts per million: from 100 % on a rate was written in percent.</summary>
    public const int RateBelowPpm = 1_000_000;

    public required string Name { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>The last day of the first purchase; months before it are not the pool's.</summary>
    public required DateOnly CutOff { get; init; }

    /// <summary>The last day of revolving purchases; null when there are none.</summary>
    public DateOnly? RevolvingUntil { get; init; }

    /// <summary>The last day of a month of the pool, 1 to 28; 0 is the last day of the calendar month.</summary>
    public int PeriodEndDay { get; init; }

    public DefaultDefinition LoanDefault { get; init; } = DefaultDefinition.Usual;

    /// <summary>How days past due fall into states of the roll matrix.</summary>
    public BucketEdges Buckets { get; init; } = BucketEdges.Usual;

    /// <summary>The last month left of each band but the last, rising.</summary>
    public ImmutableArray<int> TermBands { get; init; } = [12, 24, 36, 60, 120];

    /// <summary>The highest rate of each band but the last, parts per million, rising.</summary>
    public ImmutableArray<int> RateBands { get; init; } = [40_000, 60_000, 80_000, 120_000, 180_000];

    public ImmutableArray<EligibilityRule> Eligibility { get; init; } = [];

    public ImmutableArray<ConcentrationRule> Concentrations { get; init; } = [];

    public ImmutableArray<PoolTrigger> Triggers { get; init; } = [];

    /// <summary>The number of the month a date falls in: twelve times the year plus the month less one.</summary>
    public int PeriodOf(DateOnly date) => date.Year * 12 + date.Month - 1 + (PeriodEndDay > 0 && date.Day > PeriodEndDay ? 1 : 0);

    /// <summary>The last day of a month.</summary>
    public DateOnly EndOf(int period)
    {
        var first = new DateOnly(period / 12, period % 12 + 1, 1);
        return PeriodEndDay > 0 ? first.AddDays(PeriodEndDay - 1) : first.AddMonths(1).AddDays(-1);
    }

    /// <param name="isKept">Of a journal or snapshot: it was taken once, and is not refused for a rate of 100 % or more.</param>
    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public void Check(bool isKept = false)
    {
        if (Name.Length is 0 or > 200) throw Bad("name", "write 1 to 200 characters");
        if (!Currency.IsKnown) throw Bad("currency", "write an ISO 4217 code");
        if (CutOff.Year is < 1900 or > 2999) throw Bad("cutOff", "write a date from 1900 to 2999");
        if (RevolvingUntil is { } until && (until < CutOff || until.Year > 2999)) throw Bad("revolvingUntil", $"{until:yyyy-MM-dd} must lie from the cut-off of {CutOff:yyyy-MM-dd} to 2999; leave it out for a pool that buys nothing more");
        if (PeriodEndDay is < 0 or > 28) throw Bad("periodEndDay", $"{PeriodEndDay} must be 1 to 28, or 0 for the end of the month");
        if (LoanDefault.DaysPastDue is < 1 or > 3_650) throw Bad("default.daysPastDue", $"{LoanDefault.DaysPastDue} must be 1 to 3650");
        if (LoanDefault is { DaysPastDue: null, ChargeOff: false, Bankruptcy: false }) throw Bad("default", "nothing is a default; write daysPastDue, chargeOff or bankruptcy");
        if (!Buckets.IsValid) throw Bad("buckets", "write the last day of each bucket but the last, rising from 0, at most 30");
        CheckBands(TermBands, "termBands");
        CheckBands(RateBands, "rateBands");
        for (var i = 0; !isKept && i < RateBands.Length; i++) CheckRate(RateBands[i], $"rateBands[{i}]");
        if (Eligibility.Length > RulesMax) throw Bad("eligibility", $"there are more than {RulesMax} rules; join some");
        if (Concentrations.Length > RulesMax) throw Bad("concentrations", $"there are more than {RulesMax} rules; join some");
        if (Triggers.Length > RulesMax) throw Bad("triggers", $"there are more than {RulesMax}; leave some out");
        CheckNames(Eligibility.Select(rule => rule.Name).Concat(Concentrations.Select(rule => rule.Name)), "eligibility and concentrations");
        CheckNames(Triggers.Select(trigger => trigger.Name), "triggers");
        for (var i = 0; i < Eligibility.Length; i++) CheckRule(Eligibility[i], $"eligibility[{i}]", isKept);
        for (var i = 0; i < Concentrations.Length; i++) CheckRule(Concentrations[i], $"concentrations[{i}]");
        for (var i = 0; i < Triggers.Length; i++) CheckTrigger(Triggers[i], $"triggers[{i}]");
    }

    /// <summary>The place of a value among bands that end, included, where the edges say.</summary>
    public static int BandOf(ImmutableArray<int> edges, int value)
    {
        var band = 0;
        while (band < edges.Length && value > edges[band]) band++;
        return band;
    }

    private static void CheckBands(ImmutableArray<int> edges, string path)
    {
        if (edges.IsDefault || edges.Length >= BandsMax) throw Bad(path, $"write at most {BandsMax - 1} edges");
        for (var i = 0; i < edges.Length; i++)
            if (edges[i] < 0 || (i > 0 && edges[i] <= edges[i - 1])) throw Bad($"{path}[{i}]", "edges rise from 0 or more; put them in order");
    }

    private static void CheckNames(IEnumerable<string> names, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
            if (name.Length == 0 || !seen.Add(name)) throw Bad(path, $"the name '{name}' is empty or stands twice; every rule and trigger needs its own");
    }

    private static void CheckRate(long ratePpm, string path)
    {
        if (ratePpm is < 0 or >= RateBelowPpm)
            throw Bad(path, string.Create(CultureInfo.InvariantCulture, $"{(decimal)ratePpm / 1_000_000:0.######} is no rate from 0 to below 1; rates are fractions, so write 5 % as 0.05 and not as 5"));
    }

    private static void CheckRule(EligibilityRule rule, string path, bool isKept)
    {
        if (rule.Field == EligibilityField.Rate && !isKept)
        {
            if (rule.Min is { } min) CheckRate(min, $"{path}.min");
            if (rule.Max is { } max) CheckRate(max, $"{path}.max");
            for (var i = 0; i < rule.AnyOf.Length; i++) CheckRate(rule.AnyOf[i], $"{path}.anyOf[{i}]");
            for (var i = 0; i < rule.NoneOf.Length; i++) CheckRate(rule.NoneOf[i], $"{path}.noneOf[{i}]");
        }

        if (rule.Min is null && rule.Max is null && rule.AnyOf.IsEmpty && rule.NoneOf.IsEmpty) throw Bad(path, "the rule asks for nothing; write min, max, anyOf or noneOf");
        if (rule.Min > rule.Max) throw Bad($"{path}.min", $"{rule.Min} is above the max of {rule.Max}; no loan could enter");
    }

    private static void CheckRule(ConcentrationRule rule, string path)
    {
        if (rule.By is PoolDimension.Bucket or PoolDimension.Vintage) throw Bad($"{path}.by", "write termBand, rateBand, industry, region or obligor");
        if (rule.MaxPpm is < 1 or > 1_000_000) throw Bad($"{path}.max", "write a ratio above 0 and at most 1");
        if (rule.Floor < 0) throw Bad($"{path}.base", "write an amount of 0 or more");
    }

    private void CheckTrigger(PoolTrigger trigger, string path)
    {
        if (!(trigger.Level is >= 0 and <= 1)) throw Bad($"{path}.level", "write a ratio from 0 to 1");
        if (trigger.Months is < 1 or > 120) throw Bad($"{path}.months", "write 1 to 120");
        if (trigger.Measure == PoolMeasure.Delinquency && !Buckets.LastDays.Contains(trigger.FromDays - 1))
            throw Bad($"{path}.fromDays", $"{trigger.FromDays} is not the first day of a bucket; write one of {string.Join(", ", Buckets.LastDays.Select(last => last + 1))}, or change the buckets");
    }

    private static InvalidInputException Bad(string path, string fault) => new("PoolOutOfRange", path, fault);
}
