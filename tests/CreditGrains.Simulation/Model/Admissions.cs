using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Simulation.Model;

/// <summary>What becomes of a command before it is evaluated: refused, answered as before, barred, or let in.</summary>
/// <param name="Reason">Why it is refused; None otherwise.</param>
/// <param name="Earlier">The event that answers it: the one of a repeat, or the reversal that barred it; null otherwise.</param>
internal readonly record struct Admission(Reason Reason, Entry? Earlier)
{
    /// <summary>Whether the answer is that the id is barred, rather than the earlier event's own.</summary>
    public bool IsBarred => Earlier is { Event.Kind: CommandKind.Reverse } && Reason == Reason.Tombstoned;

    public override string ToString() => Earlier is null ? $"refused as {Reason}" : $"answered by event {Earlier.Event.Sequence} {Reason}";
}

/// <summary>docs/rules.md "Time and identity".</summary>
internal static class Admissions
{
    private const long AgeMaxMillis = 72L * 3_600_000;
    private const long AheadMaxMillis = 300_000;

    public static Admission Of(World world, in Command command, long now)
    {
        if (Malformed(command, now) is var malformed and not Reason.None) return new Admission(malformed, null);
        ushort tenant = command.Facility.Tenant;
        if (command.Id.IsSession)
        {
            long last = world.Sessions.GetValueOrDefault((tenant, command.Id.Session));
            if (command.Id.SessionSequence > last + 1) return new Admission(Reason.SessionGap, null);
        }
        else if (world.Tombstones.TryGetValue((tenant, command.Id), out Entry? reversal))
        {
            return new Admission(Reason.Tombstoned, reversal);
        }
        if (!world.Ids.TryGetValue((tenant, command.Id), out Entry? earlier)) return default;
        return CommandEquality.AreSame(command, earlier.Command) ? new Admission(Reason.None, earlier) : new Admission(Reason.RequestIdReused, null);
    }

    public static bool IsTooOld(RequestId id, long now) => id.UnixMillis < now / Exact.MicrosPerMilli - AgeMaxMillis;

    private static Reason Malformed(in Command command, long now)
    {
        if (!Fields.IsForCallers(command.Kind)) return Reason.InvalidKind;
        bool isId = command.Id.IsSession ? command.Id.SessionSequence >= 1 : command.Id.IsTimeOrdered;
        if (!isId) return Reason.InvalidRequestId;
        // An id out of its window is found after the fields, though its reason is listed before theirs.
        if (Fields.Fault(command) is var fault and not Reason.None) return fault;
        if (command.Id.IsTimeOrdered && IsTooOld(command.Id, now)) return Reason.RequestIdTooOld;
        return IsAhead(command.Id, now) || IsAhead(command.Original, now) ? Reason.RequestIdFromFuture : Reason.None;
    }

    private static bool IsAhead(RequestId id, long now) => id.IsTimeOrdered && id.UnixMillis > now / Exact.MicrosPerMilli + AheadMaxMillis;
}
