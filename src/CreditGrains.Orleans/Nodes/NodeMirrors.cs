using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Journal;
using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Nodes;

/// <summary>Which partitions have rows of shared nodes, or are about to open them. Any thread.</summary>
internal interface INodeMirrors : IAsyncDisposable
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
    private const int RowsOfGroupMax = 8_192;

    private const string NoteSql = """
        insert into cg_mirror (tenant, legal_entity, kind, node, partition)
        select tenant, legal_entity, kind, node, partition from unnest($1::int[], $2::int[], $3::smallint[], $4::bigint[], $5::int[]) as n (tenant, legal_entity, kind, node, partition)
        on conflict do nothing
        """;

    private const string OfSql = "select partition from cg_mirror where tenant = $1 and legal_entity = $2 and kind = $3 and node = $4 order by partition";

    private readonly GroupedCalls<Notes> writes = new(group => WriteAsync(database, group), RowsOfGroupMax);

    /// <summary>Notes a partition; durable when it completes. Noting twice changes nothing.</summary>
    public Task NoteAsync(int partition, NodeKey[] nodes) => writes.DoAsync(new Notes(partition, nodes));

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

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writes.DisposeAsync();

    private static async Task WriteAsync(NpgsqlDataSource database, List<Notes> group)
    {
        // In one order of keys, so that two silos never wait for each other's rows.
        var rows = group.SelectMany(g => g.Nodes.Select(n => (Node: n, g.Partition))).ToArray();
        Array.Sort(rows, (a, b) => Engine.Graph.LimitGraph.CompareKeys(a.Node, b.Node) is var order and not 0 ? order : a.Partition.CompareTo(b.Partition));
        await using var command = database.CreateCommand(NoteSql);
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, r => (int)r.Node.Tenant), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, r => (int)r.Node.LegalEntity), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, r => (short)r.Node.Kind), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, r => r.Node.Id), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, r => r.Partition), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Notes(int partition, NodeKey[] nodes) : GroupedCall(nodes.Length)
    {
        public int Partition { get; } = partition;

        public NodeKey[] Nodes { get; } = nodes;
    }
}
