using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Alerts;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// One activation of a partition without its grain: its opening raised the epoch, its loop decides in the turns of whoever hosts it, and its desks hold what must wait.
/// The grain passes calls on to it, and so does the simulator. Members belong to the scheduler on which it was opened.
/// </summary>
#pragma warning disable CA1001 // Its host ends it by CloseAsync.
internal sealed class PartitionHost
#pragma warning restore CA1001
{
    /// <summary>How long a partition without appends goes on before it asks whether it is still the one.</summary>
    private static readonly TimeSpan ConfirmEvery = TimeSpan.FromSeconds(5);

    private readonly SiloServices silo;
    private readonly IClusterGrains grains;
    private readonly int number;
    private readonly long epoch;
    private readonly PartitionLoop loop;
    private readonly PartitionSnapshots snapshots;
    private readonly PartitionRetention retention;
    private readonly Signposts signposts;
    private readonly LeaseDesk? leases;
    private readonly EntryDesk? entries;
    private readonly PartitionAnswers answers;
    private readonly PartitionPools pools;
    private readonly PartitionRisk risk;
    private readonly SharedAlerts? shared;
    private long confirmedSequence;
    private long confirmedAt;
    private bool isConfirming;

    private PartitionHost(SiloServices silo, IClusterGrains grains, int number, OpenedPartition opened, Action<Exception> failed)
    {
        this.silo = silo;
        this.grains = grains;
        this.number = number;
        epoch = opened.Epoch;
        var scheduler = TaskScheduler.Current;
        loop = new PartitionLoop(
            opened.Partition, new PartitionLoopOptions(silo.Options.Clock, PartitionOpening.FrameBytesMax, silo.Options.QueuedCommandsMax, silo.Options.Patience * 2, silo.Workers), failed);
        snapshots = new PartitionSnapshots(opened.Partition, silo.Options.SnapshotEveryBytes, silo.Snapshots,
            wake: () => scheduler.Run(loop.Start),
            durable: () => loop.LookAsync(_ => true),
            text => silo.Options.Warn($"Partition {number}: {text}"), silo.Workers);
        loop.Snapshots = snapshots;
        retention = new PartitionRetention(silo, number, epoch, loop);
        signposts = new Signposts(opened.Signposts, number);
        answers = new PartitionAnswers(number, loop, snapshots, signposts, silo.Options.Clock, silo.Workers, PartitionOpening.OptionsOf(silo, number), silo.Openings);
        pools = new PartitionPools(loop, silo);
        var rules = silo.AlertRules;
        shared = rules is not null && number == PartitionMap.Register ? new SharedAlerts(loop, grains, silo, epoch) : null;
        var alerts = rules is not null && number != PartitionMap.Register ? new PartitionAlerts(rules, silo, epoch, loop.Partition.EventJournal.DurableSequence) : null;
        risk = new PartitionRisk(loop, PartitionOpening.OptionsOf(silo, number), silo, alerts, text => silo.Options.Warn($"Partition {number}: {text}"));
        confirmedAt = silo.Options.Clock.GetTimestamp();
        if (number == PartitionMap.Register) return;
        var own = new OwnCommands(number, epoch);
        // What waits here for nearly as long as its caller does is refused while he still listens.
        var options = new LeaseDeskOptions(number, epoch, silo.Options.CallTimeout.Ticks / 2 / TimeSpan.TicksPerMicrosecond, silo.Options.Clock, ReportAsync, AskVelocityAsync);
        leases = new LeaseDesk(loop, own, options, silo.Options.Warn);
        var mirrors = new MirrorDesk(loop, own, AttachAsync, silo.Options.Warn, silo.Options.Clock);
        entries = new EntryDesk(loop, own, pool => grains.Pool(pool).EnterAsync(number), silo.Options.Warn, silo.Options.Clock);
        answers.Entries = pools.Entries = entries;
        loop.Admission = new PartitionAdmission(loop, signposts, mirrors, entries, leases);
    }

    /// <summary>Opens a partition under a new epoch and starts its loop.</summary>
    /// <param name="silo">What grains share.</param>
    /// <param name="grains">The way to nodes and the register.</param>
    /// <param name="number">The partition.</param>
    /// <param name="holder">Who opens it, for operators.</param>
    /// <param name="failed">Told once when it cannot go on.</param>
    public static async Task<PartitionHost> OpenAsync(SiloServices silo, IClusterGrains grains, int number, string holder, Action<Exception> failed)
    {
        var host = new PartitionHost(silo, grains, number, await PartitionOpening.OpenAsync(silo, number, holder), failed);
        host.loop.Start();
        host.entries?.Resume();
        return host;
    }

    /// <summary>The engine.</summary>
    public Partition Partition => loop.Partition;

    /// <summary>Whether it can go on.</summary>
    public bool IsAlive => loop.IsAlive;

    /// <summary>As of the grain.</summary>
    public Task<Payload> ExecuteAsync(Payload commands) => loop.ExecuteAsync(CommandWire.Read(commands));

    /// <summary>As of the grain.</summary>
    public Task<Payload> AskAsync(PartitionQuestion question) => answers.AnswerAsync(question);

    /// <summary>As of the grain.</summary>
    public Task<Payload> PoolAsync(Payload request) => pools.AnswerAsync(request);

    /// <summary>As of the grain.</summary>
    public Task<Payload> RiskAsync(Payload request) => shared is not null && AlertWire.IsAlerts(request, out var ask) ? Task.FromResult(shared.Answer(ask)) : risk.AnswerAsync(request);

    /// <summary>As of the grain. What is read here is acted upon, so an activation that was taken over and does not know must not answer: it asks for its epoch after reading.</summary>
    public async Task<Payload> TermsAsync(Payload nodes)
    {
        var terms = await answers.NodesAsync(KeyWire.Read(nodes));
        return await IsInForceAsync() ? terms : throw JournalAppender.Fenced(number, epoch);
    }

    /// <summary>As of the grain.</summary>
    public async Task<int[]> SignpostAsync(Payload facilities, int[] homes)
    {
        var keys = KeyWire.Read(facilities);
        var unstored = signposts.Settle(keys, homes, key => loop.Partition.State.FindFacility(key) != 0);
        if (unstored.Count == 0) return homes;
        await silo.Signposts.WriteAsync(number, epoch, SignpostRecords.Write(keys, homes, unstored));
        signposts.NoteStored(keys, homes, unstored);
        return homes;
    }

    /// <summary>As of the grain. The node gives away what is told here, so an activation that was taken over must not answer.</summary>
    public async Task<Payload> GiveBackVelocityAsync(Payload asked)
    {
        var recall = ViewWire.Read<VelocityRecall>(asked)!;
        var part = await loop.LookAsync(_ => leases?.GiveBack(recall));
        if (!await IsInForceAsync()) throw JournalAppender.Fenced(number, epoch);
        return ViewWire.Write(part ?? throw new PartitionUnavailableException("The partition's batch is full; ask again."));
    }

    /// <summary>A node's message arrives.</summary>
    public void Receive(HolderInput input) => leases?.Receive(input);

    /// <summary>Lets the partition do its own work when some is due, and sees to it that it does not go on answering long after another took over; about once a second.</summary>
    public void Tick()
    {
        loop.Tick();
        retention.Tick();
        risk.Tick();
        shared?.Tick();
        // An append tells that the epoch is in force; without one it is asked for.
        if (loop.Partition.EventJournal.DurableSequence is var durable && durable != confirmedSequence) (confirmedSequence, confirmedAt) = (durable, silo.Options.Clock.GetTimestamp());
        else if (!isConfirming && silo.Options.Clock.GetElapsedTime(confirmedAt) >= ConfirmEvery) _ = ConfirmAsync();
    }

    /// <summary>Sends again what nodes have not answered; every other second.</summary>
    public void Remind() => leases?.Remind();

    /// <summary>Decides and flushes what waits, then ends; later calls fail.</summary>
    public Task StopAsync() => loop.StopAsync();

    /// <summary>Ends it and gives its memory back.</summary>
    public async Task CloseAsync()
    {
        await loop.StopAsync();
        snapshots.Abandon();
        await risk.DisposeAsync();
        loop.Partition.Dispose();
    }

    /// <summary>Whether no other activation has taken over; else this one ends.</summary>
    private async Task<bool> IsInForceAsync()
    {
        var isInForce = await silo.Store.IsInForceAsync(number, epoch);
        confirmedAt = silo.Options.Clock.GetTimestamp();
        if (!isInForce) loop.Fail(JournalAppender.Fenced(number, epoch));
        return isInForce;
    }

    private async Task ConfirmAsync()
    {
        isConfirming = true;
        try
        {
            await IsInForceAsync();
        }
        catch (Exception failure)
        {
            // Nobody can take over either while the database is away.
            confirmedAt = silo.Options.Clock.GetTimestamp();
            silo.Options.Warn($"Partition {number}: its epoch could not be asked for; trying again. {failure.Message}");
        }
        isConfirming = false;
    }

    private async Task<LeaseReply?> ReportAsync(LeaseReport report) =>
        LeaseWire.ReadReply(await grains.Node(report.Node).ReportAsync(LeaseWire.Write(report)));

    private async Task<VelocityShare?> AskVelocityAsync(VelocityAsk ask) =>
        ViewWire.Read<VelocityShare>(await grains.Node(ask.Node).VelocityAsync(ViewWire.Write(ask)));

    private async Task<NodeView?[]> AttachAsync(NodeKey[] nodes)
    {
        // Noted first: who changes terms from now on tells this partition.
        await silo.Mirrors.NoteAsync(number, nodes);
        return ViewWire.Read<NodeView?[]>(await grains.Partition(PartitionMap.Register).TermsAsync(KeyWire.Write(nodes)))!;
    }
}
