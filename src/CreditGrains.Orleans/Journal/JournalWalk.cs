using System.Globalization;
using CreditGrains.Engine;
using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Partitions;
using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>What a walk over the journal of a partition found.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Journal">Identity of the journal, as heads name it.</param>
/// <param name="OldestSequence">First event that is kept.</param>
/// <param name="LastSequence">Last event; below the oldest when there is none.</param>
/// <param name="Rows">Rows read.</param>
/// <param name="Problem">What is wrong and what to do; null when nothing is.</param>
public sealed record WalkedPartition(int Partition, Guid Journal, long OldestSequence, long LastSequence, long Rows, string? Problem);

/// <summary>Reads every row of the journals in a database and checks checksums, sequences and chains, changing nothing. Silos may run. Calls block.</summary>
/// <param name="database">Belongs to the caller and must outlive this.</param>
public sealed class JournalWalk(NpgsqlDataSource database)
{
    private readonly PostgresJournalTable table = new(database);

    /// <summary>The partitions of the cluster: the register, and those of borrowers.</summary>
    /// <exception cref="NpgsqlException">It cannot be read, or is no cluster's.</exception>
    public IEnumerable<int> Partitions()
    {
        using var command = database.CreateCommand("select value from cg_setting where name = 'partitions'");
        return command.ExecuteScalar() is string count ? Enumerable.Range(PartitionMap.Register, int.Parse(count, CultureInfo.InvariantCulture) + 1) : [];
    }

    /// <summary>Walks over a partition.</summary>
    /// <param name="partition">Its number.</param>
    /// <param name="visit">Gets the head after each row.</param>
    /// <exception cref="NpgsqlException">It cannot be read.</exception>
    public WalkedPartition Run(int partition, Action<PartitionHead> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var (journal, first) = (PartitionMap.JournalIdOf(partition), PartitionMap.FirstSequenceOf(partition));
        var noted = OldestNoted(partition) ?? first;
        var found = table.OldestSequence(partition);
        var walk = new WalkedPartition(partition, journal, found < 0 ? noted : found, noted - 1, 0, null);
        // A row that retention deletes meanwhile is noted in the transaction that deletes it; what stood before it was asked for is asked for again.
        if (found > noted && found > (OldestNoted(partition) ?? first))
            return walk with { Problem = $"partition {partition}: its journal begins at event {found}, and only those before {noted} were deleted by retention. Restore the database from a backup or a standby." };
        if (found < 0) return noted == first ? walk : walk with { Problem = $"partition {partition}: its journal is empty, and the row at event {noted} was kept. Restore the database from a backup or a standby." };
        var rows = 0L;
        var replay = new JournalReplay(table, new PartitionOptions { PartitionId = journal, FirstSequence = first }.JournalOptions, partition);
        try
        {
            // From behind the first event of the oldest row: its own row is the one to begin with.
            replay.Run(found == first ? first : found + 1, frame =>
            {
                rows++;
                visit(new PartitionHead(journal, frame.Header.NextSequence - 1, frame.Header.Chain.ToString()));
            });
        }
        catch (JournalException damage)
        {
            return walk with { Rows = rows, LastSequence = replay.NextSequence - 1, Problem = damage.Message };
        }

        return walk with { Rows = rows, LastSequence = replay.NextSequence - 1 };
    }

    private long? OldestNoted(int partition)
    {
        using var command = database.CreateCommand("select oldest_kept from cg_journal_deleted where partition = $1");
        command.Parameters.AddWithValue(partition);
        return command.ExecuteScalar() as long?;
    }
}
