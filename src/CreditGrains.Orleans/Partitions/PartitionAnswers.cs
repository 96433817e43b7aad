using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Replay;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Answers questions about one partition. What is read of the state is durable before it is told; the journal is read beside the turns.</summary>
internal sealed class PartitionAnswers(int partition, PartitionLoop loop, PartitionSnapshots snapshots, Signposts signposts, TimeProvider clock, TaskScheduler workers, PartitionOptions options, SemaphoreSlim rebuilds) : IWriterLook
{
    private readonly long first = PartitionMap.FirstSequenceOf(partition);
    /// <summary>Loans that wait to enter pools; null in the register, which has none.</summary>
    public EntryDesk? Entries { get; set; }

    private readonly StateReader reader = new(loop.Partition.State, loop.Partition.Executor);

    /// <summary>Answers.</summary>
    public Task<Payload> AnswerAsync(PartitionQuestion question) => question.Kind switch
    {
        QuestionKind.Facility => Look(_ => reader.Facility(question.Key)),
        QuestionKind.Node => Look(_ => reader.Node(question.Key)),
        QuestionKind.Nodes => Look(_ => reader.Nodes(question.Tenant, (NodeKind)question.First, question.Key, (int)question.Second)),
        QuestionKind.Event => ReadAsync(() => Task.FromResult(question.First), (sequence, events) => Add(sequence, events)),
        QuestionKind.EventOfRequest => ReadAsync(
            () => loop.LookAsync(p => p.Executor.FindSequence(question.Tenant, new RequestId(unchecked((ulong)question.First), unchecked((ulong)question.Second)))),
            (sequence, events) => Add(sequence, events)),
        QuestionKind.History => ReadAsync(() => LastSequenceOfAsync(question.Key), (sequence, events) => History(question, sequence, events)),
        QuestionKind.EventAsOf => ReadAsync(() => LastSequenceOfAsync(question.Key), (sequence, events) => AsOf(question.First, sequence, events)),
        QuestionKind.Status => Look(p => new PartitionStatus(
            p.Executor.LastSequence, p.Executor.LastRecordedAtMicros, p.State.Facilities.Count, p.State.Nodes.Count, p.State.Items.Count, p.SnapshotSequence,
            p.EventJournal.AppendedBytes, p.IsClockStepPending)),
        QuestionKind.Snapshot => SnapshotAsync(),
        QuestionKind.ConfirmClock => Look(p =>
        {
            p.ConfirmClock(clock.UnixMicros());
            return true;
        }),
        QuestionKind.Referrals => Look(_ => reader.Referrals(question.Key, question.First, (int)question.Second)),
        QuestionKind.Risk => Look(_ => reader.Risk(question.Key)),
        QuestionKind.Content => Look(_ => reader.Content(question.Key, unchecked((ulong)question.First), unchecked((ulong)question.Second))),
        QuestionKind.Pool => PoolAsync(question.Key),
        QuestionKind.Pools => Look(p => PoolReader.List(p, question.Tenant, question.First == 0 ? default : question.Key, (int)question.Second).ToArray()),
        QuestionKind.PoolLoans => PoolLoansAsync(question.Key),
        QuestionKind.NodeAsOf => NodeAsOfAsync(question.Key, question.First),
        QuestionKind.Home => Task.FromResult(ViewWire.Write(signposts.Find(question.Key))),
        _ => throw new ArgumentOutOfRangeException(nameof(question), question.Kind, "no such question"),
    };

    /// <summary>The nodes of some keys, in one look.</summary>
    public Task<Payload> NodesAsync(NodeKey[] keys) => Look(_ => Array.ConvertAll(keys, reader.Node));

    private async Task<Payload> Look<T>(Func<Partition, T> look) => ViewWire.Write(await loop.LookAsync(look));

    private async Task<Payload> PoolAsync(NodeKey key)
    {
        if (Entries is not null) await Entries.SettledAsync(key);
        var state = await loop.LookAsync(p => PoolReader.Read(p, key));
        return new Payload(await Task.Run(() => PoolBytes.Write(state)));
    }

    private async Task<Payload> PoolLoansAsync(NodeKey key)
    {
        if (Entries is not null) await Entries.SettledAsync(key);
        var loans = await PoolReader.CopyAsync(this, key, progress: null, CancellationToken.None);
        return new Payload(await Task.Run(() => PoolBytes.Write(loans)));
    }

    /// <inheritdoc/>
    async ValueTask<T> IWriterLook.RunAsync<T>(Func<Partition, T> look) => await loop.LookAsync(look);

    /// <summary>The state is rebuilt beside the turns; few at once, for each takes as much memory as the partition.</summary>
    private async Task<Payload> NodeAsOfAsync(NodeKey key, long asOfMicros)
    {
        // Durable up to here: no event of this partition comes below it any more.
        var passed = await loop.LookAsync(p => p.Executor.LastRecordedAtMicros);
        await rebuilds.WaitAsync();
        try
        {
            var view = await workers.Run(() => PastState.NodeAsOf(loop.Partition, options, key, asOfMicros, CancellationToken.None));
            return ViewWire.Write(view is null ? null : view with { IsExact = asOfMicros < passed });
        }
        finally
        {
            rebuilds.Release();
        }
    }

    private async Task<Payload> SnapshotAsync()
    {
        var taken = snapshots.RequestAsync();
        loop.Start();
        return ViewWire.Write(await taken);
    }

    private Task<long> LastSequenceOfAsync(NodeKey key) => loop.LookAsync(p =>
        p.State.FindFacility(key) is var row and not 0 ? p.State.Facilities.Read(row).LastSequence : 0L);

    private async Task<Payload> ReadAsync(Func<Task<long>> start, Func<long, List<LedgerEvent>, long> read)
    {
        var sequence = await start();
        return await workers.Run(() =>
        {
            var events = new List<LedgerEvent>();
            var next = read(sequence, events);
            // Pages end where what is kept does; whoever goes on is told.
            return events.Count == 0 && IsDeleted(next) ? EventWire.NotKept(loop.Partition.EventJournal.OldestSequence) : EventWire.Write(events, next);
        });
    }

    private long Add(long sequence, List<LedgerEvent> events)
    {
        if (sequence > 0 && loop.Partition.TryReadDurable(sequence, out var e)) events.Add(e);
        return sequence;
    }

    private bool IsDeleted(long sequence) => sequence >= first && sequence < loop.Partition.EventJournal.OldestSequence;

    private long History(PartitionQuestion question, long sequence, List<LedgerEvent> events)
    {
        var before = question.First;
        if (IsDeleted(before)) return before;
        if (before > 0 && before <= sequence && loop.Partition.TryReadDurable(before, out var first) && first.Key == question.Key) sequence = before;
        while (sequence > 0 && events.Count < question.Second && loop.Partition.TryReadDurable(sequence, out var e))
        {
            events.Add(e);
            sequence = e.PreviousSequence;
        }
        return sequence;
    }

    private long AsOf(long asOfMicros, long sequence, List<LedgerEvent> events)
    {
        while (sequence > 0 && loop.Partition.TryReadDurable(sequence, out var e))
        {
            if (e.RecordedAtMicros <= asOfMicros)
            {
                events.Add(e);
                break;
            }
            sequence = e.PreviousSequence;
        }
        return sequence;
    }
}

/// <summary>How one partition is.</summary>
internal sealed record PartitionStatus(
    long LastSequence, long RecordedAtMicros, long FacilityCount, long NodeCount, long OpenItemCount, long SnapshotSequence, long JournalBytes, bool IsClockStepPending);
