using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>Reads a command off its event, for journals whose commands are no longer at hand.</summary>
internal static class EventReading
{
    public static Command CommandOf(EventRecord record, World world)
    {
        if (record.Control is { } control and not (LoanOffer or LoanTakeover)) return Command.Of(record.Id, control);
        bool hasAmount = record.Kind is not (CommandKind.Void or CommandKind.Reverse or CommandKind.ResolveReferral
            or CommandKind.ClearRepayment or CommandKind.ReverseRepayment);
        // What works on a hold is journaled under the hold's origin, which is not the command's.
        bool hasOrigin = record.Kind is CommandKind.Authorize or CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold
            or CommandKind.Refund or CommandKind.Chargeback;
        return new Command
        {
            Kind = record.Kind,
            Options = record.Options,
            Channel = hasOrigin ? record.Channel : default,
            Currency = hasAmount ? CurrencyOf(record) : default,
            MerchantCategory = hasOrigin ? record.MerchantCategory : default,
            Scenario = record.Scenario,
            LifetimeSeconds = LifetimeOf(record),
            Id = record.Id,
            Facility = record.Kind == CommandKind.Reverse ? new NodeKey(0, record.Key.Tenant, 0, NodeKind.None) : record.Key,
            Amount = hasAmount ? record.AmountAsked : 0,
            AmountMin = record.AmountMin,
            InterestDelta = record.Kind == CommandKind.Adjust ? record.InterestPart : 0,
            FeesDelta = record.Kind == CommandKind.Adjust ? record.FeesPart : 0,
            Reference = record.Kind == CommandKind.Reverse ? 0 : record.Reference,
            Original = record.Original,
            OccurredAtMicros = record.OccurredAtMicros,
            Attributes = record.Attributes.IsEmpty ? null : record.Attributes.ToArray(),
            Control = record switch
            {
                { Kind: CommandKind.Drawdown, Control: LoanOffer offer } => Whole(offer, world),
                { Control: LoanTakeover takeover } => takeover with { Offer = Whole(takeover.Offer, world) },
                _ => null,
            },
        };
    }

    // The product of a declined drawdown may never have been journaled; then nothing of it is looked at.
    private static LoanOffer Whole(LoanOffer offer, World world) =>
        offer.Product is null && world.Products.TryGetValue(offer.ProductHash, out LoanProduct? known) ? offer with { Product = SealedProduct.Of(known) } : offer;

    // A mismatch is journaled under the facility's currency; the one asked is any other.
    private static Currency CurrencyOf(EventRecord record)
    {
        if (record.Reason != Reason.CurrencyMismatch) return record.Currency;
        return new Currency((ushort)(record.Currency.Numeric == 978 ? 840 : 978));
    }

    // The end is the writer time, rounded up to a second, and the lifetime: so the lifetime can be read back.
    private static int LifetimeOf(EventRecord record) =>
        record.ExpiresAtMicros == 0 || record.Kind == CommandKind.ResolveReferral ? 0 : (int)((record.ExpiresAtMicros - Exact.CeilSecond(record.RecordedAtMicros)) / Exact.MicrosPerSecond);
}
