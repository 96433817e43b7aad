using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Files;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What partitions keep, in PostgreSQL.</summary>
internal sealed class PostgresStore(NpgsqlDataSource database) : IClusterStore, ISignpostTable
{
    /// <inheritdoc/>
    public IJournalTable Journal { get; } = new PostgresJournalTable(database);

    /// <inheritdoc/>
    public INodeMirrors Mirrors { get; } = new NodeMirrors(database);

    /// <inheritdoc/>
    public ISignpostTable Signposts => this;

    /// <inheritdoc/>
    public IFileStore FilesOf(int partition, long epoch) => new PostgresFiles(database, partition, epoch);

    /// <inheritdoc/>
    public async Task PutAsync(int pointed, NodeKey[] facilities, int[] homes)
    {
        await using var command = database.CreateCommand("""
            insert into cg_signpost (tenant, legal_entity, facility, pointed, home)
            select * from unnest($1::int[], $2::int[], $3::bigint[], $4::int[], $5::int[]) on conflict do nothing
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = facilities.Select(k => (int)k.Tenant).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = facilities.Select(k => (int)k.LegalEntity).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = facilities.Select(k => k.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = facilities.Select(_ => pointed).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = homes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async Task<Dictionary<NodeKey, int>> ReadAsync(int pointed)
    {
        await using var command = database.CreateCommand("select tenant, legal_entity, facility, home from cg_signpost where pointed = $1");
        command.Parameters.AddWithValue(pointed);
        await using var reader = await command.ExecuteReaderAsync();
        var homes = new Dictionary<NodeKey, int>();
        while (await reader.ReadAsync())
            homes[NodeKey.Facility((ushort)reader.GetInt32(0), (ushort)reader.GetInt32(1), reader.GetInt64(2))] = reader.GetInt32(3);
        return homes;
    }
}
