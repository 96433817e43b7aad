using CreditGrains.Orleans.Borrowers;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Puts a partition, and the borrowers in it, on the silo that <see cref="PartitionDeal"/> gives it.</summary>
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
internal sealed class PartitionDirector(PartitionHomes homes, SiloServices silo) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(homes.DealOf(context.GetCompatibleSilos(target)).HomeOf(PartitionOf(target.GrainIdentity)));

    // A key that names nothing is placed somewhere; the grain itself refuses it by name.
    private int PartitionOf(GrainId grain) =>
        GrainIdKeyExtensions.TryGetIntegerKey(grain, out var number, out _) && number >= 0 && number <= silo.Map.Count ? (int)number
        : BorrowerKey.TryParse(grain.Key.ToString()!, out var borrower) ? silo.Map.PointedBy(borrower)
        : PartitionMap.Register;
}
