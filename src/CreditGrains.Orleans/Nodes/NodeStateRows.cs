using CreditGrains.Orleans.Journal;
using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Nodes;

/// <summary>States of nodes as rows of Orleans' table, many in one statement.</summary>
internal static class NodeStateRows
{
    /// <summary>Seconds a reading may take: as long as callers wait. What hangs is broken off, and the next group has another connection.</summary>
    private const int ReadSecondsMax = 5;

    private const string ReadSql = "select grain_extension, version, payload from cg_grain_state where service = $1 and grain_type = $2 and grain_extension = any ($3) and grain_extension <> ''";

    private const string UpdateSql = """
        update cg_grain_state s set payload = n.payload, version = s.version + 1, modified_at = now()
        from unnest($1::text[], $2::int[], $3::bytea[]) as n (grain, version, payload)
        where s.service = $4 and s.grain_type = $5 and s.grain_extension = n.grain and s.grain_extension <> '' and s.version = n.version
        returning s.grain_extension
        """;

    private const string InsertSql = """
        insert into cg_grain_state (grain_id_hash, grain_id_n0, grain_id_n1, grain_type_hash, grain_type, grain_extension, service, payload, version)
        select n.hash, 0, 0, $1, $2, n.grain, $3, n.payload, 1 from unnest($4::int[], $5::text[], $6::bytea[]) as n (hash, grain, payload)
        on conflict do nothing
        returning grain_extension
        """;

    /// <summary>Reads states; those that are not there keep version 0.</summary>
    public static async Task ReadAsync(NpgsqlDataSource database, string service, List<NodeStateReading> group)
    {
        foreach (var states in group.GroupBy(one => one.State))
        {
            await using var command = database.CreateCommand(ReadSql);
            command.CommandTimeout = ReadSecondsMax;
            command.Parameters.AddWithValue(service);
            command.Parameters.AddWithValue(states.Key);
            command.Parameters.Add(Texts(states.Select(s => s.Grain).Distinct(StringComparer.Ordinal)));
            var rows = new Dictionary<string, (int Version, byte[]? Payload)>(StringComparer.Ordinal);
            await using (var reader = await command.ExecuteReaderAsync())
                while (await reader.ReadAsync()) rows.Add(reader.GetString(0), (reader.GetInt32(1), await reader.IsDBNullAsync(2) ? null : reader.GetFieldValue<byte[]>(2)));
            foreach (var state in states) (state.Version, state.Payload) = rows.GetValueOrDefault(state.Grain);
        }
    }

    /// <summary>Writes states, each where the row still has its version, or where there is none when that is 0. Each is done with its statement, whatever becomes of others of the group.</summary>
    public static async Task WriteAsync(NpgsqlDataSource database, string service, List<NodeStateWriting> group)
    {
        foreach (var states in Statements(group))
        {
            await using var command = states[0].Version == 0 ? Insert(database, service, states) : Update(database, service, states);
            var written = new HashSet<string>(StringComparer.Ordinal);
            await using (var reader = await command.ExecuteReaderAsync())
                while (await reader.ReadAsync()) written.Add(reader.GetString(0));
            foreach (var state in states)
            {
                state.IsWritten = written.Contains(state.Grain);
                state.Done.TrySetResult();
            }
        }
    }

    /// <summary>
    /// What goes in one statement: in one order of keys, so that two silos seldom wait for each other's rows, and a grain once. Two activations of one on a silo, of which one does not know that it has ended, may both
    /// write; the second goes in a later statement and finds another version.
    /// </summary>
    private static IEnumerable<NodeStateWriting[]> Statements(List<NodeStateWriting> group)
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        return group.Select(one => (One: one, Time: times[one.Grain] = times.GetValueOrDefault(one.Grain) + 1)).ToArray()
            .GroupBy(one => (one.Time, one.One.State, IsNew: one.One.Version == 0)).OrderBy(g => g.Key.Time)
            .Select(g => g.Select(one => one.One).OrderBy(one => one.Grain, StringComparer.Ordinal).ToArray());
    }

    private static NpgsqlCommand Update(NpgsqlDataSource database, string service, NodeStateWriting[] states)
    {
        var command = database.CreateCommand(UpdateSql);
        command.Parameters.Add(Texts(states.Select(s => s.Grain)));
        command.Parameters.Add(Integers(states.Select(s => s.Version)));
        command.Parameters.Add(Payloads(states));
        command.Parameters.AddWithValue(service);
        command.Parameters.AddWithValue(states[0].State);
        return command;
    }

    private static NpgsqlCommand Insert(NpgsqlDataSource database, string service, NodeStateWriting[] states)
    {
        var command = database.CreateCommand(InsertSql);
        command.Parameters.AddWithValue(states[0].StateHash);
        command.Parameters.AddWithValue(states[0].State);
        command.Parameters.AddWithValue(service);
        command.Parameters.Add(Integers(states.Select(s => s.GrainHash)));
        command.Parameters.Add(Texts(states.Select(s => s.Grain)));
        command.Parameters.Add(Payloads(states));
        return command;
    }

    private static NpgsqlParameter Texts(IEnumerable<string> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Integers(IEnumerable<int> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    private static NpgsqlParameter Payloads(NodeStateWriting[] states) =>
        new() { Value = Array.ConvertAll(states, s => s.Payload), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
}

/// <summary>A state to be read.</summary>
/// <param name="state">Name of the state.</param>
/// <param name="grain">Key of the grain.</param>
internal sealed class NodeStateReading(string state, string grain) : GroupedCall(rows: 1)
{
    /// <summary>Name of the state.</summary>
    public string State { get; } = state;

    /// <summary>Key of the grain.</summary>
    public string Grain { get; } = grain;

    /// <summary>Version of the row, from 1; 0 when there is none.</summary>
    public int Version { get; set; }

    /// <summary>The state; null when there is none or it was cleared.</summary>
    public byte[]? Payload { get; set; }
}

/// <summary>A state to be written.</summary>
/// <param name="state">Name of the state.</param>
/// <param name="grain">Key of the grain.</param>
/// <param name="version">Version the row must have; 0 when there must be none.</param>
/// <param name="payload">The state.</param>
internal sealed class NodeStateWriting(string state, string grain, int version, byte[] payload) : GroupedCall(rows: 1)
{
    /// <summary>Name of the state.</summary>
    public string State { get; } = state;

    /// <summary>Key of the grain.</summary>
    public string Grain { get; } = grain;

    /// <summary>Version the row must have; 0 when there must be none.</summary>
    public int Version { get; } = version;

    /// <summary>The state.</summary>
    public byte[] Payload { get; } = payload;

    /// <summary>The provider's hash of <see cref="State"/>.</summary>
    public required int StateHash { get; init; }

    /// <summary>The provider's hash of <see cref="Grain"/>.</summary>
    public required int GrainHash { get; init; }

    /// <summary>Whether the row had the version, and has the next now.</summary>
    public bool IsWritten { get; set; }
}
