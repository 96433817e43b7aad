using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Simulation.Model;

/// <summary>What becomes of a command before it is evaluated: refused, answered as before, or let in.</summary>
/// <param name="Reason">Why it is refused; None otherwise.</param>
/// <param name="Earlier">The event that answers a repeat; null otherwise.</param>
internal readonly record struct Admission(Reason Reason, Entry? Earlier)
{
    public override string ToString() => Earlier is null ? $"refused as {Reason}" : $"a repeat of event {Earlier.Event.Sequence}";
}

/// <summary>docs/rules.md "Time and identity".</summary>
internal static class Admissions
{
    private const long AgeMaxMicros = 72L * 3_600 * Exact.MicrosPerSecond;
    private const long AheadMaxMicros = 300 * Exact.MicrosPerSecond;

    public static Admission Of(World world, in Command command, long now)
    {
        Reason malformed = Malformed(command, now);
        if (malformed != Reason.None) return new Admission(malformed, null);
        ushort tenant = command.Facility.Tenant;
        if (command.Id.IsSession)
        {
            long last = world.Sessions.GetValueOrDefault((tenant, command.Id.Session));
            if (command.Id.SessionSequence > last + 1) return new Admission(Reason.SessionGap, null);
        }
        if (!world.Ids.TryGetValue((tenant, command.Id), out Entry? earlier)) return default;
        return CommandEquality.AreSame(command, earlier.Command) ? new Admission(Reason.None, earlier) : new Admission(Reason.RequestIdReused, null);
    }

    public static bool IsTooOld(RequestId id, long now) => id.UnixMillis * Exact.MicrosPerMilli < now - AgeMaxMicros;

    private static Reason Malformed(in Command command, long now)
    {
        if (!Fields.IsForCallers(command.Kind)) return Reason.InvalidKind;
        if (IdFault(command.Id, now) is var fault and not Reason.None) return fault;
        return Fields.Fault(command, now);
    }

    private static Reason IdFault(RequestId id, long now)
    {
        if (id.IsSession) return id.SessionSequence >= 1 ? Reason.None : Reason.InvalidRequestId;
        if (!id.IsTimeOrdered) return Reason.InvalidRequestId;
        if (IsTooOld(id, now)) return Reason.RequestIdTooOld;
        return id.UnixMillis * Exact.MicrosPerMilli > now + AheadMaxMicros ? Reason.RequestIdFromFuture : Reason.None;
    }
}
