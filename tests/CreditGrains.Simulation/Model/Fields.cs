using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Simulation.Model;

/// <summary>Which fields a command may carry and in what range; of several faults the reason listed first is given.</summary>
internal static class Fields
{
    private const long AmountMax = Exact.Max;
    private const int WindowSecondsMax = 31_622_400;

    [Flags]
    private enum Use
    {
        None = 0,
        Amount = 1,
        AmountMin = 2,
        Lifetime = 4,
        Reference = 8,
        Origin = 16,
    }

    public static bool IsForCallers(CommandKind kind) => (int)kind is (>= 1 and <= 3) or (>= 16 and <= 27) or 32 or (>= 48 and <= 50) or (>= 64 and <= 78) or 82 or 110;

    public static Reason Fault(in Command command)
    {
        bool isLoan = command is { Kind: CommandKind.Drawdown, Control: LoanOffer } or { Kind: CommandKind.ImportLoan, Control: LoanTakeover };
        if (command.Control is { } control && !(isLoan && control.Key == command.Facility)) return ControlFault(command, control);
        if ((int)command.Kind >= 64) return Reason.InvalidField;
        Use use = UseOf(command.Kind);
        if (command is { Kind: CommandKind.Reverse, Original: { IsTimeOrdered: false, IsSession: false } } && command.Facility.Tenant > 0) return Reason.InvalidRequestId;
        if (command.Kind == CommandKind.Reverse ? command.Facility.Tenant == 0 : !IsValid(command.Facility) || !command.Facility.IsFacility) return Reason.InvalidKey;
        if (command.Kind == CommandKind.Reverse && command.Original == command.Id) return Reason.InvalidField;
        if (AmountFault(command, use)) return Reason.InvalidAmount;
        if (use.HasFlag(Use.Amount) ? !Exact.Knows(command.Currency) : command.Currency != default) return Reason.InvalidCurrency;
        if (IsFieldAtFault(command, use)) return Reason.InvalidField;
        return command.Control is LoanTakeover takeover && (takeover.Vintage > takeover.StartedOn || takeover.Offer.Figures.FirstDue <= takeover.StartedOn) ? Reason.InvalidField : Reason.None;
    }

    private static Use UseOf(CommandKind kind) => kind switch
    {
        CommandKind.Authorize or CommandKind.Drawdown => Use.Amount | Use.AmountMin | Use.Lifetime | Use.Origin,
        CommandKind.IncreaseHold => Use.Amount | Use.Lifetime | Use.Reference,
        CommandKind.Capture => Use.Amount | Use.Reference | Use.Origin,
        CommandKind.ClearWithoutHold => Use.Amount | Use.Origin,
        CommandKind.Repay => Use.Amount | Use.Lifetime,
        CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Void => Use.Reference,
        CommandKind.ResolveReferral => Use.Reference,
        CommandKind.Refund or CommandKind.Chargeback => Use.Amount | Use.Origin,
        CommandKind.Reverse => Use.None,
        _ => Use.Amount,
    };

    private static CommandOptions OptionsOf(CommandKind kind) => kind switch
    {
        CommandKind.Capture => CommandOptions.Final,
        CommandKind.Repay => CommandOptions.Uncleared,
        CommandKind.ResolveReferral => CommandOptions.Accept,
        _ => CommandOptions.None,
    };

    private static bool IsParent(NodeKey child, NodeKey parent) =>
        IsValid(parent) && !parent.IsFacility && parent.Tenant == child.Tenant && parent != child;

    private static bool IsValid(NodeKey key) => key is { Id: > 0, Tenant: > 0, LegalEntity: > 0 } && (int)key.Kind is >= 1 and <= 10;

    private static bool AmountFault(in Command command, Use use)
    {
        if (command.Kind == CommandKind.Adjust)
        {
            bool isNothing = command is { Amount: 0, InterestDelta: 0, FeesDelta: 0 };
            return isNothing || !IsSigned(command.Amount) || !IsSigned(command.InterestDelta) || !IsSigned(command.FeesDelta);
        }
        if (!use.HasFlag(Use.Amount)) return command.Amount != 0 || command.AmountMin != 0;
        if (command.Amount is < 1 or > AmountMax) return true;
        return use.HasFlag(Use.AmountMin) && (command.AmountMin < 0 || command.AmountMin > command.Amount);
    }

    private static bool IsSigned(long amount) => amount is >= -AmountMax and <= AmountMax;

    private static bool IsFieldAtFault(in Command command, Use use)
    {
        if (!use.HasFlag(Use.AmountMin) && command.AmountMin != 0) return true;
        if (command.Kind != CommandKind.Adjust && (command.InterestDelta != 0 || command.FeesDelta != 0)) return true;
        // Of these it names a loan, or none.
        if (command.Kind is CommandKind.WriteOff or CommandKind.Recover ? command.Reference < 0 : use.HasFlag(Use.Reference) ? command.Reference < 1 : command.Reference != 0) return true;
        if (command.Kind != CommandKind.Reverse && command.Original != default) return true;
        if ((command.Options & ~OptionsOf(command.Kind)) != 0) return true;
        if (command.LifetimeSeconds is < 0 or > Command.LifetimeSecondsMax) return true;
        bool mayLive = use.HasFlag(Use.Lifetime) && (command.Kind != CommandKind.Repay || command.Options.HasFlag(CommandOptions.Uncleared));
        if (!mayLive && command.LifetimeSeconds != 0) return true;
        if (command.MerchantCategory > 9_999 || (int)command.Channel > 6) return true;
        if (!use.HasFlag(Use.Origin) && (command.MerchantCategory != 0 || command.Channel != Channel.Unspecified)) return true;
        return command.Attributes is { Length: > Command.AttributesLengthMax } || command.OccurredAtMicros < 0;
    }

    private static Reason ControlFault(in Command command, ControlCommand control)
    {
        if (command.Kind != control.Kind || command.Facility != control.Key) return Reason.InvalidField;
        if (!IsKeyGood(control)) return Reason.InvalidKey;
        if (!IsAmountGood(control)) return Reason.InvalidAmount;
        if (!IsCurrencyGood(control)) return Reason.InvalidCurrency;
        return IsRestGood(control) ? Reason.None : Reason.InvalidField;
    }

    private static bool IsKeyGood(ControlCommand control) => control switch
    {
        SetFxRate or AdvanceBusinessDate or ActivateFeatures => control.Key is { Tenant: > 0, LegalEntity: > 0, Id: 0, Kind: NodeKind.None },
        OpenNode open => IsValid(open.Key) && !open.Key.IsFacility && open.Parents.All(link => IsParent(open.Key, link.Parent)),
        OpenFacility open => IsValid(open.Key) && open.Key.IsFacility && open.Parents.All(link => IsParent(open.Key, link.Parent)),
        TransferToPool move => IsValid(move.Key) && move.Key.IsFacility
            && (move.Pool == default || (IsParent(move.Key, move.Pool) && move.Pool.Kind == NodeKind.Pool)),
        SetSubLimit => IsValid(control.Key) && control.Key.IsFacility,
        ReportBankDebt => IsValid(control.Key) && control.Key.Kind == NodeKind.Borrower,
        LinkNode link => IsValid(link.Key) && IsParent(link.Key, link.Parent.Parent),
        UnlinkNode link => IsValid(link.Key) && IsParent(link.Key, link.Parent),
        MoveFacility move => IsValid(move.Key) && IsParent(move.Key, move.From) && IsParent(move.Key, move.To.Parent),
        _ => IsValid(control.Key),
    };

    private static bool IsAmountGood(ControlCommand control) => control switch
    {
        OpenNode open => open.Limit is >= 0 and <= AmountMax,
        OpenFacility open => open.Limit is >= 0 and <= AmountMax && open.OpeningPrincipal is >= 0 and <= AmountMax,
        SetLimit limit => limit.Limit is >= 0 and <= AmountMax,
        SetSubLimit limit => limit.Limit is >= -1 and <= AmountMax,
        SetVelocityLimit limit => limit.AmountMax is >= -1 and <= AmountMax,
        SetReviewThreshold review => review.Amount is >= -1 and <= AmountMax,
        ReportBankDebt debt => debt.Total is >= 0 and <= AmountMax && debt.Over90Days >= 0 && debt.Over90Days <= debt.Total,
        _ => true,
    };

    private static bool IsCurrencyGood(ControlCommand control) => control switch
    {
        OpenNode open => Exact.Knows(open.Currency),
        OpenFacility open => Exact.Knows(open.Currency),
        SetFxRate rate => Exact.Knows(rate.From) && Exact.Knows(rate.To),
        _ => true,
    };

    private static bool IsRestGood(ControlCommand control) => control switch
    {
        OpenNode open => IsValid(open.Basis) && AreLinksGood(open.Parents, 0),
        OpenFacility open => IsValid(open.Basis) && AreLinksGood(open.Parents, 1),
        LinkNode link => IsShareGood(link.Parent),
        MoveFacility move => IsShareGood(move.To),
        SetLimit limit => limit is { FromMicros: >= 0, UntilMicros: >= 0 }
            && (limit.UntilMicros == 0 || limit.UntilMicros > limit.FromMicros),
        SetSubLimit limit => (int)limit.Channel <= 6 && limit.CategoryFrom <= limit.CategoryTo && limit.CategoryTo <= 9_999,
        SetVelocityLimit limit => limit is { WindowSeconds: >= 1 and <= WindowSecondsMax, CountMax: >= -1 },
        SetFxRate rate => rate.From != rate.To && rate.RateNano is >= 1 and <= 1_000_000_000_000_000_000 && rate.ValidUntilMicros > 0,
        AdvanceBusinessDate date => date.Day is >= 1 and < 1_000_000,
        ActivateFeatures activation => Workload.Catalogues.Sound.Any(known => known.AsSpan().SequenceEqual(activation.Catalogue)),
        _ => true,
    };

    private static bool AreLinksGood(IReadOnlyList<ParentShare> links, int countMin) =>
        links.Count >= countMin && links.Count <= ModelNode.ParentsMax && links.All(IsShareGood) && links.DistinctBy(link => link.Parent).Count() == links.Count;

    private static bool IsValid(ExposureBasis basis) => (int)basis.Measure is >= 0 and <= 3 && basis.UndrawnFactorPpm is >= 0 and <= 1_000_000
        && (basis.UndrawnFactorPpm == 0 || basis.Measure == ExposureMeasure.DrawnPlusUndrawnFactor);

    private static bool IsShareGood(ParentShare link) => link.SharePpm is >= 1 and <= 1_000_000;
}
