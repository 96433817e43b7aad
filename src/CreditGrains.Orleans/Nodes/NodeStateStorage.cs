using System.Globalization;
using CreditGrains.Orleans.Journal;
using Npgsql;
using NpgsqlTypes;
using Orleans.Storage;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// Grain storage of nodes: what many nodes of a silo write at the same time goes to Orleans' table in one statement, each state under its own ETag as always. The first writing of a state, readings
/// and the rest are the provider's. A first lease is such a writing, and a sync and a round each were what bounded them.
/// </summary>
/// <param name="inner">Orleans' provider over the same table.</param>
/// <param name="database">The database.</param>
/// <param name="service">Service id of the cluster.</param>
/// <param name="serializer">The provider's.</param>
internal sealed class NodeStateStorage(IGrainStorage inner, NpgsqlDataSource database, string service, IGrainStorageSerializer serializer) : IGrainStorage, IDisposable
{
    private const int StatesOfGroupMax = 512;

    private const string UpdateSql = """
        update cg_grain_state s set payload = n.payload, version = s.version + 1, modified_at = now()
        from unnest($1::text[], $2::int[], $3::bytea[]) as n (grain, version, payload)
        where s.service = $4 and s.grain_type = $5 and s.grain_extension = n.grain and s.version = n.version
        returning s.grain_extension
        """;

    private readonly GroupedWrites<Update> writes = new(group => WriteAsync(database, service, group), StatesOfGroupMax);

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!int.TryParse(grainState.ETag, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            await inner.WriteStateAsync(stateName, grainId, grainState);
            return;
        }

        var update = new Update(stateName, grainId.Key.ToString()!, version, serializer.Serialize(grainState.State).ToArray());
        await writes.WriteAsync(update);
        if (!update.IsWritten)
            throw new InconsistentStateException($"{grainId}: its state is no longer of version {version}: another activation has stored it.", "unknown", grainState.ETag);
        grainState.ETag = (version + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <summary>Takes no more; what waits is written.</summary>
    public void Dispose() => _ = writes.DisposeAsync().AsTask();

    private static async Task WriteAsync(NpgsqlDataSource database, string service, List<Update> group)
    {
        // In one order of keys, so that two silos seldom wait for each other's rows. A grain has one writing under way.
        foreach (var states in group.OrderBy(one => one.Grain, StringComparer.Ordinal).GroupBy(one => one.State).Select(g => g.ToArray()))
        {
            await using var command = database.CreateCommand(UpdateSql);
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(states, s => s.Grain), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(states, s => s.Version), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(states, s => s.Payload), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            command.Parameters.AddWithValue(service);
            command.Parameters.AddWithValue(states[0].State);
            var written = new HashSet<string>(StringComparer.Ordinal);
            await using (var reader = await command.ExecuteReaderAsync())
                while (await reader.ReadAsync()) written.Add(reader.GetString(0));
            foreach (var state in states) state.IsWritten = written.Contains(state.Grain);
        }
    }

    private sealed class Update(string state, string grain, int version, byte[] payload) : GroupedWrite(1)
    {
        public string State { get; } = state;

        public string Grain { get; } = grain;

        public int Version { get; } = version;

        public byte[] Payload { get; } = payload;

        public bool IsWritten { get; set; }
    }
}
