using System.Reflection;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Harness;

/// <summary>Plants the faults that live in a partition's memory. The shipped code knows nothing of them.</summary>
internal static class Faults
{
    /// <summary>After a batch was decided and before it is flushed.</summary>
    public static void AfterDecision(PlantedFault fault, Partition partition, Verifier verifier, Turn turn)
    {
        switch (fault)
        {
            case PlantedFault.ReplyBeforeFlush:
                for (int i = 0; i < turn.Outcomes.Length; i++)
                {
                    if (!turn.Outcomes[i].Duplicate) verifier.Acknowledge(turn.Submissions[i], turn.Outcomes[i]);
                }
                break;
            case PlantedFault.LostTombstone:
                partition.State.Small.SessionTombstones.Clear();
                break;
            case PlantedFault.DiamondCountedTwice:
                foreach (EventRecord opened in turn.Events) CountTwice(partition, verifier, opened);
                break;
            default:
                break;
        }
    }

    /// <summary>After a partition was opened on what another life left.</summary>
    public static void AfterOpening(PlantedFault fault, Partition partition, IFileStore files, PartitionOptions options)
    {
        if (fault != PlantedFault.IdReuseAfterRestart) return;
        FieldInfo field = typeof(Partition).GetFields(BindingFlags.NonPublic | BindingFlags.Instance).Single(each => each.FieldType == typeof(RequestIdIndex));
        long firstMillis = partition.Ids.FirstMillis;
        partition.Ids.Dispose();
        field.SetValue(partition, RequestIdIndex.Create(files, options.RequestIds, firstMillis));
    }

    // Counts a new facility once more in each ancestor that two of its parents share.
    private static void CountTwice(Partition partition, Verifier verifier, EventRecord opened)
    {
        if (opened is not { Outcome: OutcomeKind.Posted, Control: OpenFacility open }) return;
        World world = verifier.Model.World;
        HashSet<NodeKey> seen = [];
        foreach (ParentShare link in open.Parents.Where(link => world.Node(link.Parent) is not null))
        {
            foreach (NodeKey above in Graph.Above(world, [link]))
            {
                if (seen.Add(above)) continue;
                int row = partition.State.FindNode(above);
                partition.Executor.Exposures.Count(row, partition.State.Facilities.Read(partition.State.FindFacility(open.Key)), link.SharePpm);
            }
        }
    }
}
