using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Queries;
using Google.Protobuf;

namespace CreditGrains.Api.Mapping;

/// <summary>What queries give, to messages.</summary>
internal static class ViewMapping
{
    public static V1.FacilityView Write(FacilityView view) => new()
    {
        Node = Write(view.Node),
        Balances = DecisionMapping.Write(view.Balances),
        CreditAddsHeadroom = view.CreditAddsHeadroom,
        Path = { view.Path.Select(Write) },
        OpenItems = { view.OpenItems.Select(Write) },
        SubLimits = { view.SubLimits.Select(Write) },
        LastDecisionId = view.LastSequence,
        AsOfMicros = view.AsOfMicros,
        Loans = { view.Loans.Select(LoanMapping.Write) },
    };

    public static V1.NodeView Write(NodeView view)
    {
        var message = new V1.NodeView
        {
            Key = Keys.ToNode(view.Key),
            Currency = Keys.ToCode(view.Currency),
            Status = (V1.NodeStatus)view.Status,
            Basis = Keys.ToBasis(view.Basis),
            Limit = view.Limit,
            SharePpm = view.SharePpm,
            FacilityCount = view.FacilityCount,
            Parents = { view.Parents.Select(Keys.ToShare) },
            DatedLimits = { view.DatedLimits.Select(Write) },
            VelocityLimits = { view.VelocityLimits.Select(Write) },
        };
        if (view.Exposure is { } exposure) message.Exposure = exposure;
        if (view.Headroom is { } headroom) message.Headroom = headroom;
        if (view.ReviewThreshold >= 0) message.ReviewThreshold = view.ReviewThreshold;
        return message;
    }

    public static V1.JournalEvent Write(EventRecord record)
    {
        var message = new V1.JournalEvent
        {
            DecisionId = record.Sequence,
            RecordedAtMicros = record.RecordedAtMicros,
            Command = (V1.CommandKind)record.Kind,
            Outcome = (V1.OutcomeKind)record.Outcome,
            Reason = (V1.Reason)record.Reason,
            ReasonName = ReasonNames.Of(record.Reason),
            Key = Keys.ToNode(record.Key),
            Currency = Keys.ToCode(record.Currency),
            AmountAsked = record.AmountAsked,
            Amount = record.Amount,
            AmountMin = record.AmountMin,
            Reference = record.Reference,
            OccurredAtMicros = record.OccurredAtMicros,
            ExpiresAtMicros = record.ExpiresAtMicros,
            Channel = (V1.Channel)record.Channel,
            MerchantCategory = record.MerchantCategory,
            Scenario = record.Scenario,
            Final = record.Options.HasFlag(CommandOptions.Final),
            Uncleared = record.Options.HasFlag(CommandOptions.Uncleared),
            Accept = record.Options.HasFlag(CommandOptions.Accept),
            FeesPart = record.FeesPart,
            InterestPart = record.InterestPart,
            CreditPart = record.CreditPart,
            Balances = DecisionMapping.Write(record.Balances),
            Headroom = record.Headroom,
            PreviousDecisionId = record.PreviousSequence,
            PolicyVersion = record.Risk.Policy?.Version ?? 0,
            ModelVersion = record.Risk.Model?.Version ?? 0,
            Policy = record.Risk.Policy?.Name ?? "",
            Model = record.Risk.Model?.Name ?? "",
            IsChallenger = record.Risk.IsChallenger,
            Reasons = { (record.Risk.Reasons ?? []).Select(DecisionMapping.Write) },
            Limits = { record.Limits.Select(DecisionMapping.Write) },
            Attributes = ByteString.CopyFrom(record.Attributes.Span),
            Control = record.Control is { } control && !record.Kind.IsAccount() ? CommandMapping.Write(control) : null,
            Regraphed = { record.Regraphed.Select(Keys.ToNode) },
            IsTombstone = record.IsTombstone,
            Digest = record.Digest ?? "",
            DigestDecisionId = record.DigestSequence,
            Note = record.Note ?? "",
            Loans = { record.Loans.Select(LoanMapping.Write) },
            Loan = LoanOffer.Of(record.Control) is { } offer ? LoanMapping.WriteOfEvent(offer) : null,
            LoanFault = record.LoanFault == 0 ? "" : record.LoanFault.ToString(),
        };
        if (record.Risk.Model is not null) message.Score = record.Risk.Score;
        if (record.Original != default) message.OriginalUuid = record.Original.ToString();
        if (record.Id == default) return message;
        message.RequestId = RequestIdentity.ToBytes(record.Id);
        message.RequestUuid = record.Id.ToString();
        return message;
    }

    public static V1.GetStatusReply Write(EngineStatus status, TimeSpan collectorPause) => new()
    {
        LastDecisionId = status.LastSequence,
        RecordedAtMicros = status.RecordedAtMicros,
        FacilityCount = status.FacilityCount,
        NodeCount = status.NodeCount,
        OpenItemCount = status.OpenItemCount,
        SnapshotDecisionId = status.SnapshotSequence,
        JournalBytes = status.JournalBytes,
        QueueLength = status.QueueLength,
        ClockStepPending = status.ClockStepPending,
        Fault = status.Fault ?? "",
        Standby = (V1.StandbyState)(int)(status.Standby?.State ?? 0),
        StandbyRequired = status.Standby?.IsRequired ?? false,
        StandbyMessage = status.Standby?.Message ?? "",
        FlushCount = status.FlushCount,
        CollectorPauseMicros = (long)collectorPause.TotalMicroseconds,
    };

    private static V1.DatedLimit Write(DatedLimitView view) =>
        new() { Limit = view.Limit, FromMicros = view.FromMicros, UntilMicros = view.UntilMicros };

    private static V1.SubLimit Write(SubLimitView view) => new()
    {
        Channel = (V1.Channel)view.Channel, CategoryFrom = view.CategoryFrom, CategoryTo = view.CategoryTo, Limit = view.Limit, Used = view.Used,
    };

    private static V1.VelocityLimit Write(VelocityLimitView view)
    {
        var message = new V1.VelocityLimit { WindowSeconds = view.WindowSeconds, AmountUsed = view.AmountUsed, CountUsed = view.CountUsed };
        if (view.AmountMax >= 0) message.AmountMax = view.AmountMax;
        if (view.CountMax >= 0) message.CountMax = view.CountMax;
        return message;
    }

    private static V1.OpenItem Write(OpenItemView view) => new()
    {
        Reference = view.Reference,
        Kind = (V1.OpenItemKind)view.Kind,
        Amount = view.Amount,
        Remaining = view.Remaining,
        ExpiresAtMicros = view.ExpiresAtMicros,
        Channel = (V1.Channel)view.Channel,
        MerchantCategory = view.MerchantCategory,
    };
}
