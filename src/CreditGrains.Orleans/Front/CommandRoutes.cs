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
internal sealed class CommandRoutes
{
    private const int HopsMax = 4;
    private static readonly ArraySegment<int> First = new([0]);
    private readonly ConcurrentDictionary<int, PartitionLane> lanes = new();
    private readonly IClusterGrains grains;
    private readonly ClusterOptions options;
    private readonly PartitionMap map;
    private readonly Patience patience;
    private readonly TaskScheduler workers;
    private readonly SignpostCalls signposts;
    private readonly KnownPools pools;

    /// <param name="grains">The way to partitions and nodes.</param>
    /// <param name="options">Settings of the silo.</param>
    /// <param name="map">Which partition a key points to.</param>
    /// <param name="patience">For calls that are made again.</param>
    /// <param name="workers">Where lanes run.</param>
    public CommandRoutes(IClusterGrains grains, ClusterOptions options, PartitionMap map, Patience patience, TaskScheduler workers)
    {
        this.workers = workers;
        this.grains = grains;
        this.options = options;
        this.map = map;
        this.patience = patience;
        pools = new KnownPools(grains, patience);
        Routing = new Routing(map, options.SignpostsKeptMax, pools);
        signposts = new SignpostCalls(grains, map, Routing, patience);
    }

    /// <summary>Which way commands go.</summary>
    public Routing Routing { get; }

    /// <summary>Executes one command.</summary>
    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros)
    {
        var single = new Command[] { command };
        if (KnownPools.EnteredBy(command) != default) return new ValueTask<Outcome>(ExecuteOneAsync(single, deadlineMicros));
        var route = RouteOf(command);
        return new ValueTask<Outcome>(route.Kind == RouteKind.Partition ? OnPartitionAsync(single, route.Partition, deadlineMicros) : ExecuteOneAsync(single, deadlineMicros));
    }

    /// <summary>Executes a submission.</summary>
    public async Task ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros)
    {
        var routes = new Route[commands.Length];
        for (var start = 0; start < commands.Length;)
        {
            // Again after each step: it may have defined a pool that a later command names.
            await pools.LearnAsync(commands[start..]);
            var end = Plan(commands, outcomes, routes, start);
            if (end > start) await SendAsync(commands, outcomes, routes, start, end, deadlineMicros);
            else if (routes[start].Kind == RouteKind.Pool)
            {
                end = EndOfPool(commands.Span, start);
                if (commands.Span[start].Kind == CommandKind.TransferToPool) await TransferAsync(commands.Slice(start, 1), outcomes.Slice(start, 1));
                else await OnPoolAsync(commands[start..end], outcomes[start..end]);
            }
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
        var answers = await Task.WhenAll(Enumerable.Range(0, map.Count + 1).Select(p => patience.CallAsync(() => grains.Partition(p).AskAsync(asked))));
        // A command told to several partitions stands in each; the lowest, the register's for nodes, is the one that decided. A tombstone is not what was asked for when the original stands.
        return answers.SelectMany(a => EventWire.Read(a, out _)).OrderBy(e => e.IsTombstone).FirstOrDefault();
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
            routes[i] = RouteOf(commands.Span[i]);
            if (routes[i].Kind == RouteKind.Refused)
                outcomes.Span[i] = new Outcome { Reason = routes[i].Reason, Message = routes[i].Message ?? Engine.Execution.Outcomes.MessageOf(routes[i].Reason) };
            // What is opened in the register may be a parent of what follows, and nodes and broadcasts wait for what is before them.
            else if (routes[i].Kind is RouteKind.Node or RouteKind.Pool or RouteKind.Everywhere or RouteKind.EverywhereInTurn or RouteKind.Reversal) return i;
            else if (i > start && IsRegister(routes[i]) != IsRegister(routes[i - 1]) && routes[i - 1].Kind != RouteKind.Refused) return i;
        }
        return commands.Length;
    }

    private Route RouteOf(in Command command)
    {
        var (reason, message) = CommandValidation.Check(command);
        if (reason == Reason.None && command.Control is { } control && HasForeignParent(control))
            (reason, message) = (Reason.InvalidKey, "a parent must be of the same tenant");
        return reason != Reason.None ? new Route(RouteKind.Refused, 0, reason, message) : Routing.Of(command);
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
        await signposts.PutAsync(commands, routes, start, end);
        // Partition and place in one number: sorted, the commands of a partition lie together and in order.
        var left = new long[end - start];
        var count = 0;
        for (var i = start; i < end; i++)
            if (routes[i].Kind != RouteKind.Refused) left[count++] = At(routes[i].Partition, i);
        for (var hop = 0; count > 0; hop++)
        {
            if (hop == HopsMax) throw SignpostsInCircles();
            Array.Sort(left, 0, count);
            var submission = new Submission(commands, outcomes, PartsOf(left.AsSpan(0, count)), deadlineMicros);
            SendParts(submission, left.AsSpan(0, count));
            await submission.Task;
            count = submission.Elsewhere is { } elsewhere ? TakeElsewhere(commands.Span, elsewhere, left) : 0;
        }
    }

    private static long At(int partition, int place) => ((long)partition << 32) | (uint)place;

    private static int PartsOf(ReadOnlySpan<long> sorted)
    {
        var parts = 1;
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] >> 32 != sorted[i - 1] >> 32) parts++;
        return parts;
    }

    private void SendParts(Submission submission, ReadOnlySpan<long> sorted)
    {
        var places = new int[sorted.Length];
        for (int first = 0, next; first < sorted.Length; first = next)
        {
            var partition = (int)(sorted[first] >> 32);
            for (next = first; next < sorted.Length && (int)(sorted[next] >> 32) == partition; next++) places[next] = (int)(sorted[next] & int.MaxValue);
            Lane(partition).Send(new SubmissionPart(submission, new ArraySegment<int>(places, first, next - first)));
        }
    }

    /// <summary>Remembers where facilities live, and lists their commands again.</summary>
    private int TakeElsewhere(ReadOnlySpan<Command> commands, int[] elsewhere, long[] left)
    {
        var count = 0;
        for (var i = 0; i < elsewhere.Length; i++)
        {
            if (elsewhere[i] == 0) continue;
            Routing.Note(commands[i].Facility, elsewhere[i]);
            left[count++] = At(elsewhere[i], i);
        }
        return count;
    }

    private static EngineFaultException SignpostsInCircles() => new("Signposts of a facility go round in circles; report it, this is a fault of the engine.", null);

    private Task<Outcome> ExecuteAloneAsync(ReadOnlyMemory<Command> command, Route route) => route.Kind switch
    {
        RouteKind.Node => OnNodeAsync(command),
        RouteKind.Everywhere => EverywhereAsync(command),
        RouteKind.EverywhereInTurn => EverywhereInTurnAsync(command),
        RouteKind.Reversal => ReverseAsync(command),
        _ => OnPartitionAsync(command, route.Partition, ICreditEngine.NoDeadline),
    };

    private async Task<Outcome> OnNodeAsync(ReadOnlyMemory<Command> command)
    {
        var node = grains.Node(command.Span[0].Facility);
        var payload = CommandWire.Write(command.Span);
        var outcome = new Outcome[1];
        OutcomeWire.Read(await patience.CallAsync(() => node.ExecuteAsync(payload)), outcome);
        return outcome[0];
    }

    /// <summary>Loans that enter the same pool go to its grain together.</summary>
    private int EndOfPool(ReadOnlySpan<Command> commands, int start)
    {
        var end = start + 1;
        if (commands[start].Kind == CommandKind.TransferToPool) return end;
        while (end < commands.Length && end - start < PoolGate.CommandsMax && commands[end].Facility == commands[start].Facility && RouteOf(commands[end]).Kind == RouteKind.Pool) end++;
        return end;
    }

    private async Task OnPoolAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes)
    {
        var pool = grains.Pool(commands.Span[0].Facility);
        var payload = CommandWire.Write(commands.Span);
        OutcomeWire.Read(await patience.CallAsync(() => pool.PutAsync(payload)), outcomes.Span);
    }

    /// <summary>A facility goes into a pool by the pool's grain, which must know where it lives.</summary>
    private async Task TransferAsync(ReadOnlyMemory<Command> command, Memory<Outcome> outcome)
    {
        var (facility, pool) = (command.Span[0].Facility, grains.Pool(KnownPools.EnteredBy(command.Span[0])));
        var home = Routing.HomeOf(facility);
        var elsewhere = ViewWire.Read<int>(await patience.CallAsync(() => grains.Partition(home).AskAsync(PartitionQuestion.Of(QuestionKind.Home, facility))));
        if (elsewhere != 0) Routing.Note(facility, home = elsewhere);
        var payload = CommandWire.Write(command.Span);
        OutcomeWire.Read(await patience.CallAsync(() => pool.TransferAsync(home, payload)), outcome.Span);
    }

    private async Task<Outcome> OnPartitionAsync(ReadOnlyMemory<Command> command, int partition, long deadlineMicros)
    {
        var outcome = new Outcome[1];
        for (var hop = 0; hop < HopsMax; hop++)
        {
            var submission = new Submission(command, outcome, parts: 1, deadlineMicros);
            Lane(partition).Send(new SubmissionPart(submission, First));
            await submission.Task;
            if (submission.Elsewhere is not [var home]) return outcome[0];
            Routing.Note(command.Span[0].Facility, home);
            partition = home;
        }
        throw SignpostsInCircles();
    }

    /// <summary>The same command in every partition: rates and dates are needed wherever a facility is. The register's answer counts.</summary>
    private async Task<Outcome> EverywhereAsync(ReadOnlyMemory<Command> command)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, map.Count + 1).Select(p => OnPartitionAsync(command, p, ICreditEngine.NoDeadline)));
        return Array.Find(outcomes, o => o.Kind == OutcomeKind.Refused) is { Kind: OutcomeKind.Refused, Reason: not Reason.None } refused ? refused : outcomes[0];
    }

    /// <summary>
    /// Models and policies: the register decides first, so that of two registrations under one name the same one stands everywhere. What it has already the others
    /// may still lack, when an earlier attempt broke off. A partition that could not follow is told of instead of the register's answer.
    /// </summary>
    private async Task<Outcome> EverywhereInTurnAsync(ReadOnlyMemory<Command> command)
    {
        var first = await OnPartitionAsync(command, PartitionMap.Register, ICreditEngine.NoDeadline);
        if (first.Kind != OutcomeKind.Posted && first.Reason != Reason.NoChange) return first;
        var others = await Task.WhenAll(Enumerable.Range(1, map.Count).Select(p => OnPartitionAsync(command, p, ICreditEngine.NoDeadline)));
        return Array.Find(others, o => o.Kind != OutcomeKind.Posted && o.Reason != Reason.NoChange) is { Reason: not Reason.None } behind ? behind : first;
    }

    /// <summary>Undoes what stands; when nothing does, every partition bars the id, so that it cannot come late to any.</summary>
    private async Task<Outcome> ReverseAsync(ReadOnlyMemory<Command> command)
    {
        var (tenant, original) = (command.Span[0].Facility.Tenant, command.Span[0].Original);
        if (await FindDecisionAsync(tenant, original) is { IsTombstone: false } found) return await OnPartitionAsync(command, PartitionMap.OfSequence(found.Sequence), ICreditEngine.NoDeadline);
        var outcomes = await Task.WhenAll(Enumerable.Range(1, map.Count).Select(p => OnPartitionAsync(command, p, ICreditEngine.NoDeadline)));
        // One that found the original after all has balances; the others left tombstones.
        return Array.Find(outcomes, o => o.Balances != default) is { Sequence: not 0 } undone ? undone : outcomes[0];
    }

    private PartitionLane Lane(int partition) => lanes.GetOrAdd(partition, p =>
        new PartitionLane(grains.Partition(p), options.Clock, options.Patience, options.QueuedCommandsMax, workers));
}
