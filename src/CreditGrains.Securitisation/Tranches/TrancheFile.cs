using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Securitisation.Tranches;

/// <summary>Reads a tranche of a deal file.</summary>
internal static class TrancheFile
{
    public static TrancheTerms Read(JsonPart part, DealUnits units)
    {
        var tranche = new TrancheTerms
        {
            Name = part.Text("name"),
            Kind = part.Choice("kind", TrancheKind.Note),
            Balance = units.Of(part, "balance"),
            Coupon = part.Optional("coupon") is { } coupon ? CouponOf(coupon) : new Coupon(null, 0),
            Clock = part.Choice("clock", AccrualClock.Thirty360),
            InterestUnpaid = units.Of(part, "interestUnpaid"),
            Deficiency = units.Of(part, "deficiency"),
            LegalFinalPeriod = part.Optional("legalFinalPeriod")?.Whole(),
            InterestOnUnpaid = part.Flag("interestOnUnpaid"),
            AccruesUntilPaid = DealParts.TextsOf(part, "accruesUntilPaid"),
            NotionalOf = DealParts.TextsOf(part, "notionalOf"),
            Schedule = part.Optional("schedule") is { } schedule ? [.. schedule.Items().Select(units.Of)] : [],
            PsaBands = part.Optional("psaBands") is { } bands ? BandsOf(bands) : null,
        };
        part.Done();
        return tranche;
    }

    private static Coupon CouponOf(JsonPart part)
    {
        if (part.IsNumber) return new Coupon(null, part.Number());
        var coupon = new Coupon(
            part.Optional("index")?.Text(), part.Has("index") ? part.Number("spread", 0) : part.Number("rate"), part.Optional("floor")?.Number(), part.Optional("cap")?.Number(),
            part.Whole("stepUpFromPeriod", 0), part.Number("stepUp", 0));
        part.Done();
        return coupon;
    }

    private static (double, double) BandsOf(JsonPart part)
    {
        var speeds = part.Numbers();
        return speeds.Length == 2 ? (speeds[0], speeds[1]) : throw part.Fault("write two speeds, the lower and the upper, in percent PSA");
    }
}
