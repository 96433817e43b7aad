using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Commands that wait for headroom, by number, and those that wait behind them: places of a session are taken in order, and nothing passes a control command of
/// its own facility. A chain (of a session or a facility) has one command in front; the next one follows when that has its outcome.
/// </summary>
internal sealed class HeldRequests
{
    private const int CountMax = 65_536;
    private readonly Dictionary<long, Entry> numbered = [];
    private readonly Dictionary<(ushort Tenant, ulong Session), Queue<Entry>> sessions = [];
    private readonly Dictionary<NodeKey, Queue<Entry>> facilities = [];
    private long lastNumber;
    private int count;

    /// <summary>Whether any is held.</summary>
    public bool IsEmpty => count == 0;

    /// <summary>Whether no more can be held.</summary>
    public bool IsFull => count >= CountMax;

    /// <summary>Whether a command must wait behind one that does.</summary>
    public bool IsBehind(in Command command) =>
        count > 0 && ((command.Id.IsSession && sessions.ContainsKey(SessionOf(command))) || facilities.ContainsKey(command.Facility));

    /// <summary>Holds a command.</summary>
    /// <returns>Its number; 0 when it waits behind another.</returns>
    public long Add(HeldCommand command, long nowMicros)
    {
        count++;
        return Enter(new Entry(command, nowMicros));
    }

    /// <summary>The command of a number; false when it has its outcome already.</summary>
    public bool TryGet(long number, out HeldCommand command)
    {
        var isThere = numbered.TryGetValue(number, out var entry);
        command = isThere ? entry!.Command : default;
        return isThere;
    }

    /// <summary>The part of its amount a command asks for; 0 is all.</summary>
    public long PartOf(long number) => numbered.TryGetValue(number, out var entry) ? entry.Part : 0;

    /// <summary>Lets a command ask for a part of its amount.</summary>
    public void AskForPart(long number, long part) => numbered[number].Part = part;

    /// <summary>A command has its outcome.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="next">Gets the numbers of those whose turn it is now.</param>
    public void Settle(long number, List<long> next)
    {
        if (!numbered.Remove(number, out var entry)) return;
        count--;
        if (entry.HoldsSession) Follow(sessions, SessionOf(entry.Command.Command), next, isSession: true);
        if (entry.HoldsFacility) Follow(facilities, entry.Command.Command.Facility, next, isSession: false);
    }

    /// <summary>The commands behind one in its session: when its place stays free, none may pass it. They are held no more.</summary>
    public List<HeldCommand> TakeSessionBehind(long number)
    {
        var behind = new List<HeldCommand>();
        if (!numbered.TryGetValue(number, out var entry) || !entry.HoldsSession) return behind;
        sessions.Remove(SessionOf(entry.Command.Command), out var queue);
        entry.HoldsSession = false;
        foreach (var follower in queue ?? []) behind.Add(follower.Command);
        count -= behind.Count;
        return behind;
    }

    /// <summary>Numbers of commands held since before a time.</summary>
    public List<long> HeldSinceBefore(long micros) => [.. numbered.Where(n => n.Value.HeldAtMicros < micros).Select(n => n.Key).Order()];

    /// <summary>Lets all go.</summary>
    public IEnumerable<HeldCommand> TakeAll()
    {
        var all = numbered.Values.Concat(sessions.Values.SelectMany(q => q)).Concat(facilities.Values.SelectMany(q => q)).Select(e => e.Command).ToArray();
        numbered.Clear();
        sessions.Clear();
        facilities.Clear();
        count = 0;
        return all;
    }

    private static (ushort Tenant, ulong Session) SessionOf(in Command command) => (command.Facility.Tenant, command.Id.Session);

    private long Enter(Entry entry)
    {
        ref readonly var command = ref entry.Command.Command;
        if (command.Id.IsSession && !entry.HoldsSession)
        {
            if (sessions.TryGetValue(SessionOf(command), out var behind))
            {
                behind.Enqueue(entry);
                return 0;
            }
            sessions[SessionOf(command)] = new Queue<Entry>();
            entry.HoldsSession = true;
        }
        if (!entry.HoldsFacility && facilities.TryGetValue(command.Facility, out var behindControl))
        {
            behindControl.Enqueue(entry);
            return 0;
        }
        if (command.Control is not null && !entry.HoldsFacility)
        {
            facilities[command.Facility] = new Queue<Entry>();
            entry.HoldsFacility = true;
        }
        numbered[++lastNumber] = entry;
        return lastNumber;
    }

    private void Follow<TKey>(Dictionary<TKey, Queue<Entry>> chains, TKey key, List<long> next, bool isSession)
        where TKey : notnull
    {
        if (!chains[key].TryDequeue(out var follower))
        {
            chains.Remove(key);
            return;
        }
        if (isSession) follower.HoldsSession = true;
        else follower.HoldsFacility = true;
        if (Enter(follower) is var number and not 0) next.Add(number);
    }

    private sealed class Entry(HeldCommand command, long heldAtMicros)
    {
        public HeldCommand Command { get; } = command;

        public long HeldAtMicros { get; } = heldAtMicros;

        public long Part { get; set; }

        public bool HoldsSession { get; set; }

        public bool HoldsFacility { get; set; }
    }
}
