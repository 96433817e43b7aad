using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Events;
using System.Security.Cryptography;

namespace CreditGrains.Engine.Pools;

/// <summary>The bytes of commands about pools inside events. Dates are days since 1970-01-01.</summary>
internal static class PoolCodec
{
    public static void Write(ref EventWriter w, PoolCommand command)
    {
        switch (command)
        {
            case DefinePool c:
                Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
                SHA256.HashData(c.Terms.Span, hash);
                w.Bytes(hash);
                w.Unsigned((ulong)c.Terms.Length);
                w.Bytes(c.Terms.Span);
                break;
            case PutLoanInPool c:
                w.Unsigned(c.Loan);
                w.Byte((byte)c.Transfer);
                w.Signed(PoolDates.Of(c.Date));
                WriteState(ref w, c.State);
                break;
            case TakeLoanFromPool c:
                w.Unsigned(c.Loan);
                w.Byte((byte)c.Transfer);
                w.Signed(PoolDates.Of(c.Date));
                break;
            case ReportLoan c:
                w.Unsigned(c.Loan);
                WriteMovement(ref w, c.Movement);
                break;
            default:
                throw new NotSupportedException($"{command.GetType().Name} has no journal form.");
        }
    }

    public static PoolCommand Read(ref EventReader r, CommandKind kind, NodeKey key) => kind switch
    {
        CommandKind.DefinePool => ReadDefine(ref r, key),
        CommandKind.PutLoanInPool => new PutLoanInPool(key, r.Long(), (TransferKind)r.Byte(), ReadDate(ref r), ReadState(ref r)),
        CommandKind.TakeLoanFromPool => new TakeLoanFromPool(key, r.Long(), (TransferKind)r.Byte(), ReadDate(ref r)),
        CommandKind.ReportLoan => new ReportLoan(key, r.Long(), ReadMovement(ref r)),
        _ => throw new InvalidDataException($"{kind} is no command about a pool this version knows."),
    };

    private static DefinePool ReadDefine(ref EventReader r, NodeKey key)
    {
        var hash = r.Bytes(SHA256.HashSizeInBytes);
        var terms = r.Bytes(r.Int()).ToArray();
        return SHA256.HashData(terms).AsSpan().SequenceEqual(hash) ? new DefinePool(key, terms) : throw new InvalidDataException($"The terms of {key} do not have the hash journaled with them.");
    }

    private static void WriteState(ref EventWriter w, in LoanCandidate loan)
    {
        w.UInt16(loan.Currency.Numeric);
        w.Unsigned(loan.Principal);
        w.Unsigned((ulong)loan.RatePpm);
        w.Unsigned((ulong)loan.RemainingMonths);
        w.Unsigned((ulong)loan.DaysPastDue);
        w.Unsigned((ulong)loan.Industry);
        w.Unsigned((ulong)loan.Region);
        w.Unsigned(loan.Obligor);
        w.Signed(PoolDates.Of(loan.Origination));
        w.Byte((byte)loan.Plan);
        w.Unsigned((ulong)loan.LevelMonths);
    }

    private static LoanCandidate ReadState(ref EventReader r) => new()
    {
        Currency = new Currency(r.UInt16()),
        Principal = r.Long(),
        RatePpm = r.Int(),
        RemainingMonths = r.Int(),
        DaysPastDue = r.Int(),
        Industry = r.Int(),
        Region = r.Int(),
        Obligor = r.Long(),
        Origination = ReadDate(ref r),
        Plan = (LoanPlan)r.Byte(),
        LevelMonths = r.Int(),
    };

    private static void WriteMovement(ref EventWriter w, in LoanMovement m)
    {
        w.Signed(PoolDates.Of(m.Date));
        w.Byte((byte)m.Cause);
        w.Unsigned(m.Principal);
        w.Unsigned(m.Scheduled);
        w.Unsigned(m.Prepaid);
        w.Signed(m.Interest);
        w.Signed(m.Recovery);
        w.Unsigned((ulong)m.DaysPastDue);
        w.Unsigned((ulong)m.RemainingMonths);
        w.Unsigned((ulong)m.RatePpm);
    }

    private static LoanMovement ReadMovement(ref EventReader r) => new()
    {
        Date = ReadDate(ref r),
        Cause = (MovementCause)r.Byte(),
        Principal = r.Long(),
        Scheduled = r.Long(),
        Prepaid = r.Long(),
        Interest = r.Signed(),
        Recovery = r.Signed(),
        DaysPastDue = r.Int(),
        RemainingMonths = r.Int(),
        RatePpm = r.Int(),
    };

    private static DateOnly ReadDate(ref EventReader r) => PoolDates.Of(checked((int)r.Signed()));
}
