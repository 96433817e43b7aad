using CreditGrains.Domain.Limits;
using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Nodes;

/// <summary>Which partitions have rows of shared nodes, or are about to open them. Any thread.</summary>
internal interface INodeMirrors
{
    /// <summary>Notes a partition; durable when it completes. Noting twice changes nothing.</summary>
    Task NoteAsync(int partition, NodeKey[] nodes);

    /// <summary>The partitions with a row of a node, or about to open one; ascending.</summary>
    Task<IReadOnlyList<int>> OfAsync(NodeKey node);
}

/// <summary>
/// Which partitions have rows of shared nodes. A partition notes itself, for many nodes in one write, before it asks the register for their terms; whoever changes
/// terms changes them in the register first and reads this list after. So a partition has the new terms or is told of them.
/// </summary>
internal sealed class NodeMirrors(NpgsqlDataSource database) : INodeMirrors
{
    private const string NoteSql = """
        insert into cg_mirror (tenant, legal_entity, kind, node, partition)
        select tenant, legal_entity, kind, node, $5 from unnest($1::int[], $2::int[], $3::smallint[], $4::bigint[]) as n (tenant, legal_entity, kind, node)
        on conflict do nothing
        """;

    private const string OfSql = "select partition from cg_mirror where tenant = $1 and legal_entity = $2 and kind = $3 and node = $4 order by partition";

    /// <summary>Notes a partition; durable when it completes. Noting twice changes nothing.</summary>
    public async Task NoteAsync(int partition, NodeKey[] nodes)
    {
        await using var command = database.CreateCommand(NoteSql);
        command.Parameters.Add(new NpgsqlParameter { Value = nodes.Select(n => (int)n.Tenant).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = nodes.Select(n => (int)n.LegalEntity).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = nodes.Select(n => (short)n.Kind).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new NpgsqlParameter { Value = nodes.Select(n => n.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.AddWithValue(partition);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The partitions with a row of a node, or about to open one; ascending.</summary>
    public async Task<IReadOnlyList<int>> OfAsync(NodeKey node)
    {
        await using var command = database.CreateCommand(OfSql);
        command.Parameters.AddWithValue((int)node.Tenant);
        command.Parameters.AddWithValue((int)node.LegalEntity);
        command.Parameters.AddWithValue((short)node.Kind);
        command.Parameters.AddWithValue(node.Id);
        await using var reader = await command.ExecuteReaderAsync();
        var partitions = new List<int>();
        while (await reader.ReadAsync()) partitions.Add(reader.GetInt32(0));
        return partitions;
    }
}
