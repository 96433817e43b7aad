using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Loans;

/// <summary>The bytes of what an event did to loans (docs/journal-format.md). Days are told from the loan's own date, so most take a byte or two.</summary>
internal static class LoanPartCodec
{
    private const int ClassShift = 4;

    /// <summary>With the deed: late instalments say what was charged on them.</summary>
    private const byte HasCharges = 0x80;

    /// <summary>With the deed: its class is held, and until when.</summary>
    private const byte IsHeld = 0x40;

    [Flags]
    private enum Has : ushort
    {
        None = 0,
        Paid = 1,
        Prepaid = 2,
        Charged = 4,
        DaysPastDue = 8,
        Wake = 16,
        Rare = 32,
        Standing = 64,
        Carried = 128,
        Regular = 256,
        Dues = 512,
        NonAccrual = 1024,
        ClassBest = 2048,
        ToCome = 4096,
        Bucket = 8192,
        WrittenOff = 16384,
        Remade = 32768,
    }

    public static void Write(ref EventWriter w, LoanPart[] parts)
    {
        w.Unsigned((ulong)parts.Length);
        foreach (var part in parts) Write(ref w, part);
    }

    public static LoanPart[] Read(ref EventReader r)
    {
        var parts = new LoanPart[r.Int()];
        for (var i = 0; i < parts.Length; i++) parts[i] = ReadOne(ref r);
        return parts;
    }

    /// <summary>What few loans have, as it is kept in pages and in events.</summary>
    public static void WriteRare(ref EventWriter w, LoanStanding standing)
    {
        w.Unsigned(standing.Capitalised);
        w.Unsigned(standing.WrittenOff);
        w.Unsigned((ulong)standing.Frozen.Length);
        foreach (var span in standing.Frozen)
        {
            w.Unsigned((ulong)span.After.DayNumber);
            w.Unsigned((ulong)(span.Until.DayNumber - span.After.DayNumber));
        }
        w.Unsigned((ulong)standing.NextNumber);
        w.Unsigned((ulong)standing.Listed.Length);
        foreach (var one in standing.Listed)
        {
            w.Unsigned(one.Principal);
            w.Unsigned(one.Interest);
        }
    }

    /// <summary>A standing with what few loans have; of listed instalments those from its next number on.</summary>
    public static LoanStanding ReadRare(ref EventReader r, LoanStanding standing)
    {
        var (capitalised, writtenOff) = (r.Long(), r.Long());
        var frozen = ImmutableArray.CreateBuilder<FrozenSpan>();
        for (var i = r.Int(); i > 0; i--)
        {
            var after = r.Int();
            frozen.Add(new FrozenSpan(LoanDays.Date(after), LoanDays.Date(after + r.Int())));
        }
        var first = r.Int();
        var listed = ImmutableArray.CreateBuilder<ListedInstalment>();
        for (var (i, count) = (0, r.Int()); i < count; i++)
        {
            var one = new ListedInstalment(r.Long(), r.Long());
            if (first + i >= standing.NextNumber && standing.Remaining > 0) listed.Add(one);
        }
        return standing with { Capitalised = capitalised, WrittenOff = writtenOff, Frozen = frozen.ToImmutable(), Listed = listed.ToImmutable() };
    }

    private static void Write(ref EventWriter w, LoanPart part)
    {
        var kept = part.Kept;
        var has = HasOf(part, kept);
        var charges = kept is { HasCharges: true };
        w.UInt16((ushort)has);
        w.Byte((byte)((byte)part.Deed | (charges ? HasCharges : 0) | (kept is { Row.HeldUntil: not 0 } ? IsHeld : 0)));
        w.Unsigned(part.Loan);
        if (part.Deed == LoanDeed.Made || part.Remade is not null)
        {
            w.Unsigned(part.Origin.Amount);
            w.Unsigned((ulong)part.Origin.Drawdown.DayNumber);
            w.Unsigned((ulong)(part.Origin.Drawdown.DayNumber - part.Origin.Vintage.DayNumber));
            w.Unsigned((ulong)part.Origin.RenewalCount);
        }
        if (part.Remade is { } remade) LoanOfferCodec.Write(ref w, remade with { Product = null });
        if ((has & Has.Paid) != 0)
        {
            w.Unsigned(part.Paid.Fees);
            w.Unsigned(part.Paid.Penalty);
            w.Unsigned(part.Paid.Compound);
            w.Unsigned(part.Paid.Interest);
            w.Unsigned(part.Paid.Principal);
        }
        if ((has & Has.Prepaid) != 0) w.Unsigned(part.Prepaid);
        if ((has & Has.Charged) != 0) w.Signed(part.Charged);
        if ((has & Has.DaysPastDue) != 0) w.Unsigned((ulong)part.DaysPastDue);
        if ((has & Has.Bucket) != 0) w.Byte((byte)(part.Bucket | (part.Class << (ClassShift + 1))));
        if ((has & Has.WrittenOff) != 0) w.Signed(part.WrittenOff);
        w.Unsigned((ulong)part.Day);
        if (kept is null) return;
        if ((has & Has.Wake) != 0) w.Signed(part.WakeDay - kept.Row.AsOf);
        WriteKept(ref w, kept, has, charges);
        if (kept.Row.HeldUntil != 0) w.Unsigned(kept.Row.HeldUntil == LoanDays.UntilCured ? 0L : kept.Row.HeldUntil);
        if ((has & Has.Rare) != 0) WriteRare(ref w, part.After!);
    }

    private static Has HasOf(LoanPart part, KeptLoan? kept)
    {
        var has = (part.Paid != default ? Has.Paid : 0) | (part.Prepaid != 0 ? Has.Prepaid : 0) | (part.Charged != 0 ? Has.Charged : 0)
            | (part.WrittenOff != 0 ? Has.WrittenOff : 0) | (part.Remade is not null ? Has.Remade : 0) | (part.DaysPastDue != 0 ? Has.DaysPastDue : 0) | (part.Bucket != 0 || part.Class != 0 ? Has.Bucket : 0);
        if (kept is null) return has;
        ref readonly var row = ref kept.Row;
        return has | Has.Standing | (part.WakeDay != 0 ? Has.Wake : 0) | (part.GivesRare ? Has.Rare : 0) | (row.Carried != 0 ? Has.Carried : 0) | (row.Regular != 0 ? Has.Regular : 0)
            | (kept.Dues.IsEmpty ? 0 : Has.Dues) | (row.NonAccrualSince != 0 ? Has.NonAccrual : 0) | (row.ClassBest != 0 ? Has.ClassBest : 0) | (row.Remaining != 0 ? Has.ToCome : 0);
    }

    private static void WriteKept(ref EventWriter w, KeptLoan kept, Has has, bool charges)
    {
        ref readonly var row = ref kept.Row;
        w.Unsigned((ulong)row.NextNumber);
        w.Signed(row.NextSlot - row.NextNumber);
        w.Signed(row.AsOf - row.PeriodStart);
        w.Signed(row.AccruedTo - row.PeriodStart);
        if ((has & Has.ToCome) != 0)
        {
            w.Unsigned((ulong)row.Remaining);
            w.Unsigned(row.PrincipalNotDue);
        }
        if ((has & Has.Carried) != 0) w.Unsigned(row.Carried);
        if ((has & Has.Regular) != 0) w.Unsigned(row.Regular);
        if ((has & Has.NonAccrual) != 0) w.Unsigned((ulong)(row.AsOf - row.NonAccrualSince));
        if ((has & Has.ClassBest) != 0) w.Byte(row.ClassBest);
        if ((has & Has.Dues) == 0) return;
        w.Unsigned((ulong)kept.Dues.Length);
        foreach (ref readonly var due in kept.Dues) WriteDue(ref w, due, row.AsOf, charges);
    }

    private static void WriteDue(ref EventWriter w, in LoanDueRow due, int asOf, bool charges)
    {
        w.Unsigned((ulong)due.Number);
        w.Signed(asOf - due.Due);
        w.Unsigned(due.Fees);
        w.Unsigned(due.Interest);
        w.Unsigned(due.Principal);
        w.Unsigned((ulong)due.DaysLate);
        if (due.DaysLate == 0) return;
        Wide(ref w, due.PrincipalDays);
        Wide(ref w, due.InterestDays);
        w.Unsigned(due.PenaltyPaid);
        w.Unsigned(due.CompoundPaid);
        if (!charges) return;
        w.Unsigned(due.PenaltyCharged);
        w.Unsigned(due.CompoundCharged);
    }

    private static LoanPart ReadOne(ref EventReader r)
    {
        var has = (Has)r.UInt16();
        var deed = r.Byte();
        var charges = (deed & HasCharges) != 0;
        var part = new LoanPart { Deed = (LoanDeed)(deed & ~(HasCharges | IsHeld)), Loan = r.Long(), GivesRare = (has & Has.Rare) != 0 };
        if (part.Deed == LoanDeed.Made || (has & Has.Remade) != 0)
        {
            var (amount, drawdown) = (r.Long(), r.Int());
            part.Origin = new LoanOrigin(amount, LoanDays.Date(drawdown), LoanDays.Date(drawdown - r.Int()), r.Int());
        }
        if ((has & Has.Remade) != 0) part.Remade = LoanOfferCodec.Read(ref r, default);
        if ((has & Has.Paid) != 0) part.Paid = new LoanAllocation(r.Long(), r.Long(), r.Long(), r.Long(), r.Long());
        if ((has & Has.Prepaid) != 0) part.Prepaid = r.Long();
        if ((has & Has.Charged) != 0) part.Charged = r.Signed();
        if ((has & Has.DaysPastDue) != 0) part.DaysPastDue = r.Int();
        if ((has & Has.Bucket) != 0)
        {
            var packed = r.Byte();
            part.Bucket = (byte)(packed & 0x1F);
            part.Class = (byte)(packed >> (ClassShift + 1));
        }
        if ((has & Has.WrittenOff) != 0) part.WrittenOff = r.Signed();
        var asOf = part.Day = r.Int();
        if ((has & Has.Standing) == 0) return part;
        if ((has & Has.Wake) != 0) part.WakeDay = (int)(asOf + r.Signed());
        part.After = ReadStanding(ref r, asOf, has, charges);
        if ((deed & IsHeld) != 0) part.After = part.After with { HeldUntil = r.Int() is var until and not 0 ? LoanDays.Date(until) : Observation.UntilCured };
        if (part.GivesRare) part.After = ReadRare(ref r, part.After);
        return part;
    }

    private static LoanStanding ReadStanding(ref EventReader r, int asOf, Has has, bool charges)
    {
        var number = r.Int();
        var slot = (int)(number + r.Signed());
        var start = (int)(asOf - r.Signed());
        var accrued = (int)(start + r.Signed());
        var (remaining, principal) = (has & Has.ToCome) != 0 ? (r.Int(), r.Long()) : (0, 0L);
        var carried = (has & Has.Carried) != 0 ? r.Long() : 0;
        var regular = (has & Has.Regular) != 0 ? r.Long() : 0;
        var nonAccrual = (has & Has.NonAccrual) != 0 ? LoanDays.Date(asOf - r.Int()) : (DateOnly?)null;
        var best = (has & Has.ClassBest) != 0 ? (Classification)r.Byte() : Classification.Normal;
        var dues = new DueInstalment[(has & Has.Dues) != 0 ? r.Int() : 0];
        for (var i = 0; i < dues.Length; i++) dues[i] = ReadDue(ref r, asOf, charges);
        return new LoanStanding
        {
            AsOf = LoanDays.Date(asOf), NextNumber = number, NextSlot = slot, Remaining = remaining, PeriodStart = LoanDays.Date(start), AccruedTo = LoanDays.Date(accrued),
            PrincipalNotDue = principal, Carried = carried, Regular = regular, NonAccrualSince = nonAccrual, ClassificationBest = best, Dues = [.. dues],
        };
    }

    private static DueInstalment ReadDue(ref EventReader r, int asOf, bool charges)
    {
        var number = r.Int();
        var due = new DueInstalment(number, LoanDays.Date((int)(asOf - r.Signed())), r.Long(), r.Long(), r.Long()) { DaysLate = r.Int() };
        if (due.DaysLate == 0) return due;
        due = due with { PrincipalDays = Wide(ref r), InterestDays = Wide(ref r), PenaltyPaid = r.Long(), CompoundPaid = r.Long() };
        return charges ? due with { PenaltyCharged = r.Long(), CompoundCharged = r.Long() } : due;
    }

    private static void Wide(ref EventWriter w, Int128 value)
    {
        w.Unsigned((ulong)(value >> 60));
        w.Unsigned((ulong)(value & ((1L << 60) - 1)));
    }

    private static Int128 Wide(ref EventReader r)
    {
        var high = (Int128)r.Unsigned();
        return (high << 60) | r.Unsigned();
    }
}
