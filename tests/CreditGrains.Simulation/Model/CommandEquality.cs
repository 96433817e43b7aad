using CreditGrains.Domain.Commands;

namespace CreditGrains.Simulation.Model;

/// <summary>Two commands are the same when every field but the caller's occurredAt and attributes is equal.</summary>
internal static class CommandEquality
{
    public static bool AreSame(in Command first, in Command second) =>
        (first.Kind, first.Options, first.Channel, first.Currency, first.MerchantCategory, first.Scenario, first.LifetimeSeconds)
            == (second.Kind, second.Options, second.Channel, second.Currency, second.MerchantCategory, second.Scenario, second.LifetimeSeconds)
        && (first.Id, first.Facility, first.Amount, first.AmountMin, first.InterestDelta, first.FeesDelta, first.Reference, first.Original)
            == (second.Id, second.Facility, second.Amount, second.AmountMin, second.InterestDelta, second.FeesDelta, second.Reference, second.Original)
        && AreSame(first.Control, second.Control);

    public static bool AreSame(ControlCommand? first, ControlCommand? second) => (first, second) switch
    {
        (OpenNode a, OpenNode b) => a.Parents.SequenceEqual(b.Parents) && a with { Parents = b.Parents } == b,
        (OpenFacility a, OpenFacility b) => a.Parents.SequenceEqual(b.Parents) && a with { Parents = b.Parents } == b,
        (ActivateFeatures a, ActivateFeatures b) => a.Key == b.Key && a.Catalogue.AsSpan().SequenceEqual(b.Catalogue),
        // The hash of a product stands for it.
        (LoanOffer a, LoanOffer b) => a with { Product = null } == b with { Product = null },
        (LoanTakeover a, LoanTakeover b) => a with { Offer = a.Offer with { Product = null } } == b with { Offer = b.Offer with { Product = null } },
        _ => first == second,
    };
}
