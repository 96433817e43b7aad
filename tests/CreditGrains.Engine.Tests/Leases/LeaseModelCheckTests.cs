using CreditGrains.Simulation.Leases;
using Xunit.Abstractions;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>
/// Every interleaving of a few small worlds, breadth first: messages in any order, lost, twice; new activations beside stale ones; reclaims; cuts; facts.
/// From every state the faultless rest must answer every request.
/// </summary>
public sealed class LeaseModelCheckTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, LeaseScope> Scopes = new()
    {
        ["two partitions compete, batches flushed whenever"] = new()
        {
            Partitions = 2, Limits = [3],
            Requests = [new(0, (0, 2)), new(1, (0, 2)), new(0, (0, 1)), new(1, (0, 1))], Duplicates = 1,
        },
        ["duplicates and resends"] = new()
        {
            Partitions = 2, Limits = [4], FlushesAtOnce = true, Duplicates = 2, Resends = 1,
            Requests = [new(0, (0, 1)), new(1, (0, 3)), new(0, (0, 1))],
        },
        ["new activation beside a stale one"] = new()
        {
            Partitions = 2, Limits = [3], FlushesAtOnce = true, Reopenings = 1,
            Requests = [new(0, (0, 1)), new(1, (0, 2)), new(0, (0, 1))],
        },
        ["crash with a batch not flushed"] = new()
        {
            Partitions = 2, Limits = [2], Reopenings = 1,
            Requests = [new(0, (0, 1)), new(1, (0, 2))],
        },
        ["reclaim of a holder that goes on"] = new()
        {
            Partitions = 2, Limits = [4], FlushesAtOnce = true, Reclaims = 1, Reopenings = 1,
            Requests = [new(0, (0, 2)), new(1, (0, 3))],
        },
        ["reclaim, then a new activation that asks"] = new()
        {
            Partitions = 2, Limits = [4], FlushesAtOnce = true, Reclaims = 1, Reopenings = 1,
            Requests = [new(0, (0, 2)), new(1, (0, 2)), new(0, (0, 1))],
        },
        ["limit cut and raise"] = new()
        {
            Partitions = 2, Limits = [4], FlushesAtOnce = true, Cuts = [(0, 1), (0, 3)],
            Requests = [new(0, (0, 2)), new(1, (0, 1)), new(1, (0, 1))],
        },
        ["facts above the limit, repaid"] = new()
        {
            Partitions = 2, Limits = [3], Facts = [new(0, 0, 3), new(0, 0, -2)],
            Requests = [new(0, (0, 1)), new(1, (0, 1))],
        },
        ["two nodes, crossing requests"] = new()
        {
            Partitions = 2, Limits = [2, 2], FlushesAtOnce = true,
            Requests = [new(0, (0, 1), (1, 2)), new(1, (0, 2), (1, 1)), new(1, (1, 1))], Duplicates = 1,
        },
        ["three partitions, cut with reclaim"] = new()
        {
            Partitions = 3, Limits = [3], FlushesAtOnce = true, Reclaims = 1, Cuts = [(0, 1)],
            Requests = [new(0, (0, 1)), new(1, (0, 1))],
        },
        ["abandoned on the way"] = new()
        {
            Partitions = 2, Limits = [2, 1], FlushesAtOnce = true, Abandons = 1,
            Requests = [new(0, (0, 1), (1, 1)), new(1, (0, 2)), new(0, (0, 1))],
        },
    };

    /// <summary>Larger worlds, with CREDITGRAINS_LONG=1.</summary>
    private static readonly Dictionary<string, LeaseScope> LongScopes = new()
    {
        ["long: two nodes, crossing requests, new activation beside a stale one"] = new()
        {
            Partitions = 2, Limits = [2, 2], FlushesAtOnce = true, Reopenings = 1, StatesMax = 600_000,
            Requests = [new(0, (0, 1), (1, 2)), new(1, (0, 2), (1, 1)), new(1, (1, 1))],
        },
        ["long: reclaim, cut and fact at once"] = new()
        {
            Partitions = 2, Limits = [3], FlushesAtOnce = true, Reclaims = 1, Cuts = [(0, 1)], Facts = [new(0, 0, 2)], StatesMax = 600_000,
            Requests = [new(0, (0, 1)), new(1, (0, 2))],
        },
        ["long: reclaim and new activation, batches flushed whenever"] = new()
        {
            Partitions = 2, Limits = [4], Reclaims = 1, Reopenings = 1, StatesMax = 600_000,
            Requests = [new(0, (0, 2)), new(1, (0, 3))],
        },
    };

    public static TheoryData<string> Names => [.. Scopes.Keys];

    public static TheoryData<string> LongNames => [.. LongScopes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Protocol_InEveryInterleaving_IsSafeAndAnswers(string name)
    {
        var (states, deepest, isComplete) = Explore(Scopes[name]);
        output.WriteLine($"{name}: {states} states, {deepest} steps deep{(isComplete ? "" : ", cut off")}");
        Assert.True(isComplete, "the scope is too large: lower its counts");
    }

    [Theory]
    [MemberData(nameof(LongNames))]
    public void Protocol_InLargerWorlds_IsSafeAndAnswers(string name)
    {
        if (Environment.GetEnvironmentVariable("CREDITGRAINS_LONG") != "1")
        {
            output.WriteLine("runs with CREDITGRAINS_LONG=1");
            return;
        }
        var (states, deepest, isComplete) = Explore(LongScopes[name]);
        output.WriteLine($"{name}: {states} states, {deepest} steps deep{(isComplete ? "" : ", cut off")}");
        Assert.True(isComplete, "the scope is too large: lower its counts");
    }

    [Theory]
    [InlineData((int)LeaseFault.StaleEpochAccepted, "new activation beside a stale one")]
    [InlineData((int)LeaseFault.LeaseCountedTwice, "duplicates and resends")]
    [InlineData((int)LeaseFault.ReclaimBeforeFencing, "reclaim of a holder that goes on")]
    [InlineData((int)LeaseFault.GrantSurvivesEpoch, "reclaim of a holder that goes on")]
    [InlineData((int)LeaseFault.ReportBeforeFlush, "crash with a batch not flushed")]
    public void Fault_PlantedInTheHost_IsFound(int fault, string name)
    {
        var found = Assert.Throws<LeaseUnsafeException>(() => Explore(Scopes[name] with { Fault = (LeaseFault)fault }));
        output.WriteLine(found.Message);
    }

    private static (int States, int Deepest, bool IsComplete) Explore(LeaseScope scope)
    {
        HashSet<UInt128> seen = [];
        Queue<LeaseWorld> open = new();
        var deepest = 0;
        var start = new LeaseWorld(scope);
        seen.Add(LeaseWorldKey.Of(start));
        open.Enqueue(start);
        while (open.TryDequeue(out var world))
        {
            deepest = world.Depth;
            try
            {
                LeaseChecks.State(world);
                if (scope.Fault == LeaseFault.None) Drain(world);
                foreach (var next in world.Next())
                {
                    if (!seen.Add(LeaseWorldKey.Of(next))) continue;
                    if (seen.Count > scope.StatesMax) return (seen.Count, deepest, false);
                    open.Enqueue(next);
                }
            }
            catch (LeaseUnsafeException e)
            {
                throw new LeaseUnsafeException($"{e.Message}\n{world.Story()}");
            }
        }
        return (seen.Count, deepest, true);
    }

    private static void Drain(LeaseWorld world)
    {
        var rest = world.Copy();
        rest.Drain();
        LeaseChecks.State(rest);
        LeaseChecks.Drained(rest);
    }
}
