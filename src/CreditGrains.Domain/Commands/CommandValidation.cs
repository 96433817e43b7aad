using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Commands;

/// <summary>
/// What can be said of a command without any state. A command that fails here is refused: not evaluated, not journaled, its
/// id stays free. Checks run in the order of <see cref="Reason"/>.
/// </summary>
public static class CommandValidation
{
    /// <summary>Most direct parents of a node or facility.</summary>
    public const int ParentsMax = 8;

    private static readonly (Reason, string?) Valid = (Reason.None, null);

    /// <summary>Checks a command.</summary>
    /// <returns>None, or a reason below 100 with a message that names the field and how to mend it.</returns>
    public static (Reason Reason, string? Message) Check(in Command c)
    {
        if (!c.Kind.IsForCallers()) return (Reason.InvalidKind, $"kind {(int)c.Kind} is not a command callers may send");
        if (!c.Id.IsTimeOrdered && !c.Id.IsSession)
            return (Reason.InvalidRequestId, "request id must be a UUIDv7 (RFC 9562) or a session with a sequence");
        if (c.Id.IsSession && c.Id.SessionSequence < 1) return (Reason.InvalidRequestId, "a session's sequence starts at 1");
        return c.Kind.IsAccount() ? CheckAccount(c) : CheckControl(c);
    }

    private static (Reason, string?) CheckAccount(in Command c)
    {
        if (c.Kind == CommandKind.Reverse)
        {
            if (c.Facility.Tenant == 0) return (Reason.InvalidKey, "tenant must be 1 to 65535");
            if (!c.Original.IsTimeOrdered && !c.Original.IsSession) return (Reason.InvalidRequestId, "the original must be a UUIDv7 or a session with a sequence");
            if (c.Original == c.Id) return Field("original", "must differ from the request id itself");
        }
        else
        {
            if (!c.Facility.IsValid || !c.Facility.IsFacility)
                return (Reason.InvalidKey, "facility needs tenant and legal entity 1 to 65535, and an id of 1 or more");
            if (c.Original != default) return Field("original", "belongs to Reverse only");
        }
        if (!HasItsRecord(c)) return Field("control", c.Kind.IsLoanAct() || c.Kind == CommandKind.ImportLoan ? $"must hold what {c.Kind} agrees, of the same facility" : "belongs to control commands only; a Drawdown may carry a loan");
        if (CheckAmounts(c) is { Item1: not Reason.None } amount) return amount;
        if (CheckFields(c) is { Item1: not Reason.None } field) return field;
        if (c.Control is LoanHoliday holiday && (holiday.Count is < 1 or > 120 || !Enum.IsDefined(holiday.Interest))) return Field("count, interest", "must be 1 to 120 instalments, and deferred, capitalised or waived");
        if (c.Control is LoanExtension { AdditionalCount: < 1 or > LoanOffer.InstalmentCountMax }) return Field("count", $"must be 1 to {LoanOffer.InstalmentCountMax}");
        if (c.Control is LoanTakeover takeover && takeover.Fault(c) is { } wrong) return (Reason.InvalidField, wrong);
        return c.Control is LoanOffer offer && offer.Fault(c) is { } fault ? (Reason.InvalidField, fault) : Valid;
    }

    private static bool HasItsRecord(in Command c) => c.Kind switch
    {
        CommandKind.Drawdown => c.Control is null || (c.Control is LoanOffer && c.Control.Key == c.Facility),
        CommandKind.GrantHoliday => c.Control is LoanHoliday && c.Control.Key == c.Facility,
        CommandKind.ExtendLoan => c.Control is LoanExtension && c.Control.Key == c.Facility,
        CommandKind.RenewLoan => c.Control is LoanOffer && c.Control.Key == c.Facility,
        CommandKind.ImportLoan => c.Control is LoanTakeover takeover && takeover.Key == c.Facility && takeover.Offer.Key == c.Facility,
        _ => c.Control is null,
    };

    private static (Reason, string?) CheckAmounts(in Command c)
    {
        if (c.Kind == CommandKind.Adjust)
        {
            if (c.Amount == 0 && c.InterestDelta == 0 && c.FeesDelta == 0) return (Reason.InvalidAmount, "an adjustment needs a change of principal, interest or fees");
            if (!InRange(c.Amount) || !InRange(c.InterestDelta) || !InRange(c.FeesDelta)) return (Reason.InvalidAmount, "changes must lie within ±2^60 minor units");
            return c.AmountMin == 0 ? Valid : Field("amount_min", "belongs to Authorize and Drawdown only");
        }
        if (c.InterestDelta != 0 || c.FeesDelta != 0) return Field("interest_delta, fees_delta", "belong to Adjust only");
        if (!TakesAmount(c.Kind)) return c.Amount == 0 && c.AmountMin == 0 ? Valid : (Reason.InvalidAmount, $"{c.Kind} takes no amount");
        if (c.Amount is < 1 or > Command.AmountMax) return (Reason.InvalidAmount, "amount must be 1 to 2^60 minor units");
        if (c.AmountMin == 0) return Valid;
        if (c.Kind is not (CommandKind.Authorize or CommandKind.Drawdown)) return Field("amount_min", "belongs to Authorize and Drawdown only");
        return c.AmountMin > 0 && c.AmountMin <= c.Amount ? Valid : (Reason.InvalidAmount, "the least amount must be 0 (all or nothing) to the amount");
    }

    private static (Reason, string?) CheckFields(in Command c)
    {
        var takesCurrency = TakesAmount(c.Kind) || c.Kind == CommandKind.Adjust;
        if (takesCurrency ? !c.Currency.IsKnown : c.Currency != Currency.None)
            return (Reason.InvalidCurrency, takesCurrency ? "currency must be an ISO 4217 code" : $"{c.Kind} takes no currency");
        var takesReference = c.Kind is CommandKind.IncreaseHold or CommandKind.Capture or CommandKind.ClearRepayment
            or CommandKind.ReverseRepayment or CommandKind.Void or CommandKind.ResolveReferral or CommandKind.RequestReview || c.Kind.IsLoanAct();
        // Of WriteOff and Recover it names a loan, or none.
        if (c.Kind is CommandKind.WriteOff or CommandKind.Recover ? c.Reference < 0 : takesReference ? c.Reference < 1 : c.Reference != 0)
            return Field("reference", takesReference ? "must be the sequence of an earlier decision, 1 or more" : $"is not used by {c.Kind}");
        if (c.Channel > Channel.Internal) return Field("channel", "is not a known channel");
        if (c.MerchantCategory > 9999) return Field("merchant_category", "must be 0 to 9999 (ISO 18245)");
        var hasCategory = c.Kind is CommandKind.Authorize or CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold
            or CommandKind.Refund or CommandKind.Chargeback;
        if (!hasCategory && (c.Channel != Channel.Unspecified || c.MerchantCategory != 0)) return Field("channel, merchant_category", $"are not used by {c.Kind}");
        var allowed = c.Kind switch
        {
            CommandKind.Capture => CommandOptions.Final,
            CommandKind.Repay => CommandOptions.Uncleared,
            CommandKind.ResolveReferral => CommandOptions.Accept,
            CommandKind.RepayEarly => CommandOptions.ShrinksTerm,
            CommandKind.RenewLoan => CommandOptions.Eligible,
            _ => CommandOptions.None,
        };
        if ((c.Options & ~allowed) != 0) return Field("options", $"holds a flag not used by {c.Kind}");
        var takesLifetime = c.Kind is CommandKind.Authorize or CommandKind.IncreaseHold or CommandKind.Drawdown
            || (c.Kind == CommandKind.Repay && c.Options == CommandOptions.Uncleared);
        if (takesLifetime ? c.LifetimeSeconds is < 0 or > Command.LifetimeSecondsMax : c.LifetimeSeconds != 0)
            return Field("lifetime_seconds", takesLifetime ? "must be 0 to 34,560,000 (400 days)" : $"is not used by {c.Kind}");
        if (c.OccurredAtMicros < 0) return Field("occurred_at_micros", "must be 0 (now) or microseconds since 1970");
        if (c.Attributes is { Length: > Command.AttributesLengthMax }) return Field("attributes", $"may take {Command.AttributesLengthMax} bytes at most");
        return Valid;
    }

    private static (Reason, string?) CheckControl(in Command c)
    {
        if (c.Control is null || c.Control.Kind != c.Kind || c.Control.Key != c.Facility) return Field("control", "must hold the command's record");
        return c.Control switch
        {
            OpenNode o => First(Key(o.Key, facility: false), CurrencyOf(o.Currency), LimitOf(o.Limit), BasisOf(o.Basis), Parents(o.Key, o.Parents, 0)),
            OpenFacility o => First(
                Key(o.Key, facility: true), CurrencyOf(o.Currency), LimitOf(o.Limit), BasisOf(o.Basis),
                o.OpeningPrincipal is >= 0 and <= Command.AmountMax ? Valid : (Reason.InvalidAmount, "opening principal must be 0 to 2^60 minor units"),
                Parents(o.Key, o.Parents, 1)),
            LinkNode o => First(Key(o.Key), Parent(o.Key, o.Parent)),
            UnlinkNode o => First(Key(o.Key), ParentKey(o.Key, o.Parent)),
            MoveFacility o => First(Key(o.Key), ParentKey(o.Key, o.From), Parent(o.Key, o.To)),
            TransferToPool o => First(
                Key(o.Key, facility: true),
                o.Pool == default || (o.Pool.IsValid && o.Pool.Kind == NodeKind.Pool && o.Pool.Tenant == o.Key.Tenant)
                    ? Valid : (Reason.InvalidKey, "pool must be a pool of the same tenant, or empty")),
            SetLimit o => First(Key(o.Key), LimitOf(o.Limit), Times(o)),
            SetSubLimit o => First(Key(o.Key, facility: true), SubLimit(o)),
            SetVelocityLimit o => First(Key(o.Key), Velocity(o)),
            SetReviewThreshold o => First(Key(o.Key), o.Amount is >= -1 and <= Command.AmountMax ? Valid : (Reason.InvalidAmount, "threshold must be −1 (none) to 2^60")),
            Freeze or Unfreeze or Close => Key(c.Control.Key),
            SetFxRate o => First(Scope(o.Key), CurrencyOf(o.From), CurrencyOf(o.To), Rate(o)),
            ReportBankDebt o => First(
                o.Key.IsValid && o.Key.Kind == NodeKind.Borrower ? Valid : (Reason.InvalidKey, "must name a borrower"),
                o.Total is >= 0 and <= Command.AmountMax ? Valid : (Reason.InvalidAmount, "total must be 0 (none known) to 2^60 minor units"),
                o.Over90Days >= 0 && o.Over90Days <= o.Total ? Valid : (Reason.InvalidAmount, "over_90_days must be 0 to the total")),
            AdvanceBusinessDate o => First(Scope(o.Key), o.Day is > 0 and < 1_000_000 ? Valid : Field("day", "must be days since 1970-01-01, 1 to 999,999")),
            PoolCommand o => PoolValidation.Check(o),
            ActivateFeatures o => First(
                Scope(o.Key), o.Catalogue is { Length: <= ActivateFeatures.CatalogueLengthMax } ? Valid : Field("catalogue", "must be a JSON file of at most 60,000 bytes; empty ends features")),
            PutContent or RegisterModel or RegisterPolicy or ActivateModel or ActivatePolicy => RiskValidation.Check(c.Control),
            _ => (Reason.InvalidKind, $"{c.Control.GetType().Name} is not a known control command"),
        };
    }

    private static (Reason, string?) First(params ReadOnlySpan<(Reason Reason, string? Message)> checks)
    {
        foreach (var check in checks)
            if (check.Reason != Reason.None) return check;
        return Valid;
    }

    private static (Reason, string?) Key(NodeKey key) =>
        key.IsValid ? Valid : (Reason.InvalidKey, "key needs a kind, tenant and legal entity 1 to 65535, and an id of 1 or more");

    private static (Reason, string?) Key(NodeKey key, bool facility) =>
        key.IsValid && key.IsFacility == facility ? Valid
            : (Reason.InvalidKey, facility ? "key must name a facility, with tenant, legal entity and id" : "key must name a node other than a facility, with tenant, legal entity and id");

    private static (Reason, string?) Scope(NodeKey key) =>
        key is { Tenant: > 0, LegalEntity: > 0, Id: 0, Kind: NodeKind.None } ? Valid : (Reason.InvalidKey, "tenant and legal entity must be 1 to 65535, without kind and id");

    private static (Reason, string?) ParentKey(NodeKey child, NodeKey parent) =>
        parent.IsValid && !parent.IsFacility && parent.Tenant == child.Tenant && parent != child ? Valid
            : (Reason.InvalidKey, "a parent must be another node of the same tenant, not a facility");

    private static (Reason, string?) Parent(NodeKey child, ParentShare parent) => First(
        ParentKey(child, parent.Parent),
        parent.SharePpm is >= 1 and <= Share.WholePpm ? Valid : Field("share_ppm", "must be 1 to 1,000,000"));

    private static (Reason, string?) Parents(NodeKey child, IReadOnlyList<ParentShare>? parents, int countMin)
    {
        if (parents is null || parents.Count < countMin || parents.Count > ParentsMax) return Field("parents", $"must hold {countMin} to {ParentsMax}");
        for (var i = 0; i < parents.Count; i++)
        {
            if (Parent(child, parents[i]) is { Item1: not Reason.None } bad) return bad;
            for (var j = 0; j < i; j++)
                if (parents[j].Parent == parents[i].Parent) return Field("parents", "names one parent twice");
        }
        return Valid;
    }

    private static (Reason, string?) CurrencyOf(Currency currency) =>
        currency.IsKnown ? Valid : (Reason.InvalidCurrency, "currency must be an ISO 4217 code");

    private static (Reason, string?) LimitOf(long limit) =>
        limit is >= 0 and <= Command.AmountMax ? Valid : (Reason.InvalidAmount, "limit must be 0 to 2^60 minor units");

    private static (Reason, string?) BasisOf(ExposureBasis basis) =>
        basis.IsValid ? Valid : Field("basis", "needs a known measure, and a factor of 0 to 1,000,000 ppm only with the undrawn-factor measure");

    private static (Reason, string?) Times(SetLimit o) =>
        o.FromMicros >= 0 && o.UntilMicros >= 0 && (o.UntilMicros == 0 || o.UntilMicros > o.FromMicros) ? Valid
            : Field("from_micros, until_micros", "must be 0 or writer times, the end after the start");

    private static (Reason, string?) SubLimit(SetSubLimit o)
    {
        if (o.Channel > Channel.Internal) return Field("channel", "is not a known channel");
        if (o.CategoryFrom > o.CategoryTo || o.CategoryTo > 9999) return Field("category_from, category_to", "must be 0 to 9999 in order");
        return o.Limit is >= -1 and <= Command.AmountMax ? Valid : (Reason.InvalidAmount, "limit must be −1 (remove) to 2^60");
    }

    private static (Reason, string?) Velocity(SetVelocityLimit o)
    {
        if (o.WindowSeconds is < VelocityWindow.WindowSecondsMin or > VelocityWindow.WindowSecondsMax) return Field("window_seconds", "must be 1 to 31,622,400 (366 days)");
        if (o.AmountMax is < -1 or > Command.AmountMax) return (Reason.InvalidAmount, "amount bound must be −1 (none) to 2^60");
        return o.CountMax >= -1 ? Valid : Field("count_max", "must be −1 (none) or more");
    }

    private static (Reason, string?) Rate(SetFxRate o)
    {
        if (o.From == o.To) return Field("from, to", "must be different currencies");
        if (o.RateNano is < 1 or > 1_000_000_000_000_000_000) return Field("rate_nano", "must be 1 to 10^18 billionths");
        return o.ValidUntilMicros > 0 ? Valid : Field("valid_until_micros", "must be a writer time");
    }

    private static bool TakesAmount(CommandKind kind) =>
        kind.IsRequest() || kind is CommandKind.RepayEarly or CommandKind.ImportLoan || (kind.IsFact() && kind is not (CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Adjust));

    private static bool InRange(long amount) => amount is >= -Command.AmountMax and <= Command.AmountMax;

    private static (Reason, string?) Field(string field, string fix) => (Reason.InvalidField, $"{field} {fix}");
}
