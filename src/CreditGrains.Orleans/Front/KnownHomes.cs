using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tables;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Front;

/// <summary>What a front door remembers of facilities that do not live where their numbers point, in parts so that callers seldom wait for each other. A full part begins anew: forgetting costs one more hop.</summary>
internal sealed class KnownHomes
{
    private const int PartCount = 64;
    private readonly Part[] parts = new Part[PartCount];
    private readonly int keptMax;

    /// <param name="keptMax">Most facilities remembered.</param>
    public KnownHomes(int keptMax)
    {
        this.keptMax = Math.Max(1, keptMax / PartCount);
        for (var i = 0; i < PartCount; i++) parts[i] = new Part();
    }

    /// <summary>The home of a facility; 0 when nothing is known.</summary>
    public int Find(NodeKey facility)
    {
        var part = PartOf(facility);
        lock (part.Gate) return part.Homes.Find(facility);
    }

    /// <summary>Remembers a home.</summary>
    public void Note(NodeKey facility, int home)
    {
        var part = PartOf(facility);
        lock (part.Gate)
        {
            if (part.Homes.Count >= keptMax) part.Homes.Clear();
            part.Homes.Note(facility, home);
        }
    }

    // The table takes the upper half of the hash.
    private Part PartOf(NodeKey facility) => parts[PartitionState.HashOf(facility) % PartCount];

    private sealed class Part
    {
        public Lock Gate { get; } = new();

        public HomeTable Homes { get; } = new();
    }
}
