using System.Globalization;
using CreditGrains.Engine;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;
using CreditGrains.Simulation.Clients;

namespace CreditGrains.Simulation.Harness;

/// <summary>
/// A state made from the durable journal alone, never from a snapshot. It goes on from where it stopped: what it has read is
/// durable, and that the journal still begins with it is checked apart, event by event.
/// </summary>
internal sealed class JournalReplay : IDisposable
{
    private readonly PartitionState _state = new();
    private readonly Executor _executor;
    private readonly FrameReplay _replay;

    public JournalReplay(PartitionOptions options)
    {
        _executor = new Executor(_state, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax);
        _replay = new FrameReplay(_executor);
    }

    /// <summary>
    /// The state in memory, which came from a snapshot and the rest of the journal, has the digest of the state from the journal alone; and
    /// each digest in the journal whose state comes by here is that of the state it names. A fresh replay sees all of them.
    /// </summary>
    public void Check(Partition partition, List<EventRecord> journal)
    {
        var wanted = journal.Where(journaled => journaled.Digest is not null).ToLookup(journaled => journaled.DigestSequence, journaled => journaled.Digest);
        using FrameCursor cursor = partition.Journal.Reader.ReadFrom(_executor.LastSequence + 1);
        while (cursor.TryRead(out Frame frame))
        {
            _replay.Apply(frame);
            foreach (string? digest in wanted[_executor.LastSequence]) Compare(digest, $"journaled for event {_executor.LastSequence}");
        }
        Compare(Text(StateDigest.Of(partition.State)), $"of the state in memory at event {partition.Executor.LastSequence}");
    }

    public void Dispose() => _state.Dispose();

    private void Compare(string? digest, string what)
    {
        string replayed = Text(StateDigest.Of(_state));
        if (digest != replayed) throw new PromiseBrokenException($"the digest {what} is {digest}, that of the journal alone {replayed}");
    }

    private static string Text(UInt128 digest) => digest.ToString("x32", CultureInfo.InvariantCulture);
}
