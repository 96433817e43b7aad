using System.Collections.Immutable;
using System.Text;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;
using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>Reads a deal file: docs/deals.md describes it, docs/deal.schema.json is its schema. Nothing is half-read: the first fault is thrown.</summary>
public static class DealFile
{
    /// <summary>Reads and checks.</summary>
    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static DealTerms Parse(ReadOnlyMemory<byte> json)
    {
        var file = JsonPart.Parse(json);
        var collateral = CollateralOf(file.Required("collateral"));
        var units = new DealUnits(collateral.UnitsOf);
        file.Has("$schema");
        var deal = new DealTerms
        {
            Name = file.Text("name", "deal"),
            Currency = collateral.Currency,
            CutOff = collateral.CutOff,
            Lines = collateral.Lines,
            Scenarios = file.Optional("assumptions") is { } assumptions ? One(Nested(assumptions, ScenarioFile.Parse), assumptions) : [new Scenario()],
            Conventions = file.Optional("conventions") is { } conventions ? ConventionsOf(conventions) : new ProjectionConventions(),
            Pools = collateral.Pools,
            Actuals = file.Optional("actuals") is { } actuals ? [.. actuals.Items().Select(part => DealParts.Month(part, units))] : [],
            OriginalPool = file.Optional("originalPool") is { } pool ? units.Of(pool) : null,
            DefaultedBefore = units.Of(file, "defaultedBefore"),
            LostBefore = units.Of(file, "lostBefore"),
            DefaultedStock = units.Of(file, "defaultedStock"),
            PeriodsBefore = file.Whole("periodsBefore", 0),
            Closing = file.Optional("closing")?.Date(),
            IncomeBalance = units.Of(file, "incomeBalance"),
            PrincipalBalance = units.Of(file, "principalBalance"),
            Dates = file.Optional("dates") is { } dates ? DatesOf(dates) : new DealDates(),
            Fees = All(file, "fees", part => DealParts.FeeOf(part, units)),
            Reserves = All(file, "reserves", part => DealParts.ReserveOf(part, units)),
            Facilities = All(file, "facilities", part => DealParts.FacilityOf(part, units)),
            Swaps = All(file, "swaps", part => DealParts.SwapOf(part, units)),
            Tranches = [.. file.Required("tranches").Items().Select(part => TrancheFile.Read(part, units))],
            Triggers = All(file, "triggers", part => DealParts.TriggerOf(part, units)),
            Indices = file.Optional("indices") is { } indices ? indices.Members().ToImmutableDictionary(member => member.Name, member => DealParts.IndexOf(member.Value)) : ImmutableDictionary<string, IndexCurve>.Empty,
            Losses = file.Choice("losses", LossTreatment.None),
            LossOrder = DealParts.TextsOf(file, "lossOrder"),
            RecoveriesAreIncome = file.Flag("recoveriesAreIncome"),
            RevolvingPeriods = file.Whole("revolvingPeriods", 0),
            Purchase = file.Optional("purchase") is { } purchase ? DealParts.PurchaseOf(purchase) : null,
            CleanUp = file.Optional("cleanUpCall") is { } call ? DealParts.CleanUpOf(call) : null,
            Waterfalls = WaterfallsOf(file.Required("waterfalls")),
        };
        file.Done();
        if (!deal.Pools.IsEmpty)
        {
            if (file.Has("actuals")) throw new InvalidInputException("FieldWrong", "actuals", "the collateral has pools; write the actuals of each in collateral.pools");
            // Pools without assumptions of their own follow those of the deal.
            deal = deal with { Pools = [.. deal.Pools.Select(pool => pool.Scenarios.IsDefault ? pool with { Scenarios = deal.Scenarios } : pool)] };
        }

        DealCheck.Check(deal);
        return deal;
    }

    /// <summary>Rep lines, or several pools of them.</summary>
    private static PoolsFile CollateralOf(JsonPart part)
    {
        if (part.Optional("pools") is not { } pools)
        {
            var lines = Nested(part, LinesFile.Parse);
            return new PoolsFile(lines.Currency, lines.UnitsOf, lines.CutOff, lines.Lines, []);
        }

        var head = LinesFile.Head(part);
        var units = new DealUnits(head.UnitsOf);
        ImmutableArray<CollateralPool> all = [.. pools.Items().Select(pool => PoolOf(pool, head.UnitsOf, units))];
        part.Done();
        return all.IsEmpty ? throw pools.Fault("there is no pool; write at least one") : new PoolsFile(head.Currency, head.UnitsOf, head.CutOff, [], all);
    }

    private static CollateralPool PoolOf(JsonPart part, double scale, DealUnits units)
    {
        var pool = new CollateralPool
        {
            Name = part.Text("name"),
            Lines = [.. part.Required("lines").Items().Select(line => LinesFile.LineOf(line, scale))],
            Scenarios = part.Optional("assumptions") is { } assumptions ? One(Nested(assumptions, ScenarioFile.Parse), assumptions) : default,
            Actuals = part.Optional("actuals") is { } actuals ? [.. actuals.Items().Select(month => DealParts.Month(month, units))] : [],
            OriginalBalance = part.Optional("originalBalance") is { } original ? units.Of(original) : null,
            DefaultedBefore = units.Of(part, "defaultedBefore"),
            LostBefore = units.Of(part, "lostBefore"),
            DefaultedStock = units.Of(part, "defaultedStock"),
            HasOwnAccounts = part.Flag("ownAccounts"),
            LossOrder = DealParts.TextsOf(part, "lossOrder"),
        };
        part.Done();
        return pool;
    }

    private sealed record PoolsFile(Currency Currency, double UnitsOf, DateOnly? CutOff, ImmutableArray<LoanLine> Lines, ImmutableArray<CollateralPool> Pools);

    private static ImmutableDictionary<DealState, ImmutableArray<Step>> WaterfallsOf(JsonPart part)
    {
        var all = ImmutableDictionary.CreateBuilder<DealState, ImmutableArray<Step>>();
        foreach (var state in Enum.GetValues<DealState>())
            if (part.Optional(DealCheck.Camel(state)) is { } steps) all[state] = [.. steps.Items().Select(StepFile.Read)];
        part.Done();
        return all.ToImmutable();
    }

    private static DealDates DatesOf(JsonPart part)
    {
        var holidays = part.Optional("holidays")?.Items().Select(day => day.Date()).ToArray() ?? [];
        var working = part.Optional("workingWeekends")?.Items().Select(day => day.Date()).ToArray() ?? [];
        var calendar = BusinessCalendar.Create(holidays, working);
        if (calendar.Refusal is { } refusal) throw new InvalidInputException("DatesWrong", part.Path, refusal.Message);
        var dates = new DealDates(
            part.Whole("monthsPerPayment", 1), part.Whole("paymentDelayDays", 0), part.Whole("determinationDaysBefore", 0), part.Choice("businessDays", BusinessDayRule.None), calendar.Value,
            part.Choice("accrual", AccrualSpan.PeriodEnds));
        part.Done();
        return dates;
    }

    private static ProjectionConventions ConventionsOf(JsonPart part) => !part.IsText ? Nested(part, ConventionsFile.Parse)
        : ConventionsFile.Preset(part.Text()) ?? throw part.Fault($"'{part.Text()}' is not known; write one of {string.Join(", ", ConventionsFile.Presets)}, or an object");

    private static ImmutableArray<Scenario> One(ImmutableArray<ImmutableArray<Scenario>> sets, JsonPart part) =>
        sets.Length == 1 ? sets[0] : throw part.Fault($"there are {sets.Length} scenarios; a deal runs one, leave the others out");

    private static ImmutableArray<T> All<T>(JsonPart file, string name, Func<JsonPart, T> read) => file.Optional(name) is { } part ? [.. part.Items().Select(read)] : [];

    /// <summary>Reads a member that has the format of a file of its own.</summary>
    private static T Nested<T>(JsonPart part, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return read(Encoding.UTF8.GetBytes(part.RawText()));
        }
        catch (InvalidInputException e)
        {
            throw e.Under(part.Path);
        }
    }
}

/// <summary>Amounts as the file writes them, in major or minor units.</summary>
internal readonly record struct DealUnits(double Scale)
{
    private const double AmountMax = 1e15;

    public long Of(JsonPart part)
    {
        var number = part.Number();
        if (!(Math.Abs(number) <= AmountMax)) throw part.Fault("write an amount of at most 10^15");
        var amount = (decimal)number * (decimal)Scale;
        return amount == decimal.Truncate(amount) && Math.Abs(amount) <= 1L << 60 ? (long)amount : throw part.Fault("the amount has more digits than the currency; write whole minor units");
    }

    public long Of(JsonPart parent, string name) => parent.Optional(name) is { } part ? Of(part) : 0;
}
