namespace CreditGrains.Orleans.Nodes;

/// <summary>What a node grain keeps in grain storage, under an ETag: the book of leases and what is on its way to the partitions.</summary>
[GenerateSerializer]
[Alias("CreditGrains.NodeState")]
public sealed class NodeState
{
    // No book is so short.
    private static readonly byte[] LetGo = [0];

    /// <summary>The book as <see cref="Engine.Leases.LeaseBookCodec"/> writes it; empty before the first lease.</summary>
    [Id(0)]
    public byte[] Book { get; set; } = [];

    /// <summary>Partitions with a row of the node that were noted here, before there was a table for it; ascending.</summary>
    [Id(1)]
    public List<int> Mirrors { get; set; } = [];

    /// <summary>A control command on its way to the partitions, as it came; empty when none is. Written down before it is carried out, so that a grain that ends half-way goes on.</summary>
    [Id(2)]
    public byte[] Spreading { get; set; } = [];

    /// <summary>Parts of velocity limits that partitions have, as <see cref="Wire.ViewWire"/> writes them; empty for none.</summary>
    [Id(3)]
    public byte[] Velocities { get; set; } = [];

    /// <summary>Sequence of the register's last event about this node that every partition with a row was told; 0 before the first. They are told in the register's order.</summary>
    [Id(4)]
    public long Told { get; set; }

    /// <summary>Whether this is not the whole state: the bytes of the book were let go after they were stored or read.</summary>
    internal bool IsBookLetGo => Book.AsSpan().SequenceEqual(LetGo);

    /// <summary>The state without the bytes of its book.</summary>
    internal NodeState WithoutBook() => new() { Book = LetGo, Mirrors = Mirrors, Spreading = Spreading, Velocities = Velocities, Told = Told };
}
