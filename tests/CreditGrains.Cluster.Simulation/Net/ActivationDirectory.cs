using CreditGrains.Cluster.Simulation.Store;
using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.Net;

/// <summary>
/// Who is active where, as a cluster's directory has it: usually one of each, the newest last. At times a second one begins beside the first, and calls go to an old one that does not
/// know yet. Those of a silo declared dead are forgotten, whether it stands still or not.
/// </summary>
internal sealed class ActivationDirectory(Cluster cluster, Dice dice)
{
    private const long TickEvery = 1_000_000, RemindEvery = 2_000_000;
    private readonly Dictionary<Target, List<Activation>> entries = [];
    private readonly List<Activation> all = [];

    public long Activations => all.Count;

    public int Duplicates { get; private set; }

    /// <summary>The activation a call reaches, begun if there is none; null when no silo is up.</summary>
    public Activation? Find(Target target)
    {
        if (!entries.TryGetValue(target, out var known)) entries[target] = known = [];
        known.RemoveAll(a => !a.IsLive);
        var current = known.Where(a => !a.Silo.IsDeclaredDead).ToArray();
        if (current.Length > 0 && cluster.Happens(dice, cluster.Profile.Duplicate))
        {
            Duplicates++;
            cluster.Log($"a second activation of {target} begins");
            current = [];
        }
        if (known.Count > 1 && cluster.Happens(dice, cluster.Profile.ToStale)) return dice.Pick(known);
        if (current.Length > 0) return current[^1];
        var silos = cluster.Members.Where(s => !s.IsGone).ToArray();
        return silos.Length == 0 ? null : Begin(target, known, dice.Pick(silos));
    }

    /// <summary>The newest activation that is open; null for none.</summary>
    public Activation? Newest(Target target) => entries.TryGetValue(target, out var known) ? known.LastOrDefault(a => a.IsLive && a.Host.IsCompletedSuccessfully) : null;

    /// <summary>Partitions that are open on a silo.</summary>
    public IEnumerable<int> OpenOn(SimSilo silo) => all.Where(a => a.IsLive && a.Silo == silo && !a.Target.IsNode).Select(a => a.Target.Partition);

    /// <summary>A silo has ended with all its activations.</summary>
    public void Drop(SimSilo silo)
    {
        foreach (var activation in all)
            if (activation.Silo == silo) Release(activation);
    }

    /// <summary>Gives the memory of all partitions back.</summary>
    public void DisposeAll()
    {
        foreach (var activation in all) Release(activation);
    }

    private static void Release(Activation activation)
    {
        activation.Turns.IsDead = true;
        if (activation is { IsLeaving: false, Host: { IsCompletedSuccessfully: true, Result: PartitionHost host } }) host.Partition.Dispose();
        activation.IsLeaving = true;
    }

    private Activation Begin(Target target, List<Activation> known, SimSilo silo)
    {
        var activation = new Activation(target, silo);
        known.Add(activation);
        all.Add(activation);
        cluster.Log($"{target} begins on silo {silo.Number}");
        activation.Host = target.IsNode ? activation.Turns.Run(() => OpenNodeAsync(activation)) : activation.Turns.Run(() => OpenPartitionAsync(activation));
        // Calls that wait for it fail with it; the next call begins another.
        activation.Host.ContinueWith(opened => activation.IsLeaving |= opened.IsFaulted, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, activation.Turns);
        return activation;
    }

    private async Task<object> OpenPartitionAsync(Activation activation)
    {
        var host = await PartitionHost.OpenAsync(
            activation.Silo.Services, activation.Silo.Grains, activation.Target.Partition, $"silo {activation.Silo.Number}", failure =>
            {
                cluster.Log($"{activation.Target} ends on silo {activation.Silo.Number}: {failure.Message}");
                Leave(activation);
            });
        Every(activation, TickEvery, () =>
        {
            if (host.IsAlive) host.Tick();
            else Leave(activation);
            return Task.CompletedTask;
        });
        Every(activation, RemindEvery, () =>
        {
            host.Remind();
            return Task.CompletedTask;
        });
        return host;
    }

    private async Task<object> OpenNodeAsync(Activation activation)
    {
        var state = new NodeStorage(cluster, activation.Target.Node);
        await state.ReadStateAsync();
        var shell = new NodeShell(this, activation, cluster.Checker);
        var host = new NodeHost(activation.Target.Node, state, activation.Silo.Services, activation.Silo.Grains, shell);
        shell.Host = host;
        await host.OpenAsync();
        return host;
    }

    /// <summary>A timer of a grain: its next turn comes when the one before has ended.</summary>
    public void Every(Activation activation, long micros, Func<Task> act, Func<bool>? isOn = null)
    {
        activation.Silo.Clock.CreateTimer(
            _ =>
            {
                if (!activation.IsLive || isOn?.Invoke() == false) return;
                activation.Turns.Run(async () =>
                {
                    await Task.WhenAny(act());
                    Every(activation, micros, act, isOn);
                });
            },
            null, TimeSpan.FromMicroseconds(micros), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends an activation in its own turn.</summary>
    public void Leave(Activation activation)
    {
        if (activation.IsLeaving) return;
        activation.IsLeaving = true;
        activation.Turns.Run(async () =>
        {
            if (await activation.Host is PartitionHost host) await host.CloseAsync();
        });
    }
}
