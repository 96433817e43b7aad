using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Cluster.Simulation.Net;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.World;

/// <summary>One process of the cluster: its clock, its workers, its front door, its activations. It may stand still and go on, or be gone for good.</summary>
internal sealed class SimSilo
{
    private readonly Cluster cluster;
    private readonly Dice dice;
    private readonly List<Turns> turns = [];
    private readonly List<Action> onResume = [];

    public SimSilo(Cluster cluster, int number, Dice dice)
    {
        this.cluster = cluster;
        this.dice = dice;
        Number = number;
        Clock = new SimClock(cluster.Time, this, dice.Between(-80_000, 80_000));
        Workers = NewTurns();
        var store = new Store.SiloStore(cluster, this);
        Services = new SiloServices(cluster.OptionsOf(this), store, Workers);
        Grains = new SimGrains(cluster, this);
        FrontTurns = NewTurns();
        Front = new ClusterEngine(Grains, Services.Options, new JournalFeed(store), () => cluster.Directory.OpenOn(this), Workers, () => default);
    }

    /// <summary>Its place among all silos that ever were.</summary>
    public int Number { get; }

    /// <summary>Stands still: its work waits.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Its process has ended.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The others do not count it in any more; it may not know yet.</summary>
    public bool IsDeclaredDead { get; set; }

    public SimClock Clock { get; }

    public Turns Workers { get; }

    public SiloServices Services { get; }

    public SimGrains Grains { get; }

    /// <summary>Where calls of clients begin.</summary>
    public Turns FrontTurns { get; }

    /// <summary>The front door.</summary>
    public ClusterEngine Front { get; }

    /// <summary>Turns of an activation here.</summary>
    public Turns NewTurns()
    {
        var made = new Turns(cluster.Time, this, dice.Fork());
        turns.Add(made);
        return made;
    }

    /// <summary>Stands still from now on.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Goes on.</summary>
    public void Resume()
    {
        if (!IsPaused || IsGone) return;
        IsPaused = false;
        foreach (var each in turns) each.Wake();
        var waiting = onResume.ToArray();
        onResume.Clear();
        foreach (var act in waiting) act();
    }

    /// <summary>Ends without a word.</summary>
    public void Kill() => IsGone = true;

    /// <summary>Runs something when the pause ends.</summary>
    public void WhenResumed(Action act) => onResume.Add(act);
}
