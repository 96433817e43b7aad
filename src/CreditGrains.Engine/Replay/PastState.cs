using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Replay;

/// <summary>The state at a past writer time, rebuilt beside the live one: newest snapshot before it, then the journal up to it.</summary>
internal static class PastState
{
    /// <summary>A node as it was; null when it did not exist yet.</summary>
    /// <param name="partition">The live partition; only its files and durable frames are read.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="key">The node.</param>
    /// <param name="asOfMicros">Writer time; events up to and including it count.</param>
    /// <param name="cancellationToken">Gives up between frames.</param>
    /// <exception cref="Journal.JournalException">The journal no longer reaches back so far, and no snapshot does.</exception>
    public static NodeView? NodeAsOf(Partition partition, PartitionOptions options, NodeKey key, long asOfMicros, CancellationToken cancellationToken)
    {
        var (state, sequence, recordedAt) = Start(partition, options, asOfMicros);
        using (state)
        {
            var executor = new Executor(state, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax)
            {
                LastSequence = sequence,
                LastRecordedAtMicros = recordedAt,
            };
            var replay = new FrameReplay(executor);
            if (sequence < partition.EventJournal.DurableSequence)
            {
                partition.EventJournal.ReadFrames(sequence + 1, frame =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (frame.Header.RecordedAt > asOfMicros) return false;
                    replay.Apply(frame);
                    return true;
                });
            }
            executor.LastRecordedAtMicros = asOfMicros;
            return new StateReader(state, executor).Node(key);
        }
    }

    private static (PartitionState State, long Sequence, long RecordedAtMicros) Start(Partition partition, PartitionOptions options, long asOfMicros)
    {
        foreach (var entry in SnapshotCatalog.Read(partition.Files))
        {
            if (SnapshotLoader.Load(partition.Files, entry, idOptions: null) is not { } loaded) continue;
            if (loaded.RecordedAtMicros <= asOfMicros) return (loaded.State, loaded.Sequence, loaded.RecordedAtMicros);
            loaded.State.Dispose();
        }
        return (new PartitionState(), options.FirstSequence - 1, 0);
    }
}

/// <summary>For replays that answer no request: ids are not kept.</summary>
internal sealed class NoRequestIds : IRequestIds
{
    public static readonly NoRequestIds Instance = new();

    public void Prefetch(ushort tenant, in Domain.Requests.RequestId id)
    {
    }

    public bool TryFind(ushort tenant, in Domain.Requests.RequestId id, out long sequence, out uint fingerprint, out bool isTombstone)
    {
        (sequence, fingerprint, isTombstone) = (0, 0, false);
        return false;
    }

    public void Add(ushort tenant, in Domain.Requests.RequestId id, long sequence, uint fingerprint, bool isTombstone)
    {
    }
}

/// <summary>For replays, which decide nothing and so look nothing up.</summary>
internal sealed class NoDecisions : IDecisionReader
{
    public static readonly NoDecisions Instance = new();

    public bool TryRead(long sequence, out LedgerEvent e)
    {
        e = default;
        return false;
    }
}
