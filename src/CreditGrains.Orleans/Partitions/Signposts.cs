using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Facilities whose number points to this partition and whose borrower lives in another.</summary>
internal sealed class Signposts(Dictionary<NodeKey, int> homes, int partition)
{
    /// <summary>The partition of a facility that lives elsewhere; 0 when it lives here, as far as is known here.</summary>
    public int HomeOf(in Command command)
    {
        if (homes.Count == 0 || !command.Facility.IsFacility) return 0;
        return homes.TryGetValue(command.Facility, out var home) && home != partition ? home : 0;
    }

    /// <summary>The home written down; 0 for none.</summary>
    public int Find(NodeKey facility) => homes.GetValueOrDefault(facility);

    /// <summary>Notes a home that stands in the database.</summary>
    public void Note(NodeKey facility, int home) => homes[facility] = home;
}
