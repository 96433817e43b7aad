using CreditGrains.Engine;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Standalone;
using CreditGrains.Simulation.Clients;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Harness;

/// <summary>A consumer of the feed that goes on from its last event, also after a restart: no gap, no duplicate, nothing that is taken back.</summary>
internal sealed class FeedReader
{
    private readonly List<EventRecord> _read = [];
    private int _compared;

    public void Read(Partition partition, Verifier verifier)
    {
        List<EventRecord> frame = [];
        using FrameCursor cursor = partition.Journal.Reader.ReadFrom(_read.Count + 1);
        while (FeedFrames.TryRead(cursor, _read.Count, frame))
        {
            foreach (EventRecord next in frame)
            {
                if (next.Sequence != _read.Count + 1) throw new PromiseBrokenException($"the feed gives event {next.Sequence} after {_read.Count}");
                _read.Add(next);
            }
        }
        RequirePrefix(verifier);
    }

    /// <summary>What was read is the journal.</summary>
    public void RequireAll(Verifier verifier)
    {
        RequirePrefix(verifier);
        if (_read.Count != verifier.Journal.Count) throw new PromiseBrokenException($"the feed ends at {_read.Count}, the journal at {verifier.Journal.Count}");
    }

    private void RequirePrefix(Verifier verifier)
    {
        for (; _compared < Math.Min(_read.Count, verifier.Journal.Count); _compared++)
        {
            if (EventDiff.AreSame(_read[_compared], verifier.Journal[_compared])) continue;
            throw new PromiseBrokenException($"the feed gave {_read[_compared]}, the journal has {verifier.Journal[_compared]}");
        }
    }
}
