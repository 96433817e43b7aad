using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine;

/// <summary>
/// A running engine, in process or behind a cluster. Every answer is durable before it is given: outcomes, reads and feed
/// alike. Safe for any number of callers at once.
/// </summary>
public interface ICreditEngine : IAsyncDisposable
{
    /// <summary>
    /// Executes one command. Completes once the outcome is durable. Never throws for what a caller can do wrong. An id older than memory holds
    /// is looked for on disk before this returns, on the caller's thread: commands keep the order of their calls.
    /// </summary>
    /// <param name="command">What to do.</param>
    /// <param name="deadlineMicros">
    /// By the engine's clock, microseconds since the Unix epoch. What still waits then is refused with <see cref="Reason.DeadlineExceeded"/>;
    /// what the writer has taken up is decided, and answered however late its flush is done.
    /// </param>
    /// <exception cref="EngineFaultException">The engine has failed or ended; whether the command took effect its id will tell.</exception>
    /// <exception cref="Files.StoreException">A file of old request ids cannot be read: the id may have taken effect, so nothing was executed.</exception>
    ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros = NoDeadline);

    /// <summary>
    /// Executes commands in order, as one submission; each is decided on its own. <paramref name="outcomes"/> is filled at the same places.
    /// At most <see cref="BatchLengthMax"/>. Both memories belong to the engine until the task completes.
    /// </summary>
    /// <param name="commands">What to do.</param>
    /// <param name="outcomes">Gets the answers; at least as long.</param>
    /// <param name="deadlineMicros">As for one command, of the whole submission: once its first command is taken up all are decided.</param>
    /// <exception cref="EngineFaultException">As for one command.</exception>
    /// <exception cref="Files.StoreException">As for one command; none of the submission was executed.</exception>
    ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros = NoDeadline);

    /// <summary>A deadline that never comes.</summary>
    const long NoDeadline = long.MaxValue;

    /// <summary>Most commands of one submission.</summary>
    const int BatchLengthMax = 10_000;

    /// <summary>A facility with its path and open items in one atomic read; null when unknown.</summary>
    ValueTask<FacilityView?> GetFacilityAsync(NodeKey key);

    /// <summary>A facility's balances as they were at a past writer time, from its history; null when it did not exist yet.</summary>
    ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros);

    /// <summary>A node, or a facility as a node; null when unknown.</summary>
    ValueTask<NodeView?> GetNodeAsync(NodeKey key);

    /// <summary>A node's exposure as of a past writer time, minor units of its currency; null when it did not exist. Rebuilt from snapshot and journal; may take as long as a restart. On a cluster the sum over partitions, each as it was by its own clock (<see cref="NodeView.IsExact"/>).</summary>
    ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken);

    /// <summary>Nodes (not facilities) of a tenant in key order after a key; default key starts.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="kind">Only this kind; None is all.</param>
    /// <param name="after">Last key of the page before.</param>
    /// <param name="take">1 to 1,000.</param>
    ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take);

    /// <summary>
    /// One look of a sweep over the nodes that are neither facilities nor borrowers, in no particular order: short, however large the book. A node opened meanwhile may be missed.
    /// Default: by <see cref="ListNodesAsync"/>, the first thousand of each kind.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="place">0 starts; else what the look before said.</param>
    /// <param name="rowsMax">Most rows to look at, 1 to 65,536; what the engine is kept busy with.</param>
    async ValueTask<NodeSweep> SweepNodesAsync(ushort tenant, long place, int rowsMax)
    {
        var kind = place == 0 ? NodeKind.Borrower + 1 : (NodeKind)place;
        var nodes = await ListNodesAsync(tenant, kind, default, Math.Min(rowsMax, 1_000));
        return new NodeSweep(nodes, kind < NodeKind.Pool ? (long)kind + 1 : 0);
    }

    /// <summary>Direct children of a node, the newest link first; null when the node is unknown, or the engine does not list children (a cluster).</summary>
    /// <param name="parent">The node.</param>
    /// <param name="after">Last child of the page before; default starts. One that is no child any more starts too.</param>
    /// <param name="take">1 to 1,000.</param>
    ValueTask<ChildrenPage?> ListChildrenAsync(NodeKey parent, NodeKey after, int take) => ValueTask.FromResult<ChildrenPage?>(null);

    /// <summary>The decision of a sequence; null when there is none.</summary>
    ValueTask<EventRecord?> GetDecisionAsync(long sequence);

    /// <summary>The decision of a request id; null when the id is unknown or older than 72 hours.</summary>
    ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id);

    /// <summary>A page of a facility's history, newest first, before a sequence (0 starts at the newest).</summary>
    ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take);

    /// <summary>Durable events after a sequence, without gap or duplicate; waits for new ones until cancelled.</summary>
    IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, CancellationToken cancellationToken);

    /// <summary>Sequence of the newest durable event in the order of the feed: a reader that starts after it gets only what is still to come. 0 when there is none.</summary>
    async ValueTask<long> GetFeedEndAsync() => (await GetStatusAsync()).LastSequence;

    /// <summary>Models and policies of a legal entity; on a cluster as the register has them.</summary>
    ValueTask<RiskView> GetRiskAsync(ushort tenant, ushort legalEntity) => new(RiskView.Empty);

    /// <summary>Requests of a legal entity that wait for a person; null on a host that keeps no such list.</summary>
    /// <param name="tenant">Tenant.</param>
    /// <param name="legalEntity">Legal entity.</param>
    /// <param name="cursor">From the page before; 0 begins.</param>
    /// <param name="take">1 to 1,000.</param>
    ValueTask<ReferralPage?> ListReferralsAsync(ushort tenant, ushort legalEntity, long cursor, int take) => new((ReferralPage?)null);

    /// <summary>The bytes of a file of models or policies; null when it is not here whole.</summary>
    ValueTask<byte[]?> GetContentAsync(ushort tenant, ushort legalEntity, ContentHash hash) => new((byte[]?)null);

    /// <summary>Confirms a forward step of the clock, so that approvals resume.</summary>
    ValueTask ConfirmClockAsync();

    /// <summary>Starts a snapshot and completes when it is verified; returns its sequence.</summary>
    ValueTask<long> SnapshotAsync();

    /// <summary>How the engine is.</summary>
    ValueTask<EngineStatus> GetStatusAsync();

    /// <summary>The same as far as it is at hand, to be asked often: fault, clock and standby are told, counts may be those of a part of the engine.</summary>
    ValueTask<EngineStatus> GetHealthAsync() => GetStatusAsync();
}
