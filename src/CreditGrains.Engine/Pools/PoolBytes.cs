using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>Pools as bytes between the processes of a cluster of one version.</summary>
internal static class PoolBytes
{
    /// <summary>A pool; null is no bytes.</summary>
    public static byte[] Write(PoolState? state)
    {
        if (state is null) return [];
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        WriteState(w, state);
        w.Flush();
        return stream.ToArray();
    }

    public static byte[] Write(LivePoolLoans? loans)
    {
        if (loans is null) return [];
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        WriteState(w, loans.State);
        w.Write(loans.Count);
        foreach (var slice in loans.Slices)
            foreach (ref readonly var loan in slice.Span) WriteLoan(w, loan);
        w.Flush();
        return stream.ToArray();
    }

    public static PoolState? ReadState(byte[]? bytes)
    {
        if (bytes is not { Length: > 0 }) return null;
        using var r = new BinaryReader(new MemoryStream(bytes));
        return ReadState(r);
    }

    public static LivePoolLoans? ReadLoans(byte[]? bytes)
    {
        if (bytes is not { Length: > 0 }) return null;
        using var r = new BinaryReader(new MemoryStream(bytes));
        var state = ReadState(r);
        var loans = new LiveLoan[r.ReadInt32()];
        for (var i = 0; i < loans.Length; i++) loans[i] = ReadLoan(r);
        return new LivePoolLoans(state, [loans]);
    }

    private static void WriteState(BinaryWriter w, PoolState state)
    {
        w.Write(state.Key.Id);
        w.Write(state.Key.Tenant);
        w.Write(state.Key.LegalEntity);
        w.Write((byte)state.Key.Kind);
        WritePart(w, state.Terms.Span);
        w.Write(state.TermsHash);
        w.Write(state.Sequence);
        w.Write(state.AsOfMicros);
        WritePart(w, state.Ledger.SaveWhole());
    }

    private static PoolState ReadState(BinaryReader r)
    {
        var key = new NodeKey(r.ReadInt64(), r.ReadUInt16(), r.ReadUInt16(), (NodeKind)r.ReadByte());
        var terms = r.ReadBytes(r.ReadInt32());
        var (hash, sequence, asOf) = (r.ReadString(), r.ReadInt64(), r.ReadInt64());
        return new PoolState(key, terms, hash, PoolLedger.RestoreWhole(PoolFile.ParseKept(terms), r.ReadBytes(r.ReadInt32())), sequence, asOf);
    }

    private static void WriteLoan(BinaryWriter w, in LiveLoan loan)
    {
        w.Write7BitEncodedInt64(loan.Id);
        w.Write7BitEncodedInt64(loan.Principal);
        w.Write7BitEncodedInt(loan.RatePpm);
        w.Write7BitEncodedInt(loan.OriginDay);
        w.Write7BitEncodedInt(loan.DaysPastDue);
        w.Write7BitEncodedInt(loan.RemainingMonths);
        w.Write7BitEncodedInt(loan.LevelMonths);
        w.Write7BitEncodedInt(loan.Industry);
        w.Write7BitEncodedInt(loan.Region);
        w.Write(loan.Bucket);
        w.Write((byte)loan.Plan);
        w.Write(loan.IsDefaulted);
        w.Write(loan.Schedule is not null);
        if (loan.Schedule is null) return;
        var upcoming = loan.Schedule.Upcoming.ToArray();
        w.Write7BitEncodedInt64(loan.Schedule.PrincipalDue);
        w.Write7BitEncodedInt(upcoming.Length);
        foreach (var (due, principal) in upcoming)
        {
            w.Write7BitEncodedInt(due.DayNumber);
            w.Write7BitEncodedInt64(principal);
        }
    }

    private static LiveLoan ReadLoan(BinaryReader r) => new()
    {
        Id = r.Read7BitEncodedInt64(),
        Principal = r.Read7BitEncodedInt64(),
        RatePpm = r.Read7BitEncodedInt(),
        OriginDay = r.Read7BitEncodedInt(),
        DaysPastDue = r.Read7BitEncodedInt(),
        RemainingMonths = (ushort)r.Read7BitEncodedInt(),
        LevelMonths = (ushort)r.Read7BitEncodedInt(),
        Industry = (ushort)r.Read7BitEncodedInt(),
        Region = (ushort)r.Read7BitEncodedInt(),
        Bucket = r.ReadByte(),
        Plan = (LoanPlan)r.ReadByte(),
        IsDefaulted = r.ReadBoolean(),
        Schedule = r.ReadBoolean() ? ReadSchedule(r) : null,
    };

    private static LiveSchedule ReadSchedule(BinaryReader r)
    {
        var due = r.Read7BitEncodedInt64();
        var upcoming = new (DateOnly, long)[r.Read7BitEncodedInt()];
        for (var i = 0; i < upcoming.Length; i++) upcoming[i] = (DateOnly.FromDayNumber(r.Read7BitEncodedInt()), r.Read7BitEncodedInt64());
        return new LiveSchedule(due, upcoming);
    }

    private static void WritePart(BinaryWriter w, ReadOnlySpan<byte> part)
    {
        w.Write(part.Length);
        w.Write(part);
    }
}
