using CreditGrains.Orleans.Borrowers;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Puts a partition, and the borrowers in it, on one silo: partitions are dealt out in turn over the silos in the order of their addresses.</summary>
[Serializable]
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PartitionPlacement")]
public sealed class PartitionPlacement : PlacementStrategy
{
    internal static readonly PartitionPlacement Instance = new();
}

/// <summary>Places a grain by <see cref="PartitionPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PartitionPlacementAttribute : PlacementAttribute
{
    /// <summary>Marks a grain.</summary>
    public PartitionPlacementAttribute()
        : base(PartitionPlacement.Instance)
    {
    }
}

/// <summary>Chooses the silo.</summary>
internal sealed class PartitionDirector(SiloServices silo) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(Choose(PartitionOf(target.GrainIdentity), silos));
    }

    /// <summary>The silo of a partition among those there are.</summary>
    public static SiloAddress Choose(int partition, IEnumerable<SiloAddress> silos)
    {
        var sorted = silos.Order().ToArray();
        return sorted[partition % sorted.Length];
    }

    private int PartitionOf(GrainId grain) =>
        GrainIdKeyExtensions.TryGetIntegerKey(grain, out var number, out _) ? (int)number
        : BorrowerKey.TryParse(grain.Key.ToString()!, out var borrower) ? silo.Map.PointedBy(borrower)
        : Math.Abs(grain.GetHashCode() % silo.Map.Count);
}
