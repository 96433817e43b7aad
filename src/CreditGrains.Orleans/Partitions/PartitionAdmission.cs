using CreditGrains.Domain.Commands;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// What may run in a partition now: facilities that live elsewhere are sent there, commands that name shared nodes not here yet wait for them
/// (<see cref="MirrorDesk"/>), what concerns loans that wait to enter a pool waits for that (<see cref="EntryDesk"/>), requests without headroom on shared nodes wait for it (<see cref="LeaseDesk"/>), all others run.
/// </summary>
internal sealed class PartitionAdmission(PartitionLoop loop, Signposts signposts, MirrorDesk mirrors, EntryDesk entries, LeaseDesk leases) : IAdmission
{
    private const int RunMax = 1024;

    /// <inheritdoc/>
    public bool HasWork => mirrors.HasWork || entries.HasWork || leases.HasWork;

    /// <inheritdoc/>
    public void BeginBatch()
    {
        leases.TakeMessages();
        entries.TakeArrived(RunOrLease);
        mirrors.TakeArrived(RunOrHold);
    }

    /// <inheritdoc/>
    public int Admit(CommandItem item)
    {
        leases.BeginRun();
        var end = Math.Min(item.Commands.Length, item.Next + RunMax);
        for (var i = item.Next; i < end; i++)
        {
            ref readonly var command = ref item.Commands[i];
            // What a control command changes is seen by the next run only: headroom is reckoned before a run begins.
            if (i > item.Next && !GoesWith(command, item.Commands[i - 1])) return i;
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
            if (entries.MustWait(command))
            {
                if (i == item.Next) entries.Hold(new HeldCommand(item, i));
                return i;
            }
            if (!leases.MayRun(command))
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
        for (var i = first; i < first + count; i++) leases.Changed(item.Commands[i]);
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
        leases.EndBatch();
        entries.EndBatch();
    }

    /// <inheritdoc/>
    public void Fail(Exception fault)
    {
        mirrors.Fail(fault);
        entries.Fail(fault);
        leases.Fail(fault);
    }

    private static bool GoesWith(in Command command, in Command before) =>
        command.Kind == before.Kind || (command.Control is null && before.Control is null);

    private bool RunOrHold(HeldCommand held)
    {
        if (!entries.MustWait(held.Command)) return RunOrLease(held);
        entries.Hold(held);
        return true;
    }

    private bool RunOrLease(HeldCommand held)
    {
        leases.BeginRun();
        if (leases.MayRun(held.Command)) return loop.RunHeld(held.Item, held.Place);
        leases.Hold(held);
        return true;
    }
}
