using CreditGrains.Cluster.Simulation.Clients;
using CreditGrains.Cluster.Simulation.Net;
using CreditGrains.Cluster.Simulation.Store;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Cluster.Simulation.Checks;

/// <summary>What must hold once trouble has ended and nobody waits: views, books and memory agree with the journal.</summary>
internal sealed class AtRest(Cluster cluster, Outside outside, Book book)
{
    /// <summary>Asks every front door's way for every node and facility, and compares.</summary>
    public async Task CompareViewsAsync()
    {
        foreach (var node in book.Enterprises.Append(book.Portfolio))
        {
            var view = await StillAsync(silo => silo.Front.GetNodeAsync(node).AsTask(), $"{node}");
            Checker.Require(view is not null, $"{node} is not there");
            Checker.Require(view!.Exposure == cluster.Checker.Exposures.Of(node), $"{node} shows {view.Exposure}; its facilities add up to {cluster.Checker.Exposures.Of(node)}");
            await CompareAsOfAsync(node);
            var terms = await AskAsync(silo => silo.Grains.Partition(PartitionMap.Register).AskAsync(PartitionQuestion.Of(QuestionKind.Node, node)));
            var limit = Orleans.Wire.ViewWire.Read<Engine.Queries.NodeView>(terms)!.Limit;
            if (cluster.Database.NodeOf(node) is not { Book.Length: > 0 } stored) continue;
            var state = LeaseBookCodec.Read(stored.Book);
            Checker.Require(state.Target == limit, $"{node}: the register has limit {limit}, its book goes for {state.Target}");
            Checker.Require(!state.IsCutting && state.Limit == limit, $"{node}: limit {limit} is not in force; {state.Limit} is");
            Checker.Require(stored.Spreading.Length == 0, $"{node}: a command is on its way to partitions still");
        }
        foreach (var (facility, _) in book.Facilities)
        {
            var view = await StillAsync(silo => silo.Front.GetFacilityAsync(facility).AsTask(), $"{facility}");
            Checker.Require(view is not null, $"{facility} is not there");
            Checker.Require(view!.Balances == cluster.Checker.Balances.GetValueOrDefault(facility), $"{facility} shows {view.Balances}; the journal has {cluster.Checker.Balances.GetValueOrDefault(facility)}");
        }
    }

    /// <summary>As of a moment long past by every clock: what facilities added up to when rows of that writer time and before had come.</summary>
    private async Task CompareAsOfAsync(NodeKey node)
    {
        var moment = World.SimClock.StartMicros + cluster.Checker.MomentAsked;
        var view = await AskAsync(silo => silo.Front.GetNodeAsOfAsync(node, moment, CancellationToken.None).AsTask());
        var known = cluster.Checker.ExposureAsOf(node, moment);
        Checker.Require(view is null == known is null, $"{node} as of {moment}: {(view is null ? "is not there" : "is there")}, otherwise than by its events");
        if (view is null) return;
        Checker.Require(view.IsExact, $"{node} as of {moment} is not exact");
        Checker.Require(view.Exposure == known, $"{node} as of {moment} shows {view.Exposure}; by their events its facilities add up to {known}");
    }

    /// <summary>The memory of each partition is what its journal alone gives.</summary>
    public void CompareMemory()
    {
        for (var number = 0; number <= cluster.PartitionCount; number++)
        {
            if (cluster.Directory.Newest(Target.Of(number)) is not { Host.Result: PartitionHost host }) continue;
            var live = host.Partition;
            Checker.Require(live.Executor.LastSequence == live.EventJournal.DurableSequence, $"partition {number} has not flushed at rest");
            using var replayed = Replay(number);
            Checker.Require(replayed.Executor.LastSequence == live.Executor.LastSequence, $"partition {number} is at {live.Executor.LastSequence}, its journal ends at {replayed.Executor.LastSequence}");
            Checker.Require(StateDigest.Of(replayed.State) == StateDigest.Of(live.State), $"partition {number}: its journal gives another state than its memory holds");
            var breach = new Conservation(live.State, live.Executor.Exposures, live.Executor.Graph).FindBreach(withPaths: true);
            Checker.Require(breach is null, $"partition {number}: {breach}");
        }
    }

    private Partition Replay(int number)
    {
        var silo = cluster.Silos[^1];
        var options = PartitionOpening.OptionsOf(silo.Services, number);
        // No snapshot: a number that has no files.
        return Partition.Open(new SimFiles(cluster.Database, -1 - number, 0), options, progress: null, (from, visit) =>
            TableJournal.Open(new SiloStore(cluster, silo), silo.Services.Appender, options.JournalOptions, number, epoch: 0, from, visit));
    }

    /// <summary>Asks until nothing became durable from the question to its answer: holds end by time also at rest, and an answer of before such an end is right though the journal has gone on.</summary>
    private async Task<T> StillAsync<T>(Func<World.SimSilo, Task<T>> question, string what)
    {
        for (var tries = 0; ; tries++)
        {
            var before = cluster.Checker.EventsTaken;
            var answer = await AskAsync(question);
            if (cluster.Checker.EventsTaken == before) return answer;
            Checker.Require(tries < 20, $"{what}: events come at rest without end");
            cluster.Log($"{what}: {cluster.Checker.EventsTaken - before} events came while it was read at rest; it is read again");
        }
    }

    private async Task<T> AskAsync<T>(Func<World.SimSilo, Task<T>> question)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await outside.TryAsync(question);
            }
            catch (Exception failure) when (failure is not SimulationFailedException && tries < 8)
            {
                cluster.Log($"a read at rest failed: {failure.Message}");
            }
        }
    }
}
