using System.Globalization;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Mapping;

/// <summary>Control commands to their messages.</summary>
internal static class ControlWriting
{
    private const ushort CategoryMax = 9999;

    /// <summary>The message of a control command, without request id.</summary>
    public static IControlMessage Write(ControlCommand control) => control switch
    {
        OpenNode c => new V1.OpenNodeRequest
        {
            Node = Keys.ToNode(c.Key), Currency = Keys.ToCode(c.Currency), Limit = c.Limit, Basis = Keys.ToBasis(c.Basis),
            Parents = { c.Parents.Select(Keys.ToShare) },
        },
        OpenFacility c => new V1.OpenFacilityRequest
        {
            Facility = Keys.ToFacility(c.Key), Currency = Keys.ToCode(c.Currency), Limit = c.Limit, Basis = Keys.ToBasis(c.Basis),
            CreditAddsHeadroom = c.CreditAddsHeadroom, OpeningPrincipal = c.OpeningPrincipal, Parents = { c.Parents.Select(Keys.ToShare) },
        },
        LinkNode c => new V1.LinkNodeRequest { Node = Keys.ToNode(c.Key), Parent = Keys.ToShare(c.Parent) },
        UnlinkNode c => new V1.UnlinkNodeRequest { Node = Keys.ToNode(c.Key), Parent = Keys.ToNode(c.Parent) },
        MoveFacility c => new V1.MoveFacilityRequest { Node = Keys.ToNode(c.Key), From = Keys.ToNode(c.From), To = Keys.ToShare(c.To) },
        TransferToPool c => new V1.TransferToPoolRequest
        {
            Facility = Keys.ToFacility(c.Key), Pool = c.Pool == default ? null : Keys.ToNode(c.Pool),
        },
        SetLimit c => new V1.SetLimitRequest { Node = Keys.ToNode(c.Key), Limit = c.Limit, FromMicros = c.FromMicros, UntilMicros = c.UntilMicros },
        SetSubLimit c => SubLimit(c),
        SetVelocityLimit c => VelocityLimit(c),
        SetReviewThreshold c => ReviewThreshold(c),
        Freeze c => new V1.FreezeRequest { Node = Keys.ToNode(c.Key) },
        Unfreeze c => new V1.UnfreezeRequest { Node = Keys.ToNode(c.Key) },
        Close c => new V1.CloseRequest { Node = Keys.ToNode(c.Key) },
        SetFxRate c => new V1.SetFxRateRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, From = Keys.ToCode(c.From), To = Keys.ToCode(c.To),
            RateNano = c.RateNano, ValidUntilMicros = c.ValidUntilMicros,
        },
        AdvanceBusinessDate c => new V1.AdvanceBusinessDateRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity,
            BusinessDate = DateOnly.FromDayNumber(c.Day + ControlReading.Epoch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        },
        ReportBankDebt c => new V1.ReportBankDebtRequest { Borrower = Keys.ToNode(c.Key), Total = c.Total, Over90Days = c.Over90Days },
        PoolCommand c => PoolCommandMapping.Write(c),
        ActivateFeatures c => new V1.ActivateFeaturesRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, Catalogue = Google.Protobuf.ByteString.CopyFrom(c.Catalogue),
        },
        PutContent or RegisterModel or RegisterPolicy or ActivateModel or ActivatePolicy => RiskMapping.Write(control),
        _ => throw new NotSupportedException($"No message for {control.GetType().Name}."),
    };

    private static V1.SetSubLimitRequest SubLimit(SetSubLimit c)
    {
        var message = new V1.SetSubLimitRequest { Facility = Keys.ToFacility(c.Key), Channel = (V1.Channel)c.Channel };
        if (c.CategoryFrom != 0) message.CategoryFrom = c.CategoryFrom;
        if (c.CategoryTo != CategoryMax) message.CategoryTo = c.CategoryTo;
        if (c.Limit < 0) message.Remove = true;
        else message.Limit = c.Limit;
        return message;
    }

    private static V1.SetVelocityLimitRequest VelocityLimit(SetVelocityLimit c)
    {
        var message = new V1.SetVelocityLimitRequest { Node = Keys.ToNode(c.Key), WindowSeconds = c.WindowSeconds };
        if (c.AmountMax >= 0) message.AmountMax = c.AmountMax;
        if (c.CountMax >= 0) message.CountMax = c.CountMax;
        message.Remove = c is { AmountMax: < 0, CountMax: < 0 };
        return message;
    }

    private static V1.SetReviewThresholdRequest ReviewThreshold(SetReviewThreshold c)
    {
        var message = new V1.SetReviewThresholdRequest { Node = Keys.ToNode(c.Key) };
        if (c.Amount < 0) message.Remove = true;
        else message.Amount = c.Amount;
        return message;
    }
}
