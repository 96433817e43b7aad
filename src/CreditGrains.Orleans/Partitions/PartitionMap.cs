using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Which partition a key points to: a hash of tenant, legal entity and number, whatever the kind. So a facility with its borrower's number lies with its
/// borrower without any directory. The count is fixed when the cluster is made. Partition 0 is the register of shared nodes; 1 to the count hold borrowers.
/// </summary>
/// <param name="Count">Partitions of borrowers, 1 to <see cref="CountMax"/>.</param>
internal sealed record PartitionMap(int Count)
{
    /// <summary>Most partitions.</summary>
    public const int CountMax = 4096;

    /// <summary>The register: an engine that holds the shared nodes with their true limits, and no facilities.</summary>
    public const int Register = 0;

    private const int SequenceBits = 40;

    /// <summary>Whether a node is shared by partitions; borrowers and facilities are not.</summary>
    public static bool IsShared(NodeKind kind) => kind is not (NodeKind.None or NodeKind.Facility or NodeKind.Borrower);

    /// <summary>The partition a borrower's or facility's own number points to, from 1.</summary>
    public int PointedBy(NodeKey key) => 1 + (int)(PartitionState.HashOf(key with { Kind = NodeKind.Borrower }) % (ulong)Count);

    /// <summary>The partition of a loan that another system services, from 1: by its number, whatever pool it is in, so that it is in one pool at most.</summary>
    public int OfLoan(NodeKey pool, long loan) => PointedBy(new NodeKey(loan, pool.Tenant, pool.LegalEntity, NodeKind.Borrower));

    /// <summary>First sequence of a partition's journal: sequences, and so decision ids, are unique in the cluster.</summary>
    public static long FirstSequenceOf(int partition) => ((long)partition << SequenceBits) + 1;

    /// <summary>The partition of a sequence.</summary>
    public static int OfSequence(long sequence) => (int)(sequence >> SequenceBits);

    /// <summary>Identity of a partition's journal, from which its chain starts.</summary>
    public static Guid JournalIdOf(int partition) => new(partition, 0x4347, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1);
}
