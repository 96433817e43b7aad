using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using Google.Protobuf.Collections;

namespace CreditGrains.Api.Mapping;

/// <summary>Control commands from their messages.</summary>
internal static class ControlReading
{
    private const ushort CategoryMax = 9999;
    private const long None = -1;

    public static ControlCommand Read(IControlMessage message, ref Fields fields) => message switch
    {
        V1.OpenNodeRequest m => new OpenNode(
            fields.Node("node", m.Node), fields.Currency("currency", m.Currency), fields.Given("limit", m.HasLimit, m.Limit),
            Basis(m.Basis, ref fields), Parents(m.Parents, ref fields)),
        V1.OpenFacilityRequest m => new OpenFacility(
            fields.Facility(m.Facility), fields.Currency("currency", m.Currency), fields.Given("limit", m.HasLimit, m.Limit),
            Basis(m.Basis, ref fields), m.CreditAddsHeadroom, m.OpeningPrincipal, Parents(m.Parents, ref fields)),
        V1.LinkNodeRequest m => new LinkNode(fields.Node("node", m.Node), Parent("parent", m.Parent, ref fields)),
        V1.UnlinkNodeRequest m => new UnlinkNode(fields.Node("node", m.Node), fields.Node("parent", m.Parent)),
        V1.MoveFacilityRequest m => new MoveFacility(fields.Node("node", m.Node), fields.Node("from", m.From), Parent("to", m.To, ref fields)),
        V1.TransferToPoolRequest m => new TransferToPool(fields.Facility(m.Facility), m.Pool is null ? default : fields.Node("pool", m.Pool)),
        V1.SetLimitRequest m => new SetLimit(fields.Node("node", m.Node), fields.Given("limit", m.HasLimit, m.Limit), m.FromMicros, m.UntilMicros),
        V1.SetSubLimitRequest m => SubLimit(m, ref fields),
        V1.SetVelocityLimitRequest m => VelocityLimit(m, ref fields),
        V1.SetReviewThresholdRequest m => new SetReviewThreshold(
            fields.Node("node", m.Node), m.Remove ? Removed("amount", m.HasAmount, ref fields) : Bound("amount", m.HasAmount, m.Amount, ref fields)),
        V1.FreezeRequest m => new Freeze(fields.Node("node", m.Node)),
        V1.UnfreezeRequest m => new Unfreeze(fields.Node("node", m.Node)),
        V1.CloseRequest m => new Close(fields.Node("node", m.Node)),
        V1.SetFxRateRequest m => new SetFxRate(
            fields.Entity(m.Tenant, m.LegalEntity), fields.Currency("from", m.From), fields.Currency("to", m.To), m.RateNano, m.ValidUntilMicros),
        V1.AdvanceBusinessDateRequest m => new AdvanceBusinessDate(fields.Entity(m.Tenant, m.LegalEntity), Day(m.BusinessDate, ref fields)),
        V1.ReportBankDebtRequest m => new ReportBankDebt(fields.Node("borrower", m.Borrower), m.Total, m.Over90Days),
        V1.DefinePoolRequest or V1.PutLoanInPoolRequest or V1.TakeLoanFromPoolRequest or V1.ReportLoanRequest => PoolCommandMapping.Read(message, ref fields),
        V1.ActivateFeaturesRequest m => new ActivateFeatures(fields.Entity(m.Tenant, m.LegalEntity), m.Catalogue.ToByteArray()),
        V1.PutContentRequest or V1.RegisterModelRequest or V1.RegisterPolicyRequest or V1.ActivateModelRequest or V1.ActivatePolicyRequest => RiskMapping.Read(message, ref fields),
        _ => throw new NotSupportedException($"No control command for {message.GetType().Name}."),
    };

    private static SetSubLimit SubLimit(V1.SetSubLimitRequest m, ref Fields fields) => new(
        fields.Facility(m.Facility),
        fields.Channel(m.Channel),
        m.HasCategoryFrom ? fields.Category("category_from", m.CategoryFrom) : (ushort)0,
        m.HasCategoryTo ? fields.Category("category_to", m.CategoryTo) : CategoryMax,
        m.Remove ? Removed("limit", m.HasLimit, ref fields) : Bound("limit", m.HasLimit, m.Limit, ref fields));

    private static SetVelocityLimit VelocityLimit(V1.SetVelocityLimitRequest m, ref Fields fields)
    {
        var amount = Optional("amount_max", m.HasAmountMax, m.AmountMax, ref fields);
        var count = (int)Optional("count_max", m.HasCountMax, m.CountMax, ref fields);
        if (m.Remove == (m.HasAmountMax || m.HasCountMax))
            fields.Fail(Reason.InvalidField, "give amount_max, count_max or both; or remove alone");
        return new SetVelocityLimit(fields.Node("node", m.Node), m.WindowSeconds, amount, count);
    }

    private static long Removed(string name, bool has, ref Fields fields)
    {
        if (has) fields.Fail(Reason.InvalidField, $"give {name} or remove, not both");
        return None;
    }

    /// <summary>A bound that must be given: −1 would remove it, so only `remove` may say that.</summary>
    private static long Bound(string name, bool has, long value, ref Fields fields)
    {
        if (!has) fields.Fail(Reason.InvalidField, $"{name} is missing; to take it away set remove");
        return Optional(name, has, value, ref fields);
    }

    private static long Optional(string name, bool has, long value, ref Fields fields)
    {
        if (has && value < 0) fields.Fail(Reason.InvalidField, $"{name} is {value}; use 0 or more");
        return has ? value : None;
    }

    private static ExposureBasis Basis(V1.ExposureBasis? basis, ref Fields fields)
    {
        if (basis is null) return default;
        if (basis.Measure is < 0 or > V1.ExposureMeasure.DrawnPlusUndrawnFactor)
            fields.Fail(Reason.InvalidField, $"basis.measure {(int)basis.Measure} is unknown; use 0 to {(int)ExposureMeasure.DrawnPlusUndrawnFactor}");
        return new ExposureBasis((ExposureMeasure)((int)basis.Measure & 0xFF), basis.KeepsRepaid, basis.UndrawnFactorPpm);
    }

    private static ParentShare[] Parents(RepeatedField<V1.ParentShare> messages, ref Fields fields)
    {
        var parents = new ParentShare[messages.Count];
        for (var i = 0; i < parents.Length; i++) parents[i] = Parent("parents", messages[i], ref fields);
        return parents;
    }

    private static ParentShare Parent(string name, V1.ParentShare? message, ref Fields fields) => new(
        fields.Node(name, message?.Parent),
        message is { HasSharePpm: true } ? message.SharePpm : Share.WholePpm);

    private static int Day(string text, ref Fields fields)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date.DayNumber - Epoch;
        fields.Fail(Reason.InvalidField, "business_date is not a date; use ISO 8601 such as 2026-03-31");
        return 0;
    }

    /// <summary>Day number of 1970-01-01.</summary>
    public static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
}
