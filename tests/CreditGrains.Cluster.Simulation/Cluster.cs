using CreditGrains.Cluster.Simulation.Checks;
using CreditGrains.Cluster.Simulation.Net;
using CreditGrains.Cluster.Simulation.Store;
using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation;

/// <summary>Silos over one database: who is in, who stands still, who was declared dead, and what goes wrong between them.</summary>
internal sealed class Cluster : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(15);
    private const long DeclaredDeadAfter = 13_000_000, NoticedAfter = 2_000_000, BackAfter = 4_000_000;
    private readonly Dice dice;
    private readonly SimulationOptions options;

    public Cluster(ulong seed, SimulationOptions options)
    {
        this.options = options;
        dice = new Dice(seed);
        Profile = new Profile(dice.Fork());
        PartitionCount = 2 + dice.Below(3);
        Checker = new Checker(this);
        Database = new SimDatabase(this, dice.Fork());
        Network = new Network(this, dice.Fork());
        Directory = new ActivationDirectory(this, dice.Fork());
        for (var i = 0; i < options.Silos; i++) Join();
    }

    public Timeline Time { get; } = new();

    public Profile Profile { get; }

    public int PartitionCount { get; }

    public SimulationOptions Options => options;

    /// <summary>Whether things go wrong still.</summary>
    public bool IsTroubled { get; private set; } = true;

    public Checker Checker { get; }

    public SimDatabase Database { get; }

    public Network Network { get; }

    public ActivationDirectory Directory { get; }

    /// <summary>Every silo that ever was.</summary>
    public List<SimSilo> Silos { get; } = [];

    /// <summary>Silos counted in by the others.</summary>
    public IReadOnlyList<SimSilo> Members => [.. Silos.Where(s => !s.IsDeclaredDead)];

    public int Crashes { get; private set; }

    public int Pauses { get; private set; }

    public int StaleResumed { get; private set; }

    /// <summary>A silo's settings.</summary>
    public ClusterOptions OptionsOf(SimSilo silo) => new()
    {
        Database = "simulated", Partitions = PartitionCount, Clock = silo.Clock, CallTimeout = CallTimeout, Patience = Patience, JournalConnections = 2,
        SnapshotEveryBytes = Profile.SnapshotEvery, RequestIdsInMemoryMax = 4_096, SignpostsKeptMax = 64, Warn = text => Log($"silo {silo.Number}: {text}"),
    };

    public void Log(string text) => options.Log?.Invoke($"{Time.Now / 1e6,10:0.000000} {text}");

    /// <summary>Chance of a trouble, of a thousand; none once trouble has ended.</summary>
    public bool Happens(Dice its, int ofThousand) => IsTroubled && ofThousand > 0 && its.Below(1_000) < ofThousand;

    /// <summary>Lets silos crash and stand still.</summary>
    public void BeginTrouble()
    {
        if (Profile.PauseEvery > 0) Later(Profile.PauseEvery, PauseOne);
        if (Profile.CrashEvery > 0) Later(Profile.CrashEvery, CrashOne);
    }

    /// <summary>Nothing goes wrong from now on; who stands still goes on.</summary>
    public void EndTrouble()
    {
        IsTroubled = false;
        foreach (var silo in Silos.ToArray()) Wake(silo);
    }

    public void Dispose()
    {
        foreach (var silo in Silos) silo.Kill();
        Directory.DisposeAll();
    }

    private void Join()
    {
        var silo = new SimSilo(this, Silos.Count, dice.Fork());
        Silos.Add(silo);
        Log($"silo {silo.Number} joins");
    }

    private void Later(long mean, Action act)
    {
        Time.After(dice.Between(mean / 4, mean * 7 / 4), () =>
        {
            if (!IsTroubled) return;
            act();
            Later(mean, act);
        });
    }

    private void PauseOne()
    {
        if (Pick() is not { } silo) return;
        Pauses++;
        var length = dice.Percent(50) ? dice.Between(50_000, 4_000_000) : dice.Between(4_000_000, 25_000_000);
        Log($"silo {silo.Number} stands still for {length / 1e6:0.0} s");
        silo.Pause();
        Time.After(DeclaredDeadAfter + dice.Between(0, 2_000_000), () =>
        {
            if (!silo.IsPaused || silo.IsGone) return;
            DeclareDead(silo);
        });
        Time.After(length, () => Wake(silo));
    }

    private void Wake(SimSilo silo)
    {
        if (!silo.IsPaused || silo.IsGone) return;
        Log($"silo {silo.Number} goes on");
        silo.Resume();
        if (!silo.IsDeclaredDead) return;
        StaleResumed++;
        // It learns that it was declared dead, and ends; until then it goes on as if nothing had been.
        Time.After(dice.Between(1_000, 3_000_000), () => End(silo));
    }

    private void CrashOne()
    {
        if (Pick() is not { } silo) return;
        Crashes++;
        Log($"silo {silo.Number} crashes");
        End(silo);
        Time.After(dice.Between(0, NoticedAfter), () => DeclareDead(silo));
    }

    private void End(SimSilo silo)
    {
        if (silo.IsGone) return;
        silo.Kill();
        Directory.Drop(silo);
        Network.Broken(silo);
        Time.After(dice.Between(BackAfter / 8, BackAfter), Join);
    }

    private void DeclareDead(SimSilo silo)
    {
        if (silo.IsDeclaredDead) return;
        silo.IsDeclaredDead = true;
        Log($"silo {silo.Number} is declared dead");
    }

    /// <summary>One that is up, while at least one other is.</summary>
    private SimSilo? Pick()
    {
        var up = Silos.Where(s => s is { IsGone: false, IsPaused: false, IsDeclaredDead: false }).ToArray();
        return up.Length > 1 ? dice.Pick(up) : null;
    }
}
