using System.Collections.Concurrent;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Ends the partitions of a silo that stops, before Orleans deactivates them: a request that waits for headroom would keep its activation from ending, and the node's answer, a
/// new call, would never reach it. Their callers are told at once and go to the next silo.
/// </summary>
internal sealed class PartitionHandover : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ConcurrentDictionary<PartitionGrain, (int Number, Func<Task> End)> open = new();

    /// <summary>Numbers of the partitions that are open here.</summary>
    public IEnumerable<int> Numbers => open.Values.Select(p => p.Number);

    /// <summary>A partition is open here.</summary>
    /// <param name="partition">Its grain.</param>
    /// <param name="number">Its number.</param>
    /// <param name="end">Flushes what is decided and lets the others go; any thread.</param>
    public void Add(PartitionGrain partition, int number, Func<Task> end) => open[partition] = (number, end);

    /// <summary>It has ended.</summary>
    public void Remove(PartitionGrain partition) => open.TryRemove(partition, out _);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(PartitionHandover), ServiceLifecycleStage.Active, _ => Task.CompletedTask, token => Task.WhenAll(open.Values.Select(p => p.End())).WaitAsync(token));
}
