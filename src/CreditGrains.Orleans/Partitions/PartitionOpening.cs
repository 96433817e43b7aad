using CreditGrains.Engine;
using CreditGrains.Orleans.Journal;
using Npgsql;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Opens a partition: raises its epoch first, so that no earlier activation can append any more, then reads what stands.</summary>
internal static class PartitionOpening
{
    /// <summary>Bytes of a frame's payload, at most: some four thousand approvals are half of it. Each partition has two frames in memory.</summary>
    public const int FrameBytesMax = 512 << 10;

    /// <summary>Opens it.</summary>
    /// <returns>The partition, its epoch and its signposts.</returns>
    public static async Task<(Partition Partition, long Epoch, HomeTable Signposts)> OpenAsync(SiloServices silo, int number, string holder)
    {
        await silo.Openings.WaitAsync();
        try
        {
            var epoch = await RaiseEpochAsync(silo.Database, number, holder);
            var signposts = await silo.Signposts.ReadAsync(number);
            // Reading a snapshot and the journal after it takes a while and blocks: beside the turns.
            var partition = await Task.Run(() => Open(silo, number, epoch));
            return (partition, epoch, signposts);
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

    private static Partition Open(SiloServices silo, int number, long epoch)
    {
        var options = new PartitionOptions
        {
            PartitionId = PartitionMap.JournalIdOf(number),
            FrameBytesMax = FrameBytesMax,
            FirstSequence = PartitionMap.FirstSequenceOf(number),
            SessionGapsAllowed = true,
            RequestIds = silo.Options.RequestIds,
            Warn = text => silo.Options.Warn($"Partition {number}: {text}"),
        };
        return Partition.Open(new PostgresFiles(silo.Database, number, epoch), options, progress: null, (fromSequence, replay) =>
            PostgresJournal.Open(silo.Database, silo.Appender, options.JournalOptions, number, epoch, fromSequence, replay));
    }

    private static async Task<long> RaiseEpochAsync(NpgsqlDataSource database, int number, string holder)
    {
        await using var command = database.CreateCommand(
            "insert into cg_partition as p (partition, epoch, holder) values ($1, 1, $2) on conflict (partition) do update set epoch = p.epoch + 1, holder = excluded.holder, opened_at = now() returning epoch");
        command.Parameters.AddWithValue(number);
        command.Parameters.AddWithValue(holder);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
