using CreditGrains.Cluster.Simulation.Clients;
using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.Checks;

/// <summary>Reads the feed all along, now from one front door and now from another, and goes on each time from the last sequence it saw.</summary>
internal sealed class FeedReader(Cluster cluster, Outside outside, Dice dice)
{
    private readonly HashSet<long> seen = [];
    private readonly Dictionary<int, long> last = [];
    private long cursor;

    /// <summary>Events seen.</summary>
    public int Count => seen.Count;

    /// <summary>Whether everything durable was seen.</summary>
    public bool IsAtEnd => seen.Count == cluster.Checker.Shown.Count;

    /// <summary>Reads until it is told to stop.</summary>
    public async Task ReadAsync(Func<bool> isOver)
    {
        while (!isOver())
        {
            await outside.Pause(dice.Between(10_000, 700_000));
            try
            {
                var length = dice.Between(1_000, 400_000);
                Take(await outside.TryAsync(silo => SomeAsync(silo, cursor, length)));
            }
            catch (Exception failure) when (failure is not SimulationFailedException)
            {
                cluster.Log($"the feed broke off: {failure.Message}");
            }
        }
    }

    private static async Task<List<EventRecord>> SomeAsync(SimSilo silo, long after, long micros)
    {
        using var end = new CancellationTokenSource();
        using var timer = silo.Clock.CreateTimer(_ => end.Cancel(), null, TimeSpan.FromMicroseconds(micros), Timeout.InfiniteTimeSpan);
        var events = new List<EventRecord>();
        try
        {
            await foreach (var e in silo.Front.ReadFeedAsync(after, end.Token)) events.Add(e);
        }
        catch (OperationCanceledException)
        {
            return events;
        }
        return events;
    }

    private void Take(List<EventRecord> events)
    {
        foreach (var e in events)
        {
            var partition = PartitionMap.OfSequence(e.Sequence);
            Checker.Require(cluster.Checker.Shown.Contains(e.Sequence), $"the feed shows {e.Sequence}, which is not durable or a copy");
            Checker.Require(seen.Add(e.Sequence), $"the feed shows {e.Sequence} twice");
            Checker.Require(last.GetValueOrDefault(partition) < e.Sequence, $"the feed shows {e.Sequence} after {last.GetValueOrDefault(partition)}");
            last[partition] = e.Sequence;
            cursor = e.Sequence;
        }
    }
}
