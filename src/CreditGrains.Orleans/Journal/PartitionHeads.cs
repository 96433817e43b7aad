using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Partitions;
using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>What the journal of a partition is after an event.</summary>
/// <param name="Journal">Identity of the journal.</param>
/// <param name="Sequence">The event.</param>
/// <param name="Chain">The chain's hash after it, 48 hex digits.</param>
public readonly record struct PartitionHead(Guid Journal, long Sequence, string Chain);

/// <summary>The newest rows of the journals of all partitions, as the database has them, wherever they are open: so what a silo wrote that was killed is signed by the others. Any thread.</summary>
/// <param name="database">Belongs to the caller and must outlive this.</param>
/// <param name="partitions">Partitions of borrowers.</param>
public sealed class PartitionHeads(NpgsqlDataSource database, int partitions)
{
    private const string Sql = """
        select asked.partition, newest.sequence, newest.header from generate_series(0, $1) as asked (partition)
        cross join lateral (select sequence, substring(frame from 1 for 64) as header from cg_journal j where j.partition = asked.partition order by sequence desc limit 1) as newest
        order by asked.partition
        """;

    /// <summary>Their heads, the register's first; partitions without events are left out. Blocks.</summary>
    /// <exception cref="IOException">The database does not answer, or a row is damaged.</exception>
    public IReadOnlyList<PartitionHead> Read()
    {
        try
        {
            using var command = database.CreateCommand(Sql);
            command.Parameters.AddWithValue(partitions);
            using var reader = command.ExecuteReader();
            var heads = new List<PartitionHead>();
            while (reader.Read()) heads.Add(HeadOf(reader.GetInt32(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
            return heads;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or JournalException)
        {
            throw new IOException($"The newest rows of the journal cannot be read: {e.Message}", e);
        }
    }

    private static PartitionHead HeadOf(int partition, long sequence, byte[] header)
    {
        if (header.Length < FrameLayout.HeaderBytes || !FrameHeader.IsIntact(header)) throw StoredFrame.Damaged(partition, sequence, "its header is not what was written");
        var read = FrameHeader.Read(header);
        return new PartitionHead(PartitionMap.JournalIdOf(partition), read.NextSequence - 1, read.Chain.ToString());
    }
}
