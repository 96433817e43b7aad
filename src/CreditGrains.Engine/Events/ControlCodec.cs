using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Engine.Events;

/// <summary>The bytes of control commands inside events. The key stands in the event itself.</summary>
internal static class ControlCodec
{
    public static void Write(ref EventWriter w, ControlCommand control)
    {
        switch (control)
        {
            case OpenNode c:
                w.UInt16(c.Currency.Numeric);
                w.Unsigned(c.Limit);
                WriteBasis(ref w, c.Basis);
                WriteParents(ref w, c.Parents);
                break;
            case OpenFacility c:
                w.UInt16(c.Currency.Numeric);
                w.Unsigned(c.Limit);
                WriteBasis(ref w, c.Basis);
                w.Byte(c.CreditAddsHeadroom ? (byte)1 : (byte)0);
                w.Unsigned(c.OpeningPrincipal);
                WriteParents(ref w, c.Parents);
                break;
            case LinkNode c:
                WriteParent(ref w, c.Parent);
                break;
            case UnlinkNode c:
                w.KeyInTenant(c.Parent);
                break;
            case MoveFacility c:
                w.KeyInTenant(c.From);
                WriteParent(ref w, c.To);
                break;
            case TransferToPool c:
                w.KeyInTenant(c.Pool);
                break;
            case SetLimit c:
                w.Unsigned(c.Limit);
                w.Unsigned(c.FromMicros);
                w.Unsigned(c.UntilMicros);
                break;
            case SetSubLimit c:
                w.Byte((byte)c.Channel);
                w.UInt16(c.CategoryFrom);
                w.UInt16(c.CategoryTo);
                w.Signed(c.Limit);
                break;
            case SetVelocityLimit c:
                w.Unsigned((ulong)c.WindowSeconds);
                w.Signed(c.AmountMax);
                w.Signed(c.CountMax);
                break;
            case SetReviewThreshold c:
                w.Signed(c.Amount);
                break;
            case SetFxRate c:
                w.UInt16(c.From.Numeric);
                w.UInt16(c.To.Numeric);
                w.Unsigned(c.RateNano);
                w.Unsigned(c.ValidUntilMicros);
                break;
            case AdvanceBusinessDate c:
                w.Signed(c.Day);
                break;
            case ReportBankDebt c:
                w.Unsigned(c.Total);
                w.Unsigned(c.Over90Days);
                break;
            case PoolCommand c:
                PoolCodec.Write(ref w, c);
                break;
            case ActivateFeatures c:
                w.Unsigned((ulong)c.Catalogue.Length);
                w.Bytes(c.Catalogue);
                break;
            case Freeze or Unfreeze or Close:
                break;
            case LoanOffer c:
                LoanOfferCodec.Write(ref w, c);
                break;
            case LoanTakeover c:
                w.Unsigned((ulong)c.StartedOn.DayNumber);
                w.Unsigned((ulong)(c.StartedOn.DayNumber - c.Vintage.DayNumber));
                LoanOfferCodec.Write(ref w, c.Offer);
                break;
            case PutContent or RegisterModel or RegisterPolicy or ActivateModel or ActivatePolicy:
                RiskCommandCodec.Write(ref w, control);
                break;
            case LoanHoliday c:
                w.Unsigned((ulong)c.Count);
                w.Byte((byte)c.Interest);
                w.Byte(c.ExtendsTerm ? (byte)1 : (byte)0);
                break;
            case LoanExtension c:
                w.Unsigned((ulong)c.AdditionalCount);
                w.Byte(c.IsConcession ? (byte)1 : (byte)0);
                break;
            default:
                throw new NotSupportedException($"{control.GetType().Name} has no journal form.");
        }
    }

    public static ControlCommand Read(ref EventReader r, CommandKind kind, NodeKey key) => kind switch
    {
        CommandKind.OpenNode => new OpenNode(key, new Currency(r.UInt16()), r.Long(), ReadBasis(ref r), ReadParents(ref r, key.Tenant)),
        CommandKind.OpenFacility => new OpenFacility(
            key, new Currency(r.UInt16()), r.Long(), ReadBasis(ref r), r.Byte() != 0, r.Long(), ReadParents(ref r, key.Tenant)),
        CommandKind.LinkNode => new LinkNode(key, ReadParent(ref r, key.Tenant)),
        CommandKind.UnlinkNode => new UnlinkNode(key, r.KeyInTenant(key.Tenant)),
        CommandKind.MoveFacility => new MoveFacility(key, r.KeyInTenant(key.Tenant), ReadParent(ref r, key.Tenant)),
        CommandKind.TransferToPool => new TransferToPool(key, ReadPool(ref r, key.Tenant)),
        CommandKind.SetLimit => new SetLimit(key, r.Long(), r.Long(), r.Long()),
        CommandKind.SetSubLimit => new SetSubLimit(key, (Channel)r.Byte(), r.UInt16(), r.UInt16(), r.Signed()),
        CommandKind.SetVelocityLimit => new SetVelocityLimit(key, r.Int(), r.Signed(), checked((int)r.Signed())),
        CommandKind.SetReviewThreshold => new SetReviewThreshold(key, r.Signed()),
        CommandKind.Freeze => new Freeze(key),
        CommandKind.Unfreeze => new Unfreeze(key),
        CommandKind.Close => new Close(key),
        CommandKind.SetFxRate => new SetFxRate(key, new Currency(r.UInt16()), new Currency(r.UInt16()), r.Long(), r.Long()),
        CommandKind.AdvanceBusinessDate => new AdvanceBusinessDate(key, checked((int)r.Signed())),
        CommandKind.Drawdown or CommandKind.ResolveReferral or CommandKind.RenewLoan => LoanOfferCodec.Read(ref r, key),
        CommandKind.ImportLoan => ReadTakeover(ref r, key),
        CommandKind.GrantHoliday => new LoanHoliday(key, r.Int(), (Domain.Loans.Servicing.HolidayInterest)r.Byte(), r.Byte() != 0),
        CommandKind.ExtendLoan => new LoanExtension(key, r.Int(), r.Byte() != 0),
        CommandKind.ReportBankDebt => new ReportBankDebt(key, r.Long(), r.Long()),
        _ when kind.IsPool() => PoolCodec.Read(ref r, kind, key),
        CommandKind.ActivateFeatures => new ActivateFeatures(key, r.Bytes(r.Int()).ToArray()),
        _ when kind.IsRisk() => RiskCommandCodec.Read(ref r, kind, key),
        _ => throw new InvalidDataException($"{kind} is no control command this version knows."),
    };

    private static LoanTakeover ReadTakeover(ref EventReader r, NodeKey key)
    {
        var start = r.Int();
        var vintage = start - r.Int();
        return new LoanTakeover(key, LoanOfferCodec.Read(ref r, key), LoanDays.Date(start), LoanDays.Date(vintage));
    }

    private static void WriteBasis(ref EventWriter w, ExposureBasis basis)
    {
        w.Byte((byte)((byte)basis.Measure | (basis.KeepsRepaid ? 0x80 : 0)));
        w.Unsigned((ulong)basis.UndrawnFactorPpm);
    }

    private static ExposureBasis ReadBasis(ref EventReader r)
    {
        var packed = r.Byte();
        return new ExposureBasis((ExposureMeasure)(packed & 0x7F), (packed & 0x80) != 0, r.Int());
    }

    private static void WriteParent(ref EventWriter w, ParentShare parent)
    {
        w.KeyInTenant(parent.Parent);
        w.Unsigned((ulong)parent.SharePpm);
    }

    private static ParentShare ReadParent(ref EventReader r, ushort tenant) => new(r.KeyInTenant(tenant), r.Int());

    private static void WriteParents(ref EventWriter w, IReadOnlyList<ParentShare> parents)
    {
        w.Unsigned((ulong)parents.Count);
        for (var i = 0; i < parents.Count; i++) WriteParent(ref w, parents[i]);
    }

    private static ParentShare[] ReadParents(ref EventReader r, ushort tenant)
    {
        var parents = new ParentShare[r.Int()];
        for (var i = 0; i < parents.Length; i++) parents[i] = ReadParent(ref r, tenant);
        return parents;
    }

    private static NodeKey ReadPool(ref EventReader r, ushort tenant)
    {
        var pool = r.KeyInTenant(tenant);
        return pool.Kind == NodeKind.None ? default : pool;
    }
}
