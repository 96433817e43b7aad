using System.Collections.Immutable;
using CreditGrains.Securitisation.Files;
using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>Reads the parts of a deal file that are no tranches and no steps.</summary>
internal static class DealParts
{
    public static ImmutableArray<string> TextsOf(JsonPart parent, string name) => parent.Optional(name) is not { } part ? []
        : part.IsText ? [part.Text()] : [.. part.Items().Select(item => item.Text())];

    public static Fee FeeOf(JsonPart part, DealUnits units)
    {
        var on = part.Choice("on", FeeBase.Fixed);
        var fee = new Fee(
            part.Text("name"), on, on == FeeBase.Fixed ? units.Of(part.Required("amount")) : 0, on == FeeBase.Fixed ? 0 : part.Number("rate"),
            part.Optional("capPerPayment") is { } cap ? units.Of(cap) : null, part.Flag("carriesShortfall", true))
        {
            CapPerYear = part.Optional("capPerYear") is { } yearly ? units.Of(yearly) : null,
            CapOfPool = part.Optional("capOfPool")?.Number(),
            Unpaid = units.Of(part, "unpaid"),
            PaidThisYear = units.Of(part, "paidThisYear"),
        };
        part.Done();
        return fee;
    }

    public static Reserve ReserveOf(JsonPart part, DealUnits units)
    {
        var reserve = new Reserve(
            part.Text("name"), units.Of(part, "balance"), units.Of(part, "fixed"), part.Number("ofPool", 0), part.Number("ofOriginalPool", 0), part.Number("ofTranches", 0),
            units.Of(part, "floor"), part.Optional("cap") is { } cap ? units.Of(cap) : null);
        part.Done();
        return reserve;
    }

    public static LiquidityFacility FacilityOf(JsonPart part, DealUnits units)
    {
        var facility = new LiquidityFacility(part.Text("name"), units.Of(part.Required("limit")), part.Number("rate", 0)) { Drawn = units.Of(part, "drawn") };
        part.Done();
        return facility;
    }

    public static Swap SwapOf(JsonPart part, DealUnits units)
    {
        var swap = new Swap(
            part.Text("name"), part.Number("pays"), part.Text("receivesIndex"), part.Number("receivesSpread", 0), TextsOf(part, "notionalOf"), part.Choice("clock", AccrualClock.Thirty360))
        {
            NotionalSchedule = part.Optional("notional") is { } schedule ? [.. schedule.Items().Select(units.Of)] : [],
            Unpaid = units.Of(part, "unpaid"),
        };
        part.Done();
        return swap;
    }

    public static Trigger TriggerOf(JsonPart part, DealUnits units)
    {
        var kind = part.Required("kind").Choice<TriggerKind>();
        var level = part.Required("level");
        ImmutableArray<double> levels = kind is TriggerKind.UnpaidInterest or TriggerKind.UnpaidPrincipal ? [units.Of(level)] : level.IsNumber ? [level.Number()] : level.Numbers();
        var trigger = new Trigger(part.Text("name"), kind, levels, TextsOf(part, "tranches"), part.Optional("effect")?.Choice<DealState>(), part.Whole("cureAfter", 0))
        {
            Pool = part.Optional("pool")?.Text(),
            IsBreachedBefore = part.Flag("breached"),
            PassedBefore = part.Whole("passedInARow", 0),
        };
        part.Done();
        return trigger;
    }

    public static IndexCurve IndexOf(JsonPart part)
    {
        if (part.IsNumber) return new IndexCurve([part.Number()], []);
        var items = part.Items();
        if (items.All(item => item.IsNumber)) return new IndexCurve([.. items.Select(item => item.Number())], []);
        return new IndexCurve([], [.. items.Select(item =>
        {
            var dated = (item.Required("from").Date(), item.Number("rate"));
            item.Done();
            return dated;
        }).OrderBy(dated => dated.Item1)]);
    }

    public static PurchaseTerms PurchaseOf(JsonPart part)
    {
        var terms = new PurchaseTerms(part.Whole("likeLine", 0), part.Whole("remainingMonths"), part.Number("price", 1)) { Pool = part.Optional("pool")?.Text() };
        part.Done();
        return terms;
    }

    public static CleanUpCall CleanUpOf(JsonPart part)
    {
        var call = new CleanUpCall(part.Number("poolFactorBelow"), part.Number("price", 1), part.Flag("needsFullRepayment", true));
        part.Done();
        return call;
    }

    public static PoolMonth Month(JsonPart part, DealUnits units)
    {
        var month = new PoolMonth
        {
            Opening = Flow("opening", true),
            Added = Flow("added"),
            Scheduled = Flow("scheduled"),
            Prepaid = Flow("prepaid"),
            Interest = Flow("interest"),
            Recovered = Flow("recovered"),
            AdvancedPrincipal = Flow("advancedPrincipal"),
            AdvancedInterest = Flow("advancedInterest"),
            Defaulted = Flow("defaulted"),
            Loss = Flow("loss"),
            Closing = Flow("closing", true),
            Delinquent = Flow("delinquent"),
            Purchased = Flow("purchased"),
        };
        part.Done();
        if (ActualsCheck.WhyNotSum(month) is { } fault) throw part.Fault(fault);
        return month;

        long Flow(string name, bool isNeeded = false)
        {
            if ((isNeeded ? part.Required(name) : part.Optional(name)) is not { } flow) return 0;
            var amount = units.Of(flow);
            return amount >= 0 ? amount : throw flow.Fault($"{amount} minor units are below 0; write 0 or more");
        }
    }
}
