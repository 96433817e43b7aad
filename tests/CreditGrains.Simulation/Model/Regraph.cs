using System.Numerics;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Simulation.Model;

/// <summary>
/// A change of the graph above too many facilities to move at once: each counts in its old path until its slice or its next
/// command. One such change at a time.
/// </summary>
/// <param name="world">The world whose facilities move.</param>
/// <param name="facilitiesMax">Facilities a change may move at once; above it goes in slices.</param>
internal sealed class Regraph(World world, int facilitiesMax)
{
    private readonly Dictionary<ModelFacility, SortedDictionary<NodeKey, BigInteger>> _kept = [];

    public int FacilitiesMax => facilitiesMax;

    public bool IsUnderWay => world.Nodes.Values.OfType<ModelFacility>().Any(facility => facility.CountedPath is not null);

    /// <summary>Remembers the paths in which facilities count before a change of links.</summary>
    public void Keep(List<ModelFacility> facilities)
    {
        _kept.Clear();
        foreach (ModelFacility facility in facilities) _kept[facility] = facility.CountedPath ?? Graph.Path(world, facility);
    }

    /// <summary>The change did not happen.</summary>
    public void Forget() => _kept.Clear();

    /// <summary>The change happened: at once for few facilities, in slices for many.</summary>
    public void Start(List<ModelFacility> facilities)
    {
        bool inSlices = facilities.Count > facilitiesMax;
        foreach (ModelFacility facility in facilities) facility.CountedPath = inSlices ? _kept[facility] : null;
        _kept.Clear();
    }

    /// <summary>A facility's slice or own command has come.</summary>
    public static void BringCurrent(ModelFacility facility) => facility.CountedPath = null;
}
