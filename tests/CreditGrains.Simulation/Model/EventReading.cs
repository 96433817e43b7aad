using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>Reads a command off its event, for journals whose commands are no longer at hand.</summary>
internal static class EventReading
{
    public static Command CommandOf(EventRecord record)
    {
        if (record.Control is { } control) return Command.Of(record.Id, control);
        bool hasAmount = record.Kind is not (CommandKind.Void or CommandKind.Reverse or CommandKind.ResolveReferral
            or CommandKind.ClearRepayment or CommandKind.ReverseRepayment);
        return new Command
        {
            Kind = record.Kind,
            Options = record.Options,
            Channel = record.Channel,
            Currency = hasAmount ? record.Currency : default,
            MerchantCategory = record.MerchantCategory,
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
        };
    }

    // The end is the writer time, rounded up to a second, and the lifetime: so the lifetime can be read back.
    private static int LifetimeOf(EventRecord record) =>
        record.ExpiresAtMicros == 0 || record.Kind == CommandKind.ResolveReferral ? 0 : (int)((record.ExpiresAtMicros - Exact.CeilSecond(record.RecordedAtMicros)) / Exact.MicrosPerSecond);
}
