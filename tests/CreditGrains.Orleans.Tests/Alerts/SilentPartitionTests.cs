using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Orleans.Alerts;
using static CreditGrains.Orleans.Tests.Alerts.WatchedSilos;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>A silo's list when partitions or pools do not answer.</summary>
public sealed class SilentPartitionTests
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private readonly ManualClock clock = new();
    private readonly WatchedPartitions partitions = new();

    [Fact]
    public async Task Partition_ThatDoesNotAnswer_IsSaidAndHoldsUpNoOther()
    {
        partitions.All[2].IsSilent = true;
        var alerts = New();
        partitions.All[1].Put(1, 0.95);
        await clock.PassUntilAsync(() => alerts.Read(0, 10).Count == 1);
        partitions.All[1].Put(2, 0.95);
        await clock.PassUntilAsync(() => alerts.Read(0, 10).Count == 2);
        await clock.PassUntilAsync(() => alerts.Read(0, 10).Fault is "alerts may be missing: partition 2: it has not answered for 5 s");
        // Its call is still on its way.
        await alerts.DisposeAsync().AsTask().WaitAsync(PatienceMax);
    }

    [Fact]
    public async Task Reader_WaitsForThePartitionOfItsEventOnly()
    {
        await using var alerts = New();
        await clock.PassUntilAsync(() => alerts.Read(0, 10).Fault is null);
        var reader = await alerts.FollowAsync(0, isFromNow: true);
        partitions.All[2].IsSilent = true;
        var (here, there) = (partitions.All[1].Put(1, 0.95), partitions.All[2].Put(2, 0.95));
        var changes = reader.BeforeAsync(here, CancellationToken.None).AsTask();
        await clock.PassUntilAsync(() => changes.IsCompleted);
        Assert.Equal(["raised 1"], (await changes).Select(AlertBooks.Text));
        var never = reader.BeforeAsync(there, CancellationToken.None).AsTask();
        await clock.PassUntilAsync(() => never.IsCompleted);
        var failure = await Assert.ThrowsAsync<EngineFaultException>(() => never);
        Assert.Contains("for 60 s: it has not answered for ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_FromNow_IsToldOfOtherRulesOnAQuietPartitionAndNotOfLongAgo()
    {
        // A day before the clock.
        partitions.All[1].Put(1, 0.95);
        await using var alerts = New();
        var early = await alerts.FollowAsync(0, isFromNow: true);
        await clock.PassUntilAsync(() => alerts.Read(0, 10).Count == 1);
        Assert.Empty(early.Meanwhile());
        var reader = await alerts.FollowAsync(0, isFromNow: true);
        partitions.All[1].Use(RulesOf(Rule("other", "utilisation", """{ "kind": "facility" }""", "\"raise\": 0.99")));
        await clock.PassUntilAsync(() => alerts.Read(0, 10).Count == 0);
        Assert.Equal(["cleared 1"], reader.Meanwhile().Select(AlertBooks.Text));
        Assert.Equal(["cleared 1"], early.Meanwhile().Select(AlertBooks.Text));
    }

    [Fact]
    public async Task Pool_ThatCannotBeRead_IsSaidAndHoldsUpNoOther()
    {
        var (broken, isBroken, late) = (Pool(1), true, new TaskCompletionSource());
        var judged = new List<(long Pool, long Sequence)>();
        var pools = new MovedPools(
            async pool =>
            {
                if (pool == broken && isBroken) throw new TimeoutException("It is away.");
                if (pool == Pool(2)) await late.Task;
                return null;
            },
            (pool, _, sequence) => judged.Add((pool.Id, sequence)), clock);
        for (var pool = 1; pool <= 7; pool++) pools.Note(Pool(pool), 10 + pool);
        for (var i = 0; i < 3; i++)
        {
            var pass = pools.ReadAsync(TimeSpan.FromSeconds(1));
            clock.Pass(TimeSpan.FromSeconds(1));
            await pass.WaitAsync(PatienceMax);
        }
        Assert.Equal([3, 4, 5, 6, 7], judged.Select(one => one.Pool).Order());
        Assert.Equal($"{broken}: it cannot be read: It is away.", pools.Fault);
        isBroken = false;
        // It moves once more while it is read: that is read again.
        pools.Note(Pool(2), 30);
        late.SetResult();
        for (var i = 0; i < 2; i++) await pools.ReadAsync(TimeSpan.FromSeconds(1)).WaitAsync(PatienceMax);
        Assert.Null(pools.Fault);
        Assert.Equal([(1, 11), (2, 12), (2, 30)], judged.Where(one => one.Pool <= 2).Order());
        var count = judged.Count;
        await pools.ReadAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(count, judged.Count);
    }

    private static NodeKey Pool(long id) => new(id, 1, 1, NodeKind.Pool);

    private ClusterAlerts New() => new(partitions, 2, () => AlertBooks.Rules, _ => default, clock);
}
