using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// A node's book with its storage: commands that wait are decided together, the state after them is stored once, under the ETag it was read with, and only then
/// are messages sent and callers answered. When storing fails nothing of it is told and the grain starts again.
/// </summary>
internal sealed class NodeLedger(IPersistentState<NodeState> storage, LeaseBook rules, Action<LeaseDecision, PartitionId?> send, Action<Exception> lost)
{
    /// <summary>Name of the grain storage.</summary>
    public const string StorageName = "nodes";

    private readonly Queue<Work> queue = new();
    private LeaseBookState? book;
    private bool isRunning;
    private Exception? fault;

    /// <summary>Whether a partition ever reported.</summary>
    public bool IsOpen => book is not null;

    /// <summary>The book as stored.</summary>
    public LeaseBookState Book => book ?? throw new InvalidOperationException("No partition has reported.");

    /// <summary>Partitions with a row of the node that an earlier version noted here.</summary>
    public IReadOnlyList<int> MirrorsBefore => storage.State.Mirrors;

    /// <summary>The control command on its way to the partitions; empty when none is.</summary>
    public ReadOnlyMemory<byte> Spreading => storage.State.Spreading;

    /// <summary>Sequence of the last control command that was told to its end; 0 for none.</summary>
    public long Told => storage.State.Told;

    /// <summary>Parts of velocity limits that partitions have, as stored.</summary>
    public IReadOnlyList<VelocityPart> Velocities { get; private set; } = [];

    /// <summary>Whether recalls or demands wait.</summary>
    public bool IsWaiting => book is { } open && (open.Queue.Count > 0 || open.IsCutting || open.Entries.Values.Any(e => e.IsRecalled));

    /// <summary>Takes up what storage holds.</summary>
    public async Task LoadAsync(NodeKey node)
    {
        Node = node;
        // A state that came along with a grain, and not from storage.
        if (storage.State.IsBookLetGo) await storage.ReadStateAsync();
        if (storage.State.Book is { Length: > 0 } bytes) book = LeaseBookCodec.Read(bytes);
        if (storage.State.Velocities is { Length: > 0 } parts) Velocities = ViewWire.Read<List<VelocityPart>>(new Payload(parts))!;
        LetBookGo();
    }

    /// <summary>The node.</summary>
    public NodeKey Node { get; private set; }

    /// <summary>Opens the book with the node's limit, unless it is open; stored with the first report.</summary>
    public Task OpenAsync(long limit) => Enqueue(new Work { Limit = limit, IsOpening = true });

    /// <summary>Notes a control command that goes to the partitions; durable when it completes.</summary>
    public Task SpreadAsync(byte[] command) => Enqueue(new Work { Spreading = command, Told = Told });

    /// <summary>Notes that the command has gone to the partitions, or need not; durable when it completes.</summary>
    /// <param name="sequence">The register's event; 0 when there is none that they had to be told.</param>
    public Task ToldAsync(long sequence) => Enqueue(new Work { Spreading = [], Told = Math.Max(Told, sequence) });

    /// <summary>Sets the parts of velocity limits; durable when it completes.</summary>
    public async Task VelocitiesAsync(IReadOnlyList<VelocityPart> parts)
    {
        await Enqueue(new Work { Velocities = ViewWire.Write(parts).Bytes });
        Velocities = parts;
    }

    /// <summary>Takes a report.</summary>
    public Task<LeaseReply?> ReceiveAsync(LeaseReport report) => Enqueue(new Work { Command = new LeaseCommand.Receive(report), Reporter = report.Partition });

    /// <summary>Changes the limit when it is another.</summary>
    /// <returns>Whether grants must return first.</returns>
    public async Task<bool> SetLimitAsync(long limit)
    {
        if (Book.Target != limit) await Enqueue(new Work { Limit = limit, IsLimit = true });
        return Book.IsCutting;
    }

    /// <summary>Sends recalls again.</summary>
    public Task RemindAsync() => Enqueue(new Work { Command = new LeaseCommand.Remind() });

    private Task<LeaseReply?> Enqueue(Work work)
    {
        if (fault is not null) return Task.FromException<LeaseReply?>(fault);
        queue.Enqueue(work);
        if (!isRunning)
        {
            isRunning = true;
            _ = RunAsync();
        }
        return work.Done.Task;
    }

    private async Task RunAsync()
    {
        List<Work> group = [];
        try
        {
            await Task.Yield();
            while (queue.Count > 0)
            {
                group = [.. queue];
                queue.Clear();
                await RunGroupAsync(group);
            }
        }
        catch (Exception failure)
        {
            fault = failure;
            foreach (var work in group.Concat(queue)) work.Done.TrySetException(failure);
            queue.Clear();
            lost(failure);
        }
        finally
        {
            isRunning = false;
        }
    }

    private async Task RunGroupAsync(List<Work> group)
    {
        var next = book;
        var (spreading, velocities, told) = (storage.State.Spreading, storage.State.Velocities, storage.State.Told);
        var isChanged = false;
        foreach (var work in group)
        {
            if (work.Spreading is not null)
            {
                (spreading, told) = (work.Spreading, work.Told);
                isChanged = true;
                continue;
            }
            if (work.Velocities is not null)
            {
                velocities = work.Velocities;
                isChanged = true;
                continue;
            }
            if (work.IsOpening) next ??= LeaseBookState.Open(Node, work.Limit);
            if (next is null) continue;
            if (work.IsLimit) work.Command = next.Target == work.Limit ? null : new LeaseCommand.SetLimit(next.LimitOrder + 1, work.Limit);
            if (work.Command is null) continue;
            work.Decision = rules.Decide(next, work.Command);
            if (work.Decision.Rejection is LeaseRejection.HeldAboveGrant or LeaseRejection.RecallNotMade)
                throw new InvalidOperationException($"{Node}: partition {work.Reporter} claims what it was not given ({work.Decision.Rejection}). Its journal or this book is damaged; restore the database from a backup or a standby.");
            next = work.Decision.State;
            isChanged |= work.Decision.Events.Count > 0;
        }
        if (isChanged)
        {
            storage.State = new NodeState { Book = next is null ? [] : LeaseBookCodec.Write(next), Mirrors = storage.State.Mirrors, Spreading = spreading, Velocities = velocities, Told = told };
            await storage.WriteStateAsync();
            LetBookGo();
        }
        book = next;
        foreach (var work in group)
        {
            if (work.Decision is not { } decision)
            {
                work.Done.TrySetResult(null);
                continue;
            }
            send(decision, work.Reporter);
            work.Done.TrySetResult(decision.Replies.FirstOrDefault(r => r.Partition == work.Reporter));
        }
    }

    /// <summary>The bytes of the book are as large as the book and change with each lease: kept until the next, those of all nodes would be most of what collections copy.</summary>
    private void LetBookGo()
    {
        if (storage.State.Book.Length > 0) storage.State = storage.State.WithoutBook();
    }

    private sealed class Work
    {
        public bool IsOpening { get; init; }

        public byte[]? Spreading { get; init; }

        public long Told { get; init; }

        public byte[]? Velocities { get; init; }

        public long Limit { get; init; }

        public bool IsLimit { get; init; }

        public LeaseCommand? Command { get; set; }

        public PartitionId? Reporter { get; init; }

        public LeaseDecision? Decision { get; set; }

        public TaskCompletionSource<LeaseReply?> Done { get; } = new();
    }
}
