using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Orleans.Wire;

/// <summary>What is asked of a partition about models.</summary>
internal enum RiskAsk : byte
{
    /// <summary>What the models of a legal entity did.</summary>
    Monitors = 1,

    /// <summary>What became of accounts.</summary>
    Outcomes = 2,

    /// <summary>What a model saw for a decision.</summary>
    Inputs = 3,

    /// <summary>Begins a part of a backtest.</summary>
    StartBacktest = 4,

    /// <summary>How far a part of a backtest is, and the part.</summary>
    PollBacktest = 5,

    /// <summary>Gives a part of a backtest up.</summary>
    DropBacktest = 6,

    /// <summary>Which alerts stand and what changed (<see cref="AlertWire"/>).</summary>
    Alerts = 7,

    /// <summary>Parts of figures that are added up over partitions, for alerts.</summary>
    AlertParts = 8,
}

/// <summary>Parts of monitors as bytes between silos of one version.</summary>
internal static class RiskWire
{
    /// <summary>Months over which a bad event is looked for.</summary>
    public const int PerformanceMonths = 1;

    /// <summary>Asks for monitors.</summary>
    public static Payload Monitors(NodeKey entity) => PoolWire.Write(w =>
    {
        w.Write((byte)RiskAsk.Monitors);
        w.Write(entity);
    });

    /// <summary>Tells outcomes.</summary>
    public static Payload Outcomes(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes) => PoolWire.Write(w =>
    {
        w.Write((byte)RiskAsk.Outcomes);
        w.Write(outcomes.Count);
        foreach (var (facility, isBad) in outcomes)
        {
            w.Write(facility);
            w.Write(isBad);
        }
    });

    /// <summary>Asks what a model saw for a decision.</summary>
    public static Payload Inputs(NodeKey entity, long sequence) => PoolWire.Write(w =>
    {
        w.Write((byte)RiskAsk.Inputs);
        w.Write(entity);
        w.Write(sequence);
    });

    /// <summary>Writes a row of inputs; null when there is none.</summary>
    public static Payload WriteInputs(double[]? row) => PoolWire.Write(w =>
    {
        w.Write(row?.Length ?? -1);
        foreach (var input in row ?? []) w.Write(input);
    });

    /// <summary>Reads it.</summary>
    public static double[]? ReadInputs(Payload payload)
    {
        using var r = PoolWire.Read(payload);
        var length = r.ReadInt32();
        if (length < 0) return null;
        var row = new double[length];
        for (var i = 0; i < row.Length; i++) row[i] = r.ReadDouble();
        return row;
    }

    /// <summary>Writes parts, and the day up to which they go.</summary>
    public static Payload Write(DateOnly asOf, IReadOnlyList<MonitorPart> parts) => PoolWire.Write(w =>
    {
        w.Write(asOf.DayNumber);
        w.Write(parts.Count);
        foreach (var part in parts) Write(w, part);
    });

    /// <summary>Reads them.</summary>
    public static (DateOnly AsOf, MonitorPart[] Parts) Read(Payload payload)
    {
        using var r = PoolWire.Read(payload);
        var asOf = DateOnly.FromDayNumber(r.ReadInt32());
        var parts = new MonitorPart[r.ReadInt32()];
        for (var i = 0; i < parts.Length; i++) parts[i] = ReadPart(r);
        return (asOf, parts);
    }

    private static void Write(BinaryWriter w, MonitorPart part)
    {
        w.Write(part.Name.Name);
        w.Write(part.Name.Version);
        w.Write((byte)part.Role);
        foreach (var count in (long[])[part.Decisions, part.NotScored, part.Approved]) w.Write(count);
        w.Write(part.Inputs.Count);
        foreach (var input in part.Inputs) w.Write(input);
        w.Write(part.Scales.Count);
        foreach (var bands in part.Scales)
        {
            w.Write(bands.Uppers.Length);
            foreach (var upper in bands.Uppers) w.Write(upper);
            Write(w, bands.Counts);
        }

        w.Write(part.Months.Count);
        foreach (var month in part.Months)
        {
            w.Write(month.Month);
            w.Write(month.Rows);
            w.Write(month.Counts.Length);
            foreach (var counts in month.Counts) Write(w, counts);
        }

        w.Write(part.Accounts.Count);
        foreach (var account in part.Accounts)
        {
            w.Write(account.Probability);
            w.Write(account.IsApproved);
            w.Write(account.DecidedAt.DayNumber);
            w.Write((sbyte)(account.IsBad switch { true => 1, false => 0, null => -1 }));
        }
    }

    private static MonitorPart ReadPart(BinaryReader r)
    {
        var name = new VersionName(r.ReadString(), r.ReadInt32());
        var role = (VersionRole)r.ReadByte();
        var (decisions, notScored, approved) = (r.ReadInt64(), r.ReadInt64(), r.ReadInt64());
        var inputs = Read(r, r => r.ReadString());
        var scales = Read(r, r => new DecileBands(Read(r, r => r.ReadDouble()), Read(r, r => r.ReadInt64())));
        var months = Read(r, r => new MonitorMonth(r.ReadInt32(), r.ReadInt64(), Read(r, r => Read(r, r => r.ReadInt64()))));
        var accounts = Read(r, r => new ScoredDecision(r.ReadDouble(), r.ReadBoolean(), DateOnly.FromDayNumber(r.ReadInt32()), r.ReadSByte() switch { 1 => true, 0 => false, _ => null }));
        return new MonitorPart(name, role, decisions, notScored, approved, inputs, scales, months, accounts);
    }

    private static void Write(BinaryWriter w, long[] counts)
    {
        w.Write(counts.Length);
        foreach (var count in counts) w.Write(count);
    }

    private static T[] Read<T>(BinaryReader r, Func<BinaryReader, T> one)
    {
        var read = new T[r.ReadInt32()];
        for (var i = 0; i < read.Length; i++) read[i] = one(r);
        return read;
    }
}
