using CreditGrains.Engine;
using CreditGrains.Orleans.Journal;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Opens a partition: raises its epoch first, so that no earlier activation can append any more, then reads what stands.</summary>
internal static class PartitionOpening
{
    /// <summary>Bytes of a frame's payload, at most: some four thousand approvals are half of it. Each partition has two frames in memory.</summary>
    public const int FrameBytesMax = 512 << 10;

    /// <summary>Opens it.</summary>
    public static async Task<OpenedPartition> OpenAsync(SiloServices silo, int number, string holder)
    {
        await silo.Openings.WaitAsync();
        try
        {
            var epoch = await silo.Store.Journal.RaiseEpochAsync(number, holder);
            var signposts = await silo.Signposts.ReadAsync(number);
            // Reading a snapshot and the journal after it takes a while and blocks: beside the turns.
            var partition = await silo.Workers.Run(() => Open(silo, number, epoch));
            return new OpenedPartition(partition, epoch, signposts);
        }
        catch (Exception failure) when (PartitionUnavailableException.NeedsTranslation(failure))
        {
            throw PartitionUnavailableException.Of(failure);
        }
        finally
        {
            silo.Openings.Release();
        }
    }

    /// <summary>Settings of a partition's engine.</summary>
    public static PartitionOptions OptionsOf(SiloServices silo, int number) => new()
    {
        PartitionId = PartitionMap.JournalIdOf(number),
        FrameBytesMax = FrameBytesMax,
        FirstSequence = PartitionMap.FirstSequenceOf(number),
        SessionGapsAllowed = true,
        PoolParts = silo.Map.Count,
        RequestIds = silo.Options.RequestIds,
        Warn = text => silo.Options.Warn($"Partition {number}: {text}"),
    };

    private static Partition Open(SiloServices silo, int number, long epoch)
    {
        var options = OptionsOf(silo, number);
        return Partition.Open(silo.Store.FilesOf(number, epoch), options, progress: null, (fromSequence, replay) =>
            TableJournal.Open(silo.Store.Journal, silo.Appender, options.JournalOptions, number, epoch, fromSequence, replay));
    }
}

/// <summary>A partition under a new epoch.</summary>
/// <param name="Partition">The engine; the host's to dispose of.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Signposts">Homes of facilities whose numbers point here.</param>
internal sealed record OpenedPartition(Partition Partition, long Epoch, HomeTable Signposts);
