using System.Collections.Concurrent;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>Sends commands their way and collects the outcomes. Commands of one submission to one partition keep their order; a command to a node or to all partitions waits for those before it.</summary>
internal sealed class CommandRoutes(IGrainFactory grains, ClusterOptions options, PartitionMap map)
{
    private const int HopsMax = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<int, PartitionLane> lanes = new();

    /// <summary>Which way commands go.</summary>
    public Routing Routing { get; } = new(map, options.SignpostsKeptMax);

    /// <summary>Executes one command.</summary>
    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros)
    {
        var single = new Command[] { command };
        return new ValueTask<Outcome>(ExecuteOneAsync(single, deadlineMicros));
    }

    /// <summary>Executes a submission.</summary>
    public async Task ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros)
    {
        var routes = new Route[commands.Length];
        for (var start = 0; start < commands.Length;)
        {
            var end = Plan(commands, outcomes, routes, start);
            if (end > start) await SendAsync(commands, outcomes, routes, start, end, deadlineMicros);
            else
            {
                var outcome = await ExecuteAloneAsync(commands.Slice(start, 1), routes[start]);
                outcomes.Span[start] = outcome;
                end++;
            }
            start = end;
        }
    }

    /// <summary>The decision of a request id, wherever it is.</summary>
    public async Task<EventRecord?> FindDecisionAsync(ushort tenant, RequestId id)
    {
        var asked = PartitionQuestion.Of(QuestionKind.EventOfRequest, new NodeKey(0, tenant, 0, NodeKind.None), unchecked((long)id.High), unchecked((long)id.Low));
        var answers = await Task.WhenAll(Enumerable.Range(0, map.Count + 1).Select(p => PatientlyAsync(() => grains.GetGrain<IPartitionGrain>(p).AskAsync(asked))));
        // A command told to several partitions stands in each; the lowest, the register's for nodes, is the one that decided. A tombstone is not what was asked for when the original stands.
        return answers.SelectMany(a => EventWire.Read(a, out _)).OrderBy(e => e.IsTombstone).FirstOrDefault();
    }

    /// <summary>Calls again until the patience ends, when what fails may be over soon.</summary>
    /// <exception cref="EngineFaultException">It was not.</exception>
    public async Task<T> PatientlyAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken = default)
    {
        var start = options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (Transient.Is(failure))
            {
                if (options.Clock.GetElapsedTime(start) >= options.Patience)
                    throw new EngineFaultException($"The cluster did not answer for {options.Patience.TotalSeconds:0} s. {failure.Message}", failure);
                await Task.Delay(Pause, options.Clock, cancellationToken);
            }
        }
    }

    private async Task<Outcome> ExecuteOneAsync(Command[] single, long deadlineMicros)
    {
        var outcome = new Outcome[1];
        await ExecuteAsync(single, outcome, deadlineMicros);
        return outcome[0];
    }

    /// <summary>Routes commands from a place on, as far as they go to partitions side by side; refusals are answered here.</summary>
    private int Plan(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, Route[] routes, int start)
    {
        for (var i = start; i < commands.Length; i++)
        {
            ref readonly var command = ref commands.Span[i];
            var (reason, message) = CommandValidation.Check(command);
            if (reason == Reason.None && command.Control is { } control && HasForeignParent(control))
                (reason, message) = (Reason.InvalidKey, "a parent must be of the same tenant");
            routes[i] = reason != Reason.None ? new Route(RouteKind.Refused, 0, reason, message) : Routing.Of(command);
            if (routes[i].Kind == RouteKind.Refused)
                outcomes.Span[i] = new Outcome { Reason = routes[i].Reason, Message = routes[i].Message ?? Engine.Execution.Outcomes.MessageOf(routes[i].Reason) };
            // What is opened in the register may be a parent of what follows, and nodes and broadcasts wait for what is before them.
            else if (routes[i].Kind is RouteKind.Node or RouteKind.Everywhere or RouteKind.Reversal) return i;
            else if (i > start && IsRegister(routes[i]) != IsRegister(routes[i - 1]) && routes[i - 1].Kind != RouteKind.Refused) return i;
        }
        return commands.Length;
    }

    private static bool IsRegister(Route route) => route is { Kind: RouteKind.Partition, Partition: PartitionMap.Register };

    private static bool HasForeignParent(ControlCommand control) => control switch
    {
        OpenNode c => c.Parents.Any(p => p.Parent.Tenant != c.Key.Tenant),
        OpenFacility c => c.Parents.Any(p => p.Parent.Tenant != c.Key.Tenant),
        LinkNode c => c.Parent.Parent.Tenant != c.Key.Tenant,
        UnlinkNode c => c.Parent.Tenant != c.Key.Tenant,
        MoveFacility c => c.From.Tenant != c.Key.Tenant || c.To.Parent.Tenant != c.Key.Tenant,
        TransferToPool c => c.Pool != default && c.Pool.Tenant != c.Key.Tenant,
        _ => false,
    };

    private async Task SendAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, Route[] routes, int start, int end, long deadlineMicros)
    {
        await PutSignpostsAsync(commands, routes, start, end);
        var left = new List<(int Place, int Partition)>(end - start);
        for (var i = start; i < end; i++)
            if (routes[i].Kind != RouteKind.Refused) left.Add((i, routes[i].Partition));
        for (var hop = 0; left.Count > 0; hop++)
        {
            if (hop == HopsMax) throw new EngineFaultException("Signposts of a facility go round in circles; report it, this is a fault of the engine.", null);
            var parts = left.GroupBy(l => l.Partition).Select(g => new Share(g.Key, [.. g.Select(l => l.Place)])).ToArray();
            await Task.WhenAll(parts.Select(p => SendAsync(commands, p, deadlineMicros)));
            left.Clear();
            foreach (var part in parts)
            {
                for (var i = 0; i < part.Places.Length; i++)
                {
                    var place = part.Places[i];
                    outcomes.Span[place] = part.Outcomes[i];
                    if (part.Elsewhere[i] is not (var home and not 0)) continue;
                    Routing.Note(commands.Span[place].Facility, home);
                    left.Add((place, home));
                }
            }
        }
    }

    private Task SendAsync(ReadOnlyMemory<Command> commands, Share share, long deadlineMicros)
    {
        var sent = new Command[share.Places.Length];
        for (var i = 0; i < sent.Length; i++) sent[i] = commands.Span[share.Places[i]];
        return Lane(share.Partition).SendAsync(sent, share.Outcomes, share.Elsewhere, deadlineMicros);
    }

    private async Task PutSignpostsAsync(ReadOnlyMemory<Command> commands, Route[] routes, int start, int end)
    {
        var places = Enumerable.Range(start, end - start).Where(i => routes[i].Kind == RouteKind.Signposted).ToArray();
        if (places.Length == 0) return;
        await Task.WhenAll(places.GroupBy(i => map.PointedBy(commands.Span[i].Facility)).Select(async group =>
        {
            var here = group.ToArray();
            var keys = ViewWire.Write(here.Select(i => commands.Span[i].Facility).ToArray());
            var homes = await PatientlyAsync(() => grains.GetGrain<IPartitionGrain>(group.Key).SignpostAsync(keys, [.. here.Select(i => routes[i].Partition)]));
            for (var i = 0; i < here.Length; i++)
            {
                routes[here[i]] = new Route(RouteKind.Partition, homes[i]);
                Routing.Note(commands.Span[here[i]].Facility, homes[i]);
            }
        }));
    }

    private Task<Outcome> ExecuteAloneAsync(ReadOnlyMemory<Command> command, Route route) => route.Kind switch
    {
        RouteKind.Node => OnNodeAsync(command),
        RouteKind.Everywhere => EverywhereAsync(command),
        RouteKind.Reversal => ReverseAsync(command),
        _ => OnPartitionAsync(command, route.Partition),
    };

    private async Task<Outcome> OnNodeAsync(ReadOnlyMemory<Command> command)
    {
        var node = grains.GetGrain<INodeGrain>(command.Span[0].Facility.ToString());
        var payload = CommandWire.Write(command.Span);
        var outcome = new Outcome[1];
        OutcomeWire.Read(await PatientlyAsync(() => node.ExecuteAsync(payload)), outcome);
        return outcome[0];
    }

    private async Task<Outcome> OnPartitionAsync(ReadOnlyMemory<Command> command, int partition)
    {
        var outcome = new Outcome[1];
        await Lane(partition).SendAsync(command, outcome, new int[1], ICreditEngine.NoDeadline);
        return outcome[0];
    }

    /// <summary>The same command in every partition: rates and dates are needed wherever a facility is. The register's answer counts.</summary>
    private async Task<Outcome> EverywhereAsync(ReadOnlyMemory<Command> command)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, map.Count + 1).Select(p => OnPartitionAsync(command, p)));
        return Array.Find(outcomes, o => o.Kind == OutcomeKind.Refused) is { Kind: OutcomeKind.Refused, Reason: not Reason.None } refused ? refused : outcomes[0];
    }

    /// <summary>Undoes what stands; when nothing does, every partition bars the id, so that it cannot come late to any.</summary>
    private async Task<Outcome> ReverseAsync(ReadOnlyMemory<Command> command)
    {
        var (tenant, original) = (command.Span[0].Facility.Tenant, command.Span[0].Original);
        if (await FindDecisionAsync(tenant, original) is { IsTombstone: false } found) return await OnPartitionAsync(command, PartitionMap.OfSequence(found.Sequence));
        var outcomes = await Task.WhenAll(Enumerable.Range(1, map.Count).Select(p => OnPartitionAsync(command, p)));
        // One that found the original after all has balances; the others left tombstones.
        return Array.Find(outcomes, o => o.Balances != default) is { Sequence: not 0 } undone ? undone : outcomes[0];
    }

    private PartitionLane Lane(int partition) => lanes.GetOrAdd(partition, p =>
        new PartitionLane(grains.GetGrain<IPartitionGrain>(p), options.Clock, options.Patience, options.QueuedCommandsMax));

    private sealed record Share(int Partition, int[] Places)
    {
        public Outcome[] Outcomes { get; } = new Outcome[Places.Length];

        public int[] Elsewhere { get; } = new int[Places.Length];
    }
}
