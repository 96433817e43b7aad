using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Execution;

/// <summary>What the executor needs of the record of ids.</summary>
internal interface IRequestIds
{
    /// <summary>Asks the processor to load the place of an id.</summary>
    void Prefetch(ushort tenant, in RequestId id);

    /// <summary>Finds a UUIDv7 used or barred before.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The id.</param>
    /// <param name="sequence">Sequence of its event.</param>
    /// <param name="fingerprint">Fingerprint of its command; 0 for a tombstone.</param>
    /// <param name="isTombstone">Whether it was reversed before it arrived.</param>
    bool TryFind(ushort tenant, in RequestId id, out long sequence, out uint fingerprint, out bool isTombstone);

    /// <summary>Records a UUIDv7; one already there stays as it is (replay after a snapshot).</summary>
    void Add(ushort tenant, in RequestId id, long sequence, uint fingerprint, bool isTombstone);
}

/// <summary>Reads decided events back, flushed or not; for the writer only.</summary>
internal interface IDecisionReader
{
    /// <summary>Reads the event of a sequence.</summary>
    /// <returns>False when it was archived.</returns>
    bool TryRead(long sequence, out LedgerEvent e);
}
