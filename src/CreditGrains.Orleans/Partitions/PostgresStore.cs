using CreditGrains.Engine.Files;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using Npgsql;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What partitions keep, in PostgreSQL.</summary>
internal sealed class PostgresStore(NpgsqlDataSource database) : IClusterStore
{
    private readonly EpochReadings epochs = new(database);

    /// <inheritdoc/>
    public IJournalTable Journal { get; } = new PostgresJournalTable(database);

    /// <inheritdoc/>
    public INodeMirrors Mirrors { get; } = new NodeMirrors(database);

    /// <inheritdoc/>
    public ISignpostLog Signposts { get; } = new SignpostLog(database);

    /// <inheritdoc/>
    public IFileStore FilesOf(int partition, long epoch) => new PostgresFiles(database, partition, epoch);

    /// <inheritdoc/>
    public Task<bool> IsInForceAsync(int partition, long epoch) => epochs.IsInForceAsync(partition, epoch);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Signposts.DisposeAsync();
        await Mirrors.DisposeAsync();
        await epochs.DisposeAsync();
    }
}
