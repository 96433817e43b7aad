using System.Globalization;
using System.Text;
using CreditGrains.Orleans.Journal;
using Npgsql;
using Orleans.Configuration;
using Orleans.Storage;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// Grain storage of nodes: what many nodes of a silo read and write at the same time is one statement each on Orleans' table, every state under its own ETag as always, in rows that Orleans' own provider finds.
/// The first lease of a pair of node and partition is such a writing, and the first of a node a reading besides: a round and a sync each were what bounded them.
/// </summary>
/// <param name="inner">Orleans' provider over the same table.</param>
/// <param name="database">The database.</param>
/// <param name="service">Service id of the cluster.</param>
/// <param name="options">The provider's.</param>
internal sealed class NodeStateStorage(IGrainStorage inner, NpgsqlDataSource database, string service, AdoNetGrainStorageOptions options) : IGrainStorage, IAsyncDisposable, IDisposable
{
    private const int StatesOfGroupMax = 512;

    private readonly GroupedCalls<NodeStateWriting> writings = new(group => NodeStateRows.WriteAsync(database, service, group), StatesOfGroupMax);
    private readonly GroupedCalls<NodeStateReading> readings = new(group => NodeStateRows.ReadAsync(database, service, group), StatesOfGroupMax);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var reading = new NodeStateReading(stateName, grainId.Key.ToString()!);
        await readings.DoAsync(reading);
        grainState.State = reading.Payload is { Length: > 0 } payload ? options.GrainStorageSerializer.Deserialize<T>(payload) : Activator.CreateInstance<T>();
        grainState.ETag = reading.Version == 0 ? null : Text(reading.Version);
        grainState.RecordExists = reading.Payload is not null;
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = string.IsNullOrEmpty(grainState.ETag) ? 0 : int.Parse(grainState.ETag, NumberStyles.None, CultureInfo.InvariantCulture);
        var grain = grainId.Key.ToString()!;
        // The hashes by which the provider finds a row: of a key that is a text, its bytes backwards.
        var hasher = options.HashPicker.PickHasher(service, NodeLedger.StorageName, stateName, grainId, grainState)!;
        var writing = new NodeStateWriting(stateName, grain, version, options.GrainStorageSerializer.Serialize(grainState.State).ToArray())
        {
            StateHash = hasher.Hash(Bytes(stateName)), GrainHash = hasher.Hash(Backwards(Bytes(grain))),
        };
        await writings.DoAsync(writing);
        if (!writing.IsWritten)
            throw new InconsistentStateException($"{grainId}: its state is no longer of version {version}: another activation has stored it.", "unknown", grainState.ETag);
        grainState.ETag = Text(version + 1);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await writings.DisposeAsync();
        await readings.DisposeAsync();
    }

    /// <summary>Takes no more; what waits is written.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Backwards(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }
}
