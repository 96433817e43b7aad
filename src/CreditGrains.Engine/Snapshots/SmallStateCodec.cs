using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Snapshots;

/// <summary>The bytes of <see cref="SmallState"/>, in key order, so that equal states have equal bytes.</summary>
internal static class SmallStateCodec
{
    /// <summary>All of it, as its digest is taken.</summary>
    public static byte[] Write(SmallState small) => Write(small, withMarks: true);

    /// <summary>What a snapshot copies at its start: all but the marks of sessions (<see cref="SessionMarks"/>).</summary>
    public static byte[] WriteWithoutMarks(SmallState small) => Write(small, withMarks: false);

    private static byte[] Write(SmallState small, bool withMarks)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(small.Rates.Count);
        foreach (var (key, rate) in small.Rates)
        {
            w.Write(key.Tenant);
            w.Write(key.LegalEntity);
            w.Write(key.From);
            w.Write(key.To);
            w.Write(rate.RateNano);
            w.Write(rate.ValidUntilMicros);
        }
        w.Write(small.BusinessDates.Count);
        foreach (var (key, day) in small.BusinessDates)
        {
            w.Write(key.Tenant);
            w.Write(key.LegalEntity);
            w.Write(day);
        }
        w.Write(small.Sessions.Count);
        foreach (var (key, progress) in small.Sessions)
        {
            w.Write(key.Tenant);
            w.Write(key.Session);
            w.Write(progress.Last);
            if (!withMarks) continue;
            w.Write(progress.Marks.Count);
            var usual = 1L;
            foreach (var mark in progress.Marks)
            {
                w.Write(mark.Sequence);
                // Told only where places are missing.
                if (mark.Place != usual) w.Write(mark.Place);
                usual = mark.Place + SessionProgress.Stride;
            }
        }
        w.Write(small.Reversed.Count);
        foreach (var sequence in small.Reversed) w.Write(sequence);
        w.Write(small.SessionTombstones.Count);
        foreach (var (key, sequence) in small.SessionTombstones)
        {
            w.Write(key.Tenant);
            w.Write(key.High);
            w.Write(key.Low);
            w.Write(sequence);
        }
        // Left out while empty, so that books without models have the digests they always had.
        if (!small.Risk.IsEmpty || small.BankDebts.Count > 0) RiskStateCodec.Write(w, small.Risk);
        if (small.BankDebts.Count > 0) WriteDebts(w, small);
        w.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="WriteWithoutMarks"/> wrote into an empty state.</summary>
    public static void Read(ReadOnlyMemory<byte> bytes, SmallState small)
    {
        using var stream = new MemoryStream(bytes.ToArray());
        using var r = new BinaryReader(stream);
        for (var i = r.ReadInt32(); i > 0; i--)
            small.Rates.Add(new FxKey(r.ReadUInt16(), r.ReadUInt16(), r.ReadUInt16(), r.ReadUInt16()), new FxRate(r.ReadInt64(), r.ReadInt64()));
        for (var i = r.ReadInt32(); i > 0; i--) small.BusinessDates.Add((r.ReadUInt16(), r.ReadUInt16()), r.ReadInt32());
        for (var i = r.ReadInt32(); i > 0; i--)
        {
            var key = (r.ReadUInt16(), r.ReadUInt64());
            small.Sessions.Add(key, new SessionProgress { Last = r.ReadInt64() });
        }
        for (var i = r.ReadInt32(); i > 0; i--) small.Reversed.Add(r.ReadInt64());
        for (var i = r.ReadInt32(); i > 0; i--) small.SessionTombstones.Add((r.ReadUInt16(), r.ReadUInt64(), r.ReadUInt64()), r.ReadInt64());
        if (stream.Position < stream.Length) RiskStateCodec.Read(r, small.Risk);
        if (stream.Position == stream.Length) return;
        for (var i = r.ReadInt32(); i > 0; i--) small.BankDebts.Add((r.ReadUInt16(), r.ReadUInt16(), r.ReadInt64()), (r.ReadInt64(), r.ReadInt64()));
    }

    private static void WriteDebts(BinaryWriter w, SmallState small)
    {
        w.Write(small.BankDebts.Count);
        foreach (var (key, debt) in small.BankDebts)
        {
            w.Write(key.Tenant);
            w.Write(key.LegalEntity);
            w.Write(key.Id);
            w.Write(debt.Total);
            w.Write(debt.Over90Days);
        }
    }
}
