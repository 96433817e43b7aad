using CreditGrains.Engine;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Standalone;
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
}
