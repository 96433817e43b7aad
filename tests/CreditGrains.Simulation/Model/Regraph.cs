namespace CreditGrains.Simulation.Model;

/// <summary>
/// A change of the graph above too many facilities to move at once: each counts in its old path until its slice or its next
/// event. One such change at a time.
/// </summary>
/// <param name="world">The world whose facilities move.</param>
/// <param name="facilitiesMax">Facilities a change may move at once; above it goes in slices.</param>
internal sealed class Regraph(World world, int facilitiesMax)
{
    private readonly Dictionary<ModelFacility, SharePath> _kept = [];

    public int FacilitiesMax => facilitiesMax;

    /// <summary>From the change until the slice that ends it.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Remembers the paths in which facilities count before a change of links.</summary>
    public void Keep(List<ModelFacility> facilities)
    {
        _kept.Clear();
        foreach (ModelFacility facility in facilities) _kept[facility] = facility.CountedPath ?? Graph.Path(world, facility);
    }

    /// <summary>The change happened: at once for few facilities, in slices for many.</summary>
    public void Start(List<ModelFacility> facilities)
    {
        bool inSlices = facilities.Count > facilitiesMax;
        IsUnderWay = inSlices;
        foreach (ModelFacility facility in facilities) facility.CountedPath = inSlices ? _kept[facility] : null;
    }

    /// <summary>A slice without facilities ends the change; none may be left in its old path.</summary>
    public void End()
    {
        if (world.Nodes.Values.OfType<ModelFacility>().FirstOrDefault(facility => facility.CountedPath is not null) is { } left)
        {
            throw new ModelMismatchException($"a change of the graph ended before {left.Key} had its slice");
        }
        IsUnderWay = false;
    }

    /// <summary>A facility's slice or own event has come.</summary>
    public static void BringCurrent(ModelFacility facility) => facility.CountedPath = null;
}
