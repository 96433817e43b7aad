using System.Globalization;
using CreditGrains.Engine;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Standalone;
using CreditGrains.Engine.Tables;
using CreditGrains.Simulation.Clients;

namespace CreditGrains.Simulation.Harness;

/// <summary>Reads a partition's durable journal from its first event.</summary>
internal static class JournalReading
{
    public static List<EventRecord> All(Partition partition)
    {
        List<EventRecord> all = [];
        List<EventRecord> frame = [];
        using FrameCursor cursor = partition.Journal.Reader.ReadFrom(1);
        while (FeedFrames.TryRead(cursor, all.Count, frame))
        {
            foreach (EventRecord journaled in frame)
            {
                if (journaled.Sequence != all.Count + 1) throw new PromiseBrokenException($"event {journaled.Sequence} follows {all.Count} in the journal");
                all.Add(journaled);
            }
        }
        return all;
    }

    /// <summary>
    /// The state from the journal alone has the digest of the state in memory, which came from a snapshot and the rest of the
    /// journal; and each digest in the journal is that of the state it names.
    /// </summary>
    public static void CheckDigests(Partition partition, PartitionOptions options, List<EventRecord> journal)
    {
        var wanted = journal.Where(journaled => journaled.Digest is not null).ToLookup(journaled => journaled.DigestSequence, journaled => journaled.Digest);
        using var state = new PartitionState();
        var executor = new Executor(state, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax);
        var replay = new FrameReplay(executor);
        using FrameCursor cursor = partition.Journal.Reader.ReadFrom(1);
        while (cursor.TryRead(out Frame frame))
        {
            replay.Apply(frame);
            foreach (string? digest in wanted[executor.LastSequence]) Compare(digest, state, $"journaled for event {executor.LastSequence}");
        }
        Compare(Text(StateDigest.Of(partition.State)), state, $"of the state in memory at event {partition.Executor.LastSequence}");
    }

    private static void Compare(string? digest, PartitionState state, string what)
    {
        string replayed = Text(StateDigest.Of(state));
        if (digest != replayed) throw new PromiseBrokenException($"the digest {what} is {digest}, that of the journal alone {replayed}");
    }

    private static string Text(UInt128 digest) => digest.ToString("x32", CultureInfo.InvariantCulture);
}
