using CreditGrains.Api.Security.Access;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Security.Audit;

/// <summary>Writes down privileged commands before they are executed, and nothing of requests and facts.</summary>
internal sealed class CommandAudit(AuditLog log) : ICommandWatch
{
    public void Before(Principal principal, ReadOnlySpan<Command> commands)
    {
        var entries = new List<AuditEntry>();
        foreach (ref readonly var command in commands)
            if (CommandRoles.IsPrivileged(command.Kind) && command.Kind != CommandKind.None)
                entries.Add(Of(principal, command));
        if (entries.Count > 0) log.Append(entries);
    }

    public void Before(Principal principal, string act) => log.Append(new AuditEntry { Principal = principal.Id, Act = act });

    /// <summary>The entry of a command.</summary>
    internal static AuditEntry Of(Principal principal, in Command command) => new()
    {
        Principal = principal.Id,
        Act = command.Kind.ToString(),
        Subject = command.Facility.ToString(),
        Request = command.Id.ToString(),
        Detail = DetailOf(command),
    };

    private static string? DetailOf(in Command command) => command.Control switch
    {
        SetLimit set => FormattableString.Invariant($"limit {set.Limit} from {set.FromMicros} until {set.UntilMicros}"),
        SetSubLimit set => FormattableString.Invariant($"{set.Channel} {set.CategoryFrom}-{set.CategoryTo} limit {set.Limit}"),
        SetVelocityLimit set => FormattableString.Invariant($"{set.WindowSeconds} s amount {set.AmountMax} count {set.CountMax}"),
        SetReviewThreshold set => FormattableString.Invariant($"amount {set.Amount}"),
        OpenNode open => FormattableString.Invariant($"{open.Currency} limit {open.Limit}"),
        OpenFacility open => FormattableString.Invariant($"{open.Currency} limit {open.Limit} principal {open.OpeningPrincipal}"),
        SetFxRate rate => FormattableString.Invariant($"{rate.From} to {rate.To} {rate.RateNano} until {rate.ValidUntilMicros}"),
        AdvanceBusinessDate date => FormattableString.Invariant($"day {date.Day}"),
        LoanTakeover takeover => FormattableString.Invariant($"principal {command.Amount} from {takeover.StartedOn:yyyy-MM-dd} product {takeover.Offer.ProductHash:x32}"),
        ReportBankDebt debt => FormattableString.Invariant($"total {debt.Total} over 90 days {debt.Over90Days}"),
        LinkNode link => $"under {link.Parent.Parent}",
        UnlinkNode unlink => $"from under {unlink.Parent}",
        MoveFacility move => $"from {move.From} to {move.To.Parent}",
        TransferToPool transfer => $"to {transfer.Pool}",
        null when command.Kind == CommandKind.Adjust => FormattableString.Invariant($"principal {command.Amount} interest {command.InterestDelta} fees {command.FeesDelta}"),
        null when command.Kind == CommandKind.ResolveReferral => FormattableString.Invariant($"{command.Reference} {command.Options}"),
        null when command.Kind == CommandKind.RequestReview => FormattableString.Invariant($"{command.Reference}"),
        _ => null,
    };
}
