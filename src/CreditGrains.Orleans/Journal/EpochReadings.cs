using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// Whether epochs are in force, asked for all partitions of a silo together: partitions without appends ask every few seconds, and the register for each question whose answer is acted upon,
/// so in the first minutes of a large book for each shared node.
/// </summary>
internal sealed class EpochReadings(NpgsqlDataSource database) : IAsyncDisposable
{
    private const int GroupMax = 1_024;

    // As long as callers wait: what hangs is broken off, and the next group has another connection.
    private const int ReadSecondsMax = 5;

    private const string ReadSql = "select partition, epoch from cg_partition where partition = any ($1)";

    private readonly GroupedCalls<Asked> readings = new(group => ReadAsync(database, group), GroupMax);

    /// <summary>Whether no later opening raised the epoch when it was looked up, after this call.</summary>
    public async Task<bool> IsInForceAsync(int partition, long epoch)
    {
        var asked = new Asked(partition, epoch);
        await readings.DoAsync(asked);
        return asked.IsInForce;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => readings.DisposeAsync();

    private static async Task ReadAsync(NpgsqlDataSource database, List<Asked> group)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.CommandTimeout = ReadSecondsMax;
        command.Parameters.Add(new NpgsqlParameter { Value = group.Select(asked => asked.Partition).Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        var epochs = new Dictionary<int, long>();
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) epochs.Add(reader.GetInt32(0), reader.GetInt64(1));
        foreach (var asked in group) asked.IsInForce = epochs.TryGetValue(asked.Partition, out var epoch) && epoch == asked.Epoch;
    }

    private sealed class Asked(int partition, long epoch) : GroupedCall(rows: 1)
    {
        public int Partition { get; } = partition;

        public long Epoch { get; } = epoch;

        public bool IsInForce { get; set; }
    }
}
