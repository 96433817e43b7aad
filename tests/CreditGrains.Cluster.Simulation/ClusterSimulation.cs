using CreditGrains.Cluster.Simulation.Checks;
using CreditGrains.Cluster.Simulation.Clients;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation;

/// <summary>What a run saw.</summary>
internal sealed record Summary
{
    public required ulong Trace { get; init; }

    public required Dictionary<string, long> Counts { get; init; }
}

/// <summary>
/// One seed, one run: an import, clients, and every trouble over some virtual time, on the shipped partitions, desks, appenders, node books and front doors; then all faults stop and
/// everything must be answered and agree.
/// </summary>
internal sealed class ClusterSimulation : IDisposable
{
    private const long SettleMicros = 15_000_000;
    private readonly SimulationOptions options;
    private readonly Cluster cluster;
    private readonly Outside outside;
    private readonly Book book;
    private readonly Client[] clients;
    private readonly FeedReader feed;
    private readonly List<Task> tasks = [];
    private bool isOver;

    private ClusterSimulation(ulong seed, SimulationOptions options)
    {
        this.options = options;
        var dice = new Dice(seed ^ 0xC1A5_7E12_0000_0000);
        cluster = new Cluster(dice.Next(), options);
        outside = new Outside(cluster, dice.Fork());
        book = new Book(dice.Fork());
        clients = [.. Enumerable.Range(0, 2 + dice.Below(6)).Select(_ => new Client(cluster, outside, book, dice.Fork()))];
        feed = new FeedReader(cluster, outside, dice.Fork());
    }

    /// <summary>Runs a seed.</summary>
    /// <exception cref="SimulationFailedException">A promise was broken; the message says which, and how to run it again.</exception>
    public static Summary Run(ulong seed, SimulationOptions? options = null)
    {
        // Awaits must go on in the turns they began in, not where a runner of tests would have them.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        using var simulation = new ClusterSimulation(seed, options ?? new SimulationOptions());
        try
        {
            return simulation.Run();
        }
        catch (Exception broken)
        {
            throw new SimulationFailedException($"seed {seed}, after {simulation.cluster.Time.Now / 1e6:0.000000} s: {broken.Message} Run it again with CREDITGRAINS_SEED={seed}.", broken);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose() => cluster.Dispose();

    private Summary Run()
    {
        cluster.BeginTrouble();
        Start(WorkAsync);
        tasks.Add(outside.Turns.Run(() => feed.ReadAsync(() => isOver)));
        Until(options.TroubledMicros, () => false);
        cluster.Log("trouble ends");
        cluster.EndTrouble();
        var end = cluster.Time.Now + options.RestMicrosMax;
        Checker.Require(Until(end, () => tasks[0].IsCompleted), $"{outside.Open} submissions were not answered after trouble had ended");
        Until(cluster.Time.Now + SettleMicros, () => false);
        Start(new AtRest(cluster, outside, book).CompareViewsAsync);
        Checker.Require(Until(end, () => tasks[^1].IsCompleted && feed.IsAtEnd), $"the feed has shown {feed.Count} of {cluster.Checker.Shown.Count} events, or views are not answered");
        isOver = true;
        Checker.Require(cluster.Checker.ReportsBeside == 0, $"{cluster.Checker.ReportsBeside} reports of leases were sent while they were on their way");
        new AtRest(cluster, outside, book).CompareMemory();
        return Summarise();
    }

    private async Task WorkAsync()
    {
        await clients[0].ImportAsync();
        await Task.WhenAll(clients.Select(c => c.WorkAsync()));
    }

    private void Start(Func<Task> work) => tasks.Add(outside.Turns.Run(work));

    /// <summary>Lets time pass until something holds.</summary>
    /// <returns>Whether it does.</returns>
    private bool Until(long time, Func<bool> holds)
    {
        while (!holds())
        {
            if (!cluster.Time.Step(time)) return holds();
            foreach (var task in tasks)
                if (task.IsFaulted) throw task.Exception!.InnerException!;
        }
        return true;
    }

    private Summary Summarise() => new()
    {
        Trace = cluster.Time.Trace,
        Counts = new Dictionary<string, long>
        {
            ["approved"] = cluster.Checker.Approved, ["declined by shared nodes"] = cluster.Checker.DeclinedByShared, ["acknowledged"] = cluster.Checker.Acknowledged,
            ["repeats"] = outside.Repeats, ["calls"] = cluster.Network.Calls, ["activations"] = cluster.Directory.Activations, ["second activations"] = cluster.Directory.Duplicates,
            ["crashes"] = cluster.Crashes, ["pauses"] = cluster.Pauses, ["stale silos that went on"] = cluster.StaleResumed, ["fenced appends"] = cluster.Database.Fenced,
            ["unknown fates"] = cluster.Database.UnknownFates, ["node activations that ended"] = cluster.Checker.NodesLeft, ["steps"] = cluster.Time.Steps,
            ["feed events"] = feed.Count, ["approvals in windows of shared nodes"] = cluster.Checker.Velocities.Counted, ["declined by windows of shared nodes"] = cluster.Checker.Velocities.DeclinesHeld,
        },
    };
}
