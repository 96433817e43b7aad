using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Orleans.Wire;

/// <summary>A backtest whose part a partition is asked for.</summary>
/// <param name="Run">Names the backtest, in the whole cluster and for ever.</param>
/// <param name="Entity">Tenant and legal entity.</param>
/// <param name="Policy">A registered version.</param>
/// <param name="Model">The model that scores; null takes the scores of then.</param>
/// <param name="FromMicros">Decisions of this writer time and later.</param>
internal sealed record BacktestAsk(string Run, NodeKey Entity, VersionName Policy, VersionName? Model, long FromMicros);

/// <summary>Where a partition's part of a backtest is.</summary>
internal enum BacktestState : byte
{
    /// <summary>The partition knows of none, or gave it up for what may be over soon: it is to be begun, perhaps again.</summary>
    None = 0,

    /// <summary>It waits for its turn, or runs.</summary>
    Running = 1,

    /// <summary>The part is there.</summary>
    Done = 2,

    /// <summary>There will be none.</summary>
    Failed = 3,
}

/// <summary>What a partition says of its part.</summary>
/// <param name="State">Where it is.</param>
/// <param name="ProgressPermille">How far, parts in a thousand.</param>
/// <param name="Fault">Why it failed; empty otherwise.</param>
/// <param name="Part">When done.</param>
internal sealed record BacktestAnswer(BacktestState State, int ProgressPermille = 0, string Fault = "", BacktestPart? Part = null)
{
    /// <summary>There is none.</summary>
    public static readonly BacktestAnswer None = new(BacktestState.None);
}

/// <summary>Backtests as bytes between silos of one version.</summary>
internal static class BacktestWire
{
    /// <summary>Begins a part, unless it has begun.</summary>
    public static Payload Start(BacktestAsk ask) => PoolWire.Write(w =>
    {
        w.Write((byte)RiskAsk.StartBacktest);
        w.Write(ask.Run);
        w.Write(ask.Entity);
        Write(w, ask.Policy);
        w.Write(ask.Model is not null);
        if (ask.Model is not null) Write(w, ask.Model);
        w.Write(ask.FromMicros);
    });

    /// <summary>Reads it, behind its first byte.</summary>
    public static BacktestAsk ReadStart(BinaryReader r) => new(r.ReadString(), r.ReadKey(), ReadName(r), r.ReadBoolean() ? ReadName(r) : null, r.ReadInt64());

    /// <summary>Asks where a part is.</summary>
    public static Payload Poll(string run) => Of(RiskAsk.PollBacktest, run);

    /// <summary>Says that a part is not wanted any more.</summary>
    public static Payload Drop(string run) => Of(RiskAsk.DropBacktest, run);

    /// <summary>Writes an answer.</summary>
    public static Payload Write(BacktestAnswer answer) => PoolWire.Write(w =>
    {
        w.Write((byte)answer.State);
        w.Write(answer.ProgressPermille);
        w.Write(answer.Fault);
        if (answer.State == BacktestState.Done) Write(w, answer.Part!);
    });

    /// <summary>Reads it.</summary>
    public static BacktestAnswer Read(Payload payload)
    {
        using var r = PoolWire.Read(payload);
        var (state, permille, fault) = ((BacktestState)r.ReadByte(), r.ReadInt32(), r.ReadString());
        return new BacktestAnswer(state, permille, fault, state == BacktestState.Done ? ReadPart(r) : null);
    }

    private static Payload Of(RiskAsk ask, string run) => PoolWire.Write(w =>
    {
        w.Write((byte)ask);
        w.Write(run);
    });

    private static void Write(BinaryWriter w, VersionName name)
    {
        w.Write(name.Name);
        w.Write(name.Version);
    }

    private static VersionName ReadName(BinaryReader r) => new(r.ReadString(), r.ReadInt32());

    private static void Write(BinaryWriter w, BacktestPart part)
    {
        var c = part.Counts;
        foreach (var count in (long[])[c.Requests, c.ApprovedThen, c.ApprovedNow, c.SwapsIn, c.SwapsOut, c.AmountThen, c.AmountNow, c.AmountIn, c.AmountOut, c.LeftOut, c.LimitsBelowExposure]) w.Write(count);
        foreach (var group in part.Groups)
            foreach (var count in (long[])[group.Accounts, group.Told, group.Bads]) w.Write(count);
        Write(w, part.ExposureThen);
        Write(w, part.ExposureNow);
        w.Write(part.Observed.Count);
        foreach (var (score, isBad) in part.Observed)
        {
            w.Write(score);
            w.Write(isBad);
        }

        w.Write(part.SwappedIn.Count);
        foreach (var score in part.SwappedIn) w.Write(score);
    }

    private static BacktestPart ReadPart(BinaryReader r)
    {
        var counts = new BacktestCounts
        {
            Requests = r.ReadInt64(), ApprovedThen = r.ReadInt64(), ApprovedNow = r.ReadInt64(), SwapsIn = r.ReadInt64(), SwapsOut = r.ReadInt64(), AmountThen = r.ReadInt64(),
            AmountNow = r.ReadInt64(), AmountIn = r.ReadInt64(), AmountOut = r.ReadInt64(), LeftOut = r.ReadInt64(), LimitsBelowExposure = r.ReadInt64(),
        };
        var groups = new AccountGroup[BacktestPart.GroupCount];
        for (var i = 0; i < groups.Length; i++) groups[i] = new AccountGroup(r.ReadInt64(), r.ReadInt64(), r.ReadInt64());
        var (then, now) = (ReadExposure(r), ReadExposure(r));
        var observed = new (double, bool)[r.ReadInt32()];
        for (var i = 0; i < observed.Length; i++) observed[i] = (r.ReadDouble(), r.ReadBoolean());
        var swappedIn = new double[r.ReadInt32()];
        for (var i = 0; i < swappedIn.Length; i++) swappedIn[i] = r.ReadDouble();
        return new BacktestPart(counts, groups, then, now, observed, swappedIn);
    }

    private static void Write(BinaryWriter w, SortedDictionary<string, long> exposure)
    {
        w.Write(exposure.Count);
        foreach (var (currency, amount) in exposure)
        {
            w.Write(currency);
            w.Write(amount);
        }
    }

    private static SortedDictionary<string, long> ReadExposure(BinaryReader r)
    {
        var exposure = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var count = r.ReadInt32(); count > 0; count--) exposure[r.ReadString()] = r.ReadInt64();
        return exposure;
    }
}
