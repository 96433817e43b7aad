using System.Collections.Immutable;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Which silo each partition belongs to, for a set of silos: the one of its highest score that is not full. Every silo reckons the same. Scores come from addresses without
/// generation, so a silo that returns gets its partitions back and the others keep theirs.
/// </summary>
internal sealed class PartitionDeal
{
    private readonly SiloAddress[] homes;

    private PartitionDeal(ImmutableHashSet<SiloAddress> silos, SiloAddress[] homes)
    {
        Silos = silos;
        this.homes = homes;
    }

    /// <summary>The silos it is for.</summary>
    public ImmutableHashSet<SiloAddress> Silos { get; }

    /// <summary>The silo of a partition.</summary>
    public SiloAddress HomeOf(int partition) => homes[partition];

    /// <summary>Deals partitions 0 to a count.</summary>
    /// <param name="silos">At least one.</param>
    /// <param name="count">Partitions of borrowers; the register comes on top.</param>
    public static PartitionDeal Of(IEnumerable<SiloAddress> silos, int count)
    {
        var all = silos.ToImmutableHashSet();
        var scored = all.Select(s => (Silo: s, Seed: SeedOf(s))).OrderBy(s => s.Seed).ThenBy(s => s.Silo).ToArray();
        // A twentieth above the average: nearly even, and few partitions go to their second choice.
        var room = new int[scored.Length];
        Array.Fill(room, (((count + 1) * 21) + (20 * scored.Length) - 1) / (20 * scored.Length));
        var homes = new SiloAddress[count + 1];
        for (var partition = 0; partition <= count; partition++)
        {
            var best = -1;
            for (var i = 0; i < scored.Length; i++)
                if (room[i] > 0 && (best < 0 || ScoreOf(scored[i].Seed, partition) > ScoreOf(scored[best].Seed, partition))) best = i;
            room[best]--;
            homes[partition] = scored[best].Silo;
        }
        return new PartitionDeal(all, homes);
    }

    private static ulong ScoreOf(ulong seed, int partition) => RowIndex.Mix(seed ^ RowIndex.Mix((ulong)partition + 1));

    private static ulong SeedOf(SiloAddress silo)
    {
        var seed = (ulong)silo.Endpoint.Port;
        foreach (var octet in silo.Endpoint.Address.GetAddressBytes()) seed = RowIndex.Mix((seed << 8) ^ octet);
        return seed;
    }
}
