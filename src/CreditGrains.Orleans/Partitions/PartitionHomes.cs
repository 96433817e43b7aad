namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Where partitions belong now. One that is elsewhere, because its silo was away, goes home once the set of silos has been the same for a while; a silo lets one go at a
/// time. Nothing but balance rests on it.
/// </summary>
internal sealed class PartitionHomes(ISiloStatusOracle silos, ILocalSiloDetails local, SiloServices services)
{
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeaveEvery = TimeSpan.FromMilliseconds(250);
    private readonly Lock gate = new();
    private readonly TimeProvider clock = services.Options.Clock;
    private PartitionDeal? deal;
    private long dealtAt;
    private long leftAt;

    /// <summary>The deal for a set of silos.</summary>
    public PartitionDeal DealOf(IReadOnlyCollection<SiloAddress> among)
    {
        lock (gate)
        {
            if (deal is not null && deal.Silos.SetEquals(among)) return deal;
            deal = PartitionDeal.Of(among, services.Map.Count);
            dealtAt = clock.GetTimestamp();
            return deal;
        }
    }

    /// <summary>Whether a partition that is active here should leave now.</summary>
    public bool ShouldLeave(int partition)
    {
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.ToArray();
        if (active.Length == 0) return false;
        lock (gate)
        {
            if (DealOf(active).HomeOf(partition).Equals(local.SiloAddress)) return false;
            if (clock.GetElapsedTime(dealtAt) < SettledAfter || clock.GetElapsedTime(leftAt) < LeaveEvery) return false;
            leftAt = clock.GetTimestamp();
            return true;
        }
    }
}
