using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// What may run in a partition now: facilities that live elsewhere are sent there, commands that name shared nodes not here yet wait for them
/// (<see cref="MirrorDesk"/>), requests without headroom on shared nodes wait for it (<see cref="LeaseDesk"/>), all others run.
/// </summary>
internal sealed class PartitionAdmission(Signposts signposts, MirrorDesk mirrors, LeaseDesk leases) : IAdmission
{
    private const int RunMax = 1024;

    /// <inheritdoc/>
    public bool HasWork => mirrors.HasWork || leases.HasWork;

    /// <inheritdoc/>
    public void BeginBatch()
    {
        leases.TakeMessages();
        mirrors.TakeArrived();
    }

    /// <inheritdoc/>
    public int Admit(CommandItem item)
    {
        leases.BeginRun();
        var end = Math.Min(item.Commands.Length, item.Next + RunMax);
        for (var i = item.Next; i < end; i++)
        {
            ref readonly var command = ref item.Commands[i];
            if (signposts.HomeOf(command) is var home and not 0)
            {
                if (i == item.Next) item.SendElsewhere(i, home);
                return i;
            }
            if (mirrors.MustWait(command))
            {
                if (i == item.Next) mirrors.Hold(new HeldCommand(item, i));
                return i;
            }
            if (leases.IsBehindHeld(command) || (LeaseDesk.IsRequest(command) && !leases.FitsRun(command)))
            {
                if (i == item.Next) leases.Hold(new HeldCommand(item, i));
                return i;
            }
        }
        return end;
    }

    /// <inheritdoc/>
    public void Executed(CommandItem item, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            ref readonly var command = ref item.Commands[i];
            if (!command.Kind.IsRequest()) leases.Changed(command);
        }
    }

    /// <inheritdoc/>
    public void EndBatch() => leases.EndBatch();

    /// <inheritdoc/>
    public void Fail(Exception fault)
    {
        mirrors.Fail(fault);
        leases.Fail(fault);
    }
}

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
