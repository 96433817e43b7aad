using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Facilities whose number points to this partition and whose borrower lives in another.</summary>
internal sealed class Signposts(HomeTable homes, int partition)
{
    /// <summary>The partition of a facility that lives elsewhere; 0 when it lives here, as far as is known here.</summary>
    public int HomeOf(in Command command) =>
        command.Facility.IsFacility && homes.Find(command.Facility) is var home && home != partition ? home : 0;

    /// <summary>The home written down; 0 for none.</summary>
    public int Find(NodeKey facility) => homes.Find(facility);

    /// <summary>
    /// Decides where facilities that are asked for live: where they do already, or where an earlier asker said, else where this one says. One asker at a time, so two front doors cannot differ.
    /// </summary>
    /// <param name="facilities">Their keys.</param>
    /// <param name="asked">Where the asker would put them; gets the homes in force.</param>
    /// <param name="livesHere">Whether a facility is open in this partition.</param>
    /// <returns>The places of those that do not stand in the database yet.</returns>
    public List<int> Settle(NodeKey[] facilities, int[] asked, Func<NodeKey, bool> livesHere)
    {
        var unstored = new List<int>();
        for (var i = 0; i < facilities.Length; i++)
        {
            if (homes.Find(facilities[i]) is var known and not 0) asked[i] = known;
            else if (livesHere(facilities[i]))
            {
                asked[i] = partition;
                continue;
            }
            else homes.Note(facilities[i], asked[i]);
            if (!homes.IsStored(facilities[i])) unstored.Add(i);
        }
        return unstored;
    }

    /// <summary>They stand in the database.</summary>
    public void NoteStored(NodeKey[] facilities, int[] at, List<int> places)
    {
        foreach (var place in places) homes.Note(facilities[place], at[place], isStored: true);
    }
}
