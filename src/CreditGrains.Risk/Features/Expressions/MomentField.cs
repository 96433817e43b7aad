namespace CreditGrains.Risk.Features.Expressions;

/// <summary>What an expression may name beside features.</summary>
internal enum MomentField
{
    RequestAmount,
    RequestChannel,
    RequestMerchantCategory,
    RequestScenario,
    RequestHour,
    RequestWeekday,
    FacilityLimit,
    FacilityDrawn,
    FacilityPrincipal,
    FacilityInterest,
    FacilityFees,
    FacilityHeld,
    FacilityCredit,
    FacilityUncleared,
}

/// <summary>Their names and values.</summary>
internal static class MomentFields
{
    /// <summary>By name.</summary>
    public static readonly IReadOnlyDictionary<string, MomentField> ByName = new Dictionary<string, MomentField>(StringComparer.Ordinal)
    {
        ["request.amount"] = MomentField.RequestAmount,
        ["request.channel"] = MomentField.RequestChannel,
        ["request.merchantCategory"] = MomentField.RequestMerchantCategory,
        ["request.scenario"] = MomentField.RequestScenario,
        ["request.hour"] = MomentField.RequestHour,
        ["request.weekday"] = MomentField.RequestWeekday,
        ["facility.limit"] = MomentField.FacilityLimit,
        ["facility.drawn"] = MomentField.FacilityDrawn,
        ["facility.principal"] = MomentField.FacilityPrincipal,
        ["facility.interest"] = MomentField.FacilityInterest,
        ["facility.fees"] = MomentField.FacilityFees,
        ["facility.held"] = MomentField.FacilityHeld,
        ["facility.credit"] = MomentField.FacilityCredit,
        ["facility.uncleared"] = MomentField.FacilityUncleared,
    };

    /// <summary>The value at a decision. Hours are 0 to 23, weekdays 1 (Monday) to 7, both by the catalogue's offset from UTC.</summary>
    public static decimal ValueOf(MomentField field, in FeatureMoment at, long localSeconds) => field switch
    {
        MomentField.RequestAmount => at.AmountAsked,
        MomentField.RequestChannel => (int)at.Channel,
        MomentField.RequestMerchantCategory => at.MerchantCategory,
        MomentField.RequestScenario => at.Scenario,
        MomentField.RequestHour => localSeconds % 86_400 / 3_600,
        // 1970-01-01 was a Thursday.
        MomentField.RequestWeekday => (localSeconds / 86_400 + 3) % 7 + 1,
        MomentField.FacilityLimit => at.Limit,
        MomentField.FacilityDrawn => (decimal)at.Principal + at.Interest + at.Fees,
        MomentField.FacilityPrincipal => at.Principal,
        MomentField.FacilityInterest => at.Interest,
        MomentField.FacilityFees => at.Fees,
        MomentField.FacilityHeld => at.Held,
        MomentField.FacilityCredit => at.Credit,
        MomentField.FacilityUncleared => at.Uncleared,
        _ => throw new InvalidOperationException($"{field} is no field."),
    };
}
