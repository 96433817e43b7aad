using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Nodes;
using Orleans.Storage;

namespace CreditGrains.Cluster.Simulation.Store;

/// <summary>Grain storage of a node: written whole, under the version it was read with.</summary>
internal sealed class NodeStorage(Cluster cluster, NodeKey node) : IPersistentState<NodeState>
{
    private int version;

    public NodeState State { get; set; } = new();

    public string? Etag => version.ToString();

    public bool RecordExists => version > 0;

    public async Task ReadStateAsync()
    {
        var read = await cluster.Database.RunAsync(() => cluster.Database.NodeOf(node));
        if (read is not { } stored) return;
        State = new NodeState { Book = stored.Book, Spreading = stored.Spreading, Velocities = stored.Velocities, Told = stored.Told };
        version = stored.Version;
    }

    public async Task WriteStateAsync()
    {
        var (state, before) = (State, version);
        if (cluster.Options.Fault == PlantedFault.AnswerBeforeStored && cluster.Database.Forgets()) return;
        var written = await cluster.Database.RunAsync(() => cluster.Database.Store(node, state, before));
        if (written == 0) throw new InconsistentStateException($"{node}: another activation has stored its state.");
        version = written;
    }

    public Task ClearStateAsync() => throw new NotSupportedException("A node's state is never cleared.");
}
