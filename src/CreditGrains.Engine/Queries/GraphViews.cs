namespace CreditGrains.Engine.Queries;

/// <summary>What one look of a sweep over the nodes found.</summary>
/// <param name="Nodes">Nodes other than borrowers and facilities among those looked at.</param>
/// <param name="NextPlace">Where the next look goes on; 0 when the sweep is through.</param>
public sealed record NodeSweep(IReadOnlyList<NodeView> Nodes, long NextPlace);

/// <summary>Direct children of a node.</summary>
/// <param name="Count">How many it has.</param>
/// <param name="Children">Some of them, the newest link first. Their share is that of the link.</param>
public sealed record ChildrenPage(long Count, IReadOnlyList<NodeView> Children);
