using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>Every name must be known and every number in its range before anything is computed. Paths are those of the deal file.</summary>
internal static class DealCheck
{
    private const long AmountMax = 1L << 53;

    /// <summary>A coverage from here on was written in percent.</summary>
    private const double CoverageMax = 50;

    public static void Check(DealTerms deal)
    {
        if (deal.Pools.IsEmpty && deal.Lines.IsDefaultOrEmpty) throw Bad("collateral.lines", "there is no line; write at least one");
        if (deal.Tranches.IsDefaultOrEmpty) throw Bad("tranches", "there is no tranche; write at least one");
        if (deal.Waterfalls.IsEmpty) throw Bad("waterfalls", "there is none; write at least that of amortising");
        if (deal.Dates.MonthsPerPayment is < 1 or > 12) throw Bad("dates.monthsPerPayment", "write 1 to 12");
        if (deal.Dates.PaymentDelayDays is < 0 or > 366) throw Bad("dates.paymentDelayDays", "write 0 to 366 days");
        if (deal.Dates.DeterminationDaysBefore is < 0 or > 60) throw Bad("dates.determinationDaysBefore", "write 0 to 60 business days");
        if (deal.Closing is not null && deal.Dates.Accrual != AccrualSpan.PaymentDates) throw Bad("closing", "coupons accrue between ends of periods, so it is not read; write \"accrual\": \"paymentDates\" in dates, or leave it out");
        if (deal.RevolvingPeriods is < 0 or > DealRunner.PeriodsMax) throw Bad("revolvingPeriods", $"write 0 to {DealRunner.PeriodsMax}");
        if (deal.PeriodsBefore is < 0 or > DealRunner.PeriodsMax) throw Bad("periodsBefore", $"write 0 to {DealRunner.PeriodsMax}");
        foreach (var (amount, path) in ((long, string)[])[(deal.IncomeBalance, "incomeBalance"), (deal.PrincipalBalance, "principalBalance"), (deal.OriginalPool ?? 0, "originalPool"), (deal.DefaultedBefore, "defaultedBefore"), (deal.LostBefore, "lostBefore"), (deal.DefaultedStock, "defaultedStock")])
            Amount(amount, path);
        var names = new Names(deal);
        Pools(deal, names);
        Tranches(deal, names);
        Rest(deal, names);
        foreach (var (state, steps) in deal.Waterfalls.OrderBy(entry => entry.Key))
            for (var i = 0; i < steps.Length; i++) StepCheck.Check(steps[i], deal, names, $"waterfalls.{Camel(state)}[{i}]");
    }

    private static void Pools(DealTerms deal, Names names)
    {
        if (deal.Pools.IsEmpty) Stock(deal.AllPools[0], "defaultedStock");
        else
            foreach (var (amount, name) in ((long, string)[])[(deal.DefaultedBefore, "defaultedBefore"), (deal.LostBefore, "lostBefore"), (deal.DefaultedStock, "defaultedStock")])
                if (amount != 0) throw Bad(name, $"the collateral has pools; write it of each, as collateral.pools[i].{name}");
        for (var i = 0; i < deal.Pools.Length; i++)
        {
            var pool = deal.Pools[i];
            var path = $"collateral.pools[{i}]";
            if (pool.Lines.IsDefaultOrEmpty) throw Bad($"{path}.lines", "there is no line; write at least one");
            if (pool.Actuals.Length != deal.Pools[0].Actuals.Length) throw Bad($"{path}.actuals", $"there are {pool.Actuals.Length} months, the first pool has {deal.Pools[0].Actuals.Length}; write the same months for each");
            Amount(pool.OriginalBalance ?? 0, $"{path}.originalBalance");
            Amount(pool.DefaultedBefore, $"{path}.defaultedBefore");
            Amount(pool.LostBefore, $"{path}.lostBefore");
            Amount(pool.DefaultedStock, $"{path}.defaultedStock");
            Stock(pool, $"{path}.defaultedStock");
            Names.Need(names.Tranches, pool.LossOrder, $"{path}.lossOrder", "tranche");
        }
    }

    /// <summary>A stock of defaults has no segments, so the recovery terms of all must be the same.</summary>
    private static void Stock(CollateralPool pool, string path)
    {
        if (pool.DefaultedStock == 0) return;
        foreach (var other in pool.Scenarios.Skip(1).Select(scenario => scenario.Recovery))
        {
            var first = pool.Scenarios[0].Recovery;
            if (other.Severity == first.Severity && other.LagMonths == first.LagMonths && other.Parts.SequenceEqual(first.Parts)) continue;
            throw Bad(path, "the segments recover by different terms and the stock is of no segment; give all the same recovery, or write a pool in collateral.pools for each");
        }
    }

    private static void Tranches(DealTerms deal, Names names)
    {
        for (var i = 0; i < deal.Tranches.Length; i++)
        {
            var tranche = deal.Tranches[i];
            var path = $"tranches[{i}]";
            Amount(tranche.Balance, $"{path}.balance");
            Amount(tranche.InterestUnpaid, $"{path}.interestUnpaid");
            Amount(tranche.Deficiency, $"{path}.deficiency");
            if (tranche.Deficiency > tranche.Balance) throw Bad($"{path}.deficiency", "the ledger is above the balance; lower it");
            if (tranche.LegalFinalPeriod is < 1 or > DealRunner.PeriodsMax) throw Bad($"{path}.legalFinalPeriod", $"write 1 to {DealRunner.PeriodsMax}, or leave it out");
            if (tranche.Kind == TrancheKind.InterestOnly && tranche.Balance != 0) throw Bad($"{path}.balance", "an interest-only tranche has no balance; leave it out, and name what its notional is of");
            Unread(tranche, path);
            if (tranche.Kind == TrancheKind.Accrual && tranche.AccruesUntilPaid.IsEmpty) throw Bad($"{path}.accruesUntilPaid", "name the tranches that must be paid before this one gets cash");
            if (tranche.AccruesUntilPaid.Contains(tranche.Name)) throw Bad($"{path}.accruesUntilPaid", "a tranche cannot wait for itself; name the others");
            if (tranche.Kind == TrancheKind.PlannedAmortisation && tranche.Schedule.IsEmpty && tranche.PsaBands is null) throw Bad(path, "a planned tranche needs a schedule of balances, or psaBands");
            if (tranche.PsaBands is { } bands)
            {
                RateCheck.Speed(bands.Lower, $"{path}.psaBands[0]");
                RateCheck.Speed(bands.Upper, $"{path}.psaBands[1]");
                if (bands.Upper < bands.Lower) throw Bad($"{path}.psaBands", "write a lower speed and an upper one not below it");
                if (!tranche.Schedule.IsEmpty) throw Bad($"{path}.psaBands", "there is a schedule too; leave one of them out");
                // From today's lines a schedule would begin anew, at the deal's first period.
                if (deal.PeriodsBefore > 0 || deal.AllPools.Any(pool => !pool.Actuals.IsEmpty))
                    throw Bad($"{path}.psaBands", "bands give a schedule from the loans at closing only, and this deal has actuals or periodsBefore; write the schedule of the closing documents");
            }

            foreach (var balance in tranche.Schedule) Amount(balance, $"{path}.schedule");
            Names.Need(names.Tranches, tranche.AccruesUntilPaid, $"{path}.accruesUntilPaid", "tranche");
            Names.Need(names.Tranches, tranche.NotionalOf, $"{path}.notionalOf", "tranche");
            var coupon = tranche.Coupon;
            if (coupon.Index is { } index) Names.Need(names.Indices, [index], $"{path}.coupon.index", "index");
            Rate(coupon.RateAnnual, $"{path}.coupon");
            Rate(coupon.StepUpRate, $"{path}.coupon.stepUp");
            Rate(coupon.Floor ?? 0, $"{path}.coupon.floor");
            Rate(coupon.Cap ?? 0, $"{path}.coupon.cap");
            if (coupon.StepUpRate != 0 && coupon.StepUpFromPeriod == 0) throw Bad($"{path}.coupon.stepUpFromPeriod", "stepUp is added from no period on; write the first, or leave stepUp out");
            if (coupon.StepUpFromPeriod is < 0 or > DealRunner.PeriodsMax) throw Bad($"{path}.coupon.stepUpFromPeriod", $"write 1 to {DealRunner.PeriodsMax}, or 0 for none");
            if (coupon.Floor > coupon.Cap) throw Bad($"{path}.coupon.floor", "the floor is above the cap; lower it");
            Days(deal, tranche.Clock, $"{path}.clock");
        }
    }

    /// <summary>Fields that a tranche of its kind does not read.</summary>
    private static void Unread(TrancheTerms tranche, string path)
    {
        if (tranche.Kind != TrancheKind.Accrual && !tranche.AccruesUntilPaid.IsEmpty) throw NotOf(TrancheKind.Accrual, "accruesUntilPaid");
        if (tranche.Kind != TrancheKind.InterestOnly && !tranche.NotionalOf.IsEmpty) throw NotOf(TrancheKind.InterestOnly, "notionalOf");
        if (tranche.Kind == TrancheKind.PlannedAmortisation) return;
        if (!tranche.Schedule.IsEmpty) throw NotOf(TrancheKind.PlannedAmortisation, "schedule");
        if (tranche.PsaBands is not null) throw NotOf(TrancheKind.PlannedAmortisation, "psaBands");

        InvalidInputException NotOf(TrancheKind kind, string field) => Bad($"{path}.{field}", $"a tranche of kind {Camel(tranche.Kind.ToString())} has none; write \"kind\": \"{Camel(kind.ToString())}\", or leave it out");
    }

    private static void Rest(DealTerms deal, Names names)
    {
        for (var i = 0; i < deal.Fees.Length; i++)
        {
            Amount(deal.Fees[i].Amount, $"fees[{i}].amount");
            Amount(deal.Fees[i].CapPerPayment ?? 0, $"fees[{i}].capPerPayment");
            Amount(deal.Fees[i].CapPerYear ?? 0, $"fees[{i}].capPerYear");
            Ratio(deal.Fees[i].CapOfPool ?? 0, $"fees[{i}].capOfPool");
            Amount(deal.Fees[i].Unpaid, $"fees[{i}].unpaid");
            Amount(deal.Fees[i].PaidThisYear, $"fees[{i}].paidThisYear");
            if (deal.Fees[i].PaidThisYear > 0 && deal.Fees[i].CapPerYear is null) throw Bad($"fees[{i}].paidThisYear", "it counts against capPerYear only; write that, or leave it out");
            if (deal.Fees[i].PaidThisYear > 0 && deal.Dates.StartsYear(deal.PeriodsBefore + 1))
                throw Bad($"fees[{i}].paidThisYear", "a year of payment dates begins with the run, so nothing is paid in it yet; leave it out, or mend periodsBefore");
            Ratio(deal.Fees[i].Rate, $"fees[{i}].rate");
        }

        for (var i = 0; i < deal.Reserves.Length; i++)
        {
            var reserve = deal.Reserves[i];
            foreach (var (amount, name) in ((long, string)[])[(reserve.Opening, "balance"), (reserve.Fixed, "fixed"), (reserve.Floor, "floor"), (reserve.Cap ?? 0, "cap")]) Amount(amount, $"reserves[{i}].{name}");
            foreach (var (ratio, name) in ((double, string)[])[(reserve.OfPool, "ofPool"), (reserve.OfOriginalPool, "ofOriginalPool"), (reserve.OfTranches, "ofTranches")]) Ratio(ratio, $"reserves[{i}].{name}");
            if (reserve.Floor > (reserve.Cap ?? long.MaxValue)) throw Bad($"reserves[{i}].floor", "the floor is above the cap; lower it");
        }

        for (var i = 0; i < deal.Facilities.Length; i++)
        {
            Amount(deal.Facilities[i].Limit, $"facilities[{i}].limit");
            Amount(deal.Facilities[i].Drawn, $"facilities[{i}].drawn");
            if (deal.Facilities[i].Drawn > deal.Facilities[i].Limit) throw Bad($"facilities[{i}].drawn", "more is drawn than the limit; lower it");
            Ratio(deal.Facilities[i].RateAnnual, $"facilities[{i}].rate");
        }

        for (var i = 0; i < deal.Swaps.Length; i++)
        {
            Names.Need(names.Indices, [deal.Swaps[i].ReceivesIndex], $"swaps[{i}].receivesIndex", "index");
            Names.Need(names.Tranches, deal.Swaps[i].NotionalOf, $"swaps[{i}].notionalOf", "tranche");
            Rate(deal.Swaps[i].PaysAnnual, $"swaps[{i}].pays");
            Rate(deal.Swaps[i].ReceivesSpread, $"swaps[{i}].receivesSpread");
            Days(deal, deal.Swaps[i].Clock, $"swaps[{i}].clock");
            foreach (var notional in deal.Swaps[i].NotionalSchedule) Amount(notional, $"swaps[{i}].notional");
            Amount(deal.Swaps[i].Unpaid, $"swaps[{i}].unpaid");
        }

        for (var i = 0; i < deal.Triggers.Length; i++) Trigger(deal.Triggers[i], names, $"triggers[{i}]");
        foreach (var (name, curve) in deal.Indices)
        {
            if (curve.ByPeriod.IsEmpty && curve.Dated.IsEmpty) throw Bad($"indices.{name}", "there is no rate; write at least one");
            for (var i = 0; i < curve.ByPeriod.Length; i++) Rate(curve.ByPeriod[i], curve.ByPeriod.Length == 1 ? $"indices.{name}" : $"indices.{name}[{i}]");
            for (var i = 0; i < curve.Dated.Length; i++) Rate(curve.Dated[i].Rate, $"indices.{name}[{i}].rate");
            if (curve.Dated.IsEmpty) continue;
            if (deal.CutOff is not { } cutOff) throw Bad("collateral.cutOff", $"the rates of {name} have dates; write the cut-off date too");
            if (curve.Dated[0].From >= cutOff.AddMonths(deal.Dates.MonthsPerPayment))
                throw Bad($"indices.{name}[0].from", $"there is no rate for the period from the cut-off {cutOff:yyyy-MM-dd}; write the one that held then");
        }

        foreach (var (line, place) in deal.AllPools.SelectMany((pool, p) => pool.Lines.Select((line, i) => (line, deal.Pools.IsEmpty ? $"collateral.lines[{i}]" : $"collateral.pools[{p}].lines[{i}]"))))
            if (line.Floating is { } floating) Names.Need(names.Indices, [floating.Index], $"{place}.floating.index", "index");
        Names.Need(names.Tranches, deal.LossOrder, "lossOrder", "tranche");
        if (deal.CleanUp is { } call)
        {
            Ratio(call.PoolFactorBelow, "cleanUpCall.poolFactorBelow");
            if (!(call.Price is >= 0 and <= 2)) throw Bad("cleanUpCall.price", "write the price of one unit of balance, 0 to 2");
        }

        if (deal.Purchase is not { } purchase) return;
        if (purchase.Pool is { } buyer) Names.Need(names.Pools, [buyer], "purchase.pool", "pool");
        var lines = deal.AllPools[purchase.PoolOf(deal)].Lines;
        if (purchase.LikeLine < 0 || purchase.LikeLine >= lines.Length) throw Bad("purchase.likeLine", $"there are {lines.Length} lines, from 0");
        if (!(purchase.Price is > 0 and <= 2)) throw Bad("purchase.price", "write the price of one unit of balance, above 0 and at most 2");
        (lines[purchase.LikeLine] with { RemainingMonths = purchase.RemainingMonths }).Check();
    }

    private static void Trigger(Trigger trigger, Names names, string path)
    {
        if (trigger.Levels.IsDefaultOrEmpty) throw Bad($"{path}.level", "there is no level; write a number, or one a period");
        for (var i = 0; i < trigger.Levels.Length; i++)
        {
            var (level, place) = (trigger.Levels[i], trigger.Levels.Length == 1 ? $"{path}.level" : $"{path}.level[{i}]");
            if (trigger.Kind is TriggerKind.CumulativeDefault or TriggerKind.CumulativeLoss or TriggerKind.Delinquency or TriggerKind.PoolFactor) Ratio(level, place);
            else if (level < 0) throw Bad(place, string.Create(CultureInfo.InvariantCulture, $"{level} is below 0; write a level of at least 0"));
            else if (level >= CoverageMax && trigger.Kind is TriggerKind.Overcollateralisation or TriggerKind.InterestCoverage)
                throw Bad(place, string.Create(CultureInfo.InvariantCulture, $"{level} times covered is not meant; 104 % is 1.04"));
        }

        if (trigger.CureAfter < 0) throw Bad($"{path}.cureAfter", "write the periods in a row that must pass, or 0 for never");
        if (trigger.PassedBefore < 0) throw Bad($"{path}.passedInARow", "write the periods in a row already passed, at least 0");
        if (trigger.Pool is { } pool) Names.Need(names.Pools, [pool], $"{path}.pool", "pool");
        var looks = trigger.Kind is TriggerKind.Overcollateralisation or TriggerKind.InterestCoverage or TriggerKind.UnpaidInterest or TriggerKind.UnpaidPrincipal;
        if (looks && trigger.Tranches.IsEmpty) throw Bad($"{path}.tranches", "name the tranches it looks at");
        Names.Need(names.Tranches, trigger.Tranches, $"{path}.tranches", "tranche");
    }

    private static void Days(DealTerms deal, AccrualClock clock, string path)
    {
        if (clock != AccrualClock.Thirty360 && deal.CutOff is null) throw Bad(path, "actual days need collateral.cutOff; write it, or use thirty360");
    }

    private static void Amount(long amount, string path)
    {
        if (amount is < 0 or > AmountMax) throw Bad(path, $"{amount} must be 0 to 2^53 minor units");
    }

    private static void Ratio(double ratio, string path)
    {
        if (!(ratio is >= 0 and <= 1)) throw Bad(path, string.Create(CultureInfo.InvariantCulture, $"{ratio} is no part of one; write 0 to 1, so 1 % as 0.01"));
    }

    private static void Rate(double rate, string path)
    {
        if (!(Math.Abs(rate) < 1)) throw Bad(path, string.Create(CultureInfo.InvariantCulture, $"{rate} is no rate between -1 and 1; a rate is a part of one, so write 5 % as 0.05"));
    }

    internal static InvalidInputException Bad(string path, string fault) => new("DealWrong", path, fault);

    internal static string Camel(DealState state) => Camel(state.ToString());

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>The names of a deal, each once.</summary>
internal sealed class Names
{
    public Names(DealTerms deal)
    {
        Tranches = Once(deal.Tranches.Select(tranche => tranche.Name), "tranches");
        Fees = Once(deal.Fees.Select(fee => fee.Name), "fees");
        Swaps = Once(deal.Swaps.Select(swap => swap.Name), "swaps");
        Reserves = Once(deal.Reserves.Select(reserve => reserve.Name), "reserves");
        Facilities = Once(deal.Facilities.Select(facility => facility.Name), "facilities");
        Triggers = Once(deal.Triggers.Select(trigger => trigger.Name), "triggers");
        Indices = [.. deal.Indices.Keys.Order(StringComparer.Ordinal)];
        Pools = Once(deal.AllPools.Select(pool => pool.Name), "collateral.pools");
        var own = deal.AllPools.Where(pool => pool.HasOwnAccounts).ToArray();
        PrincipalAccounts = [CashAccounts.Principal, .. own.Select(pool => pool.PrincipalAccount)];
        Accounts = [CashAccounts.Income, CashAccounts.Principal, .. own.SelectMany(pool => (string[])[pool.IncomeAccount, pool.PrincipalAccount]), .. Reserves];
        Sources = [.. Accounts, .. Facilities];
        Once(Sources, "reserves and facilities");
        Once([.. Fees, .. Swaps], "fees and swaps");
    }

    public ImmutableArray<string> Tranches { get; }

    public ImmutableArray<string> Fees { get; }

    public ImmutableArray<string> Swaps { get; }

    public ImmutableArray<string> Reserves { get; }

    public ImmutableArray<string> Facilities { get; }

    public ImmutableArray<string> Triggers { get; }

    public ImmutableArray<string> Indices { get; }

    public ImmutableArray<string> Pools { get; }

    public ImmutableArray<string> PrincipalAccounts { get; }

    public ImmutableArray<string> Accounts { get; }

    public ImmutableArray<string> Sources { get; }

    public static void Need(ImmutableArray<string> known, ImmutableArray<string> asked, string path, string what)
    {
        foreach (var name in asked)
            if (!known.Contains(name)) throw DealCheck.Bad(path, $"there is no {what} '{name}'; {(known.IsEmpty ? "define it" : $"there are {string.Join(", ", known)}")}");
    }

    private static ImmutableArray<string> Once(IEnumerable<string> names, string path)
    {
        var all = names.ToImmutableArray();
        foreach (var name in all)
        {
            if (name.Length == 0) throw DealCheck.Bad(path, "a name is empty; write one");
            if (all.Count(other => other == name) > 1) throw DealCheck.Bad(path, $"the name '{name}' comes twice; write different ones");
        }

        return all;
    }
}
