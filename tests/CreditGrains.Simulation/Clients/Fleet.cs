using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;
using CreditGrains.Simulation.Model;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Clients;

/// <summary>One command on its way, and the client that waits for it; null when nobody does (a stray duplicate).</summary>
internal readonly record struct Submission(Command Command, Client? Client);

/// <summary>
/// The clients of a simulated world. They send the set-up first, then what the workload makes, and mix in repeats of what was
/// answered, of what was not, and old ids with other commands.
/// </summary>
internal sealed class Fleet
{
    private readonly Dice _dice;
    private readonly WorldPlan _plan;
    private readonly Profile _profile;
    private readonly AccountSource _accounts;
    private readonly ControlSource _controls;
    private readonly List<Client> _clients = [];
    private readonly Queue<ControlCommand> _setup;

    public Fleet(Dice dice, WorldPlan plan, Profile profile, World world)
    {
        _dice = dice;
        _plan = plan;
        _profile = profile;
        _accounts = new AccountSource(dice.Fork(), plan, world);
        _controls = new ControlSource(dice.Fork(), plan, world);
        _setup = new Queue<ControlCommand>(plan.Setup);
        foreach (ushort tenant in plan.Tenants)
        {
            int count = 2 + dice.Below(4);
            for (int i = 0; i < count; i++) _clients.Add(new Client(dice.Fork(), tenant, SessionOf(dice, profile, i)));
        }
    }

    public IReadOnlyList<Client> Clients => _clients;

    /// <summary>The next command to reach the engine.</summary>
    public Submission Next(long now)
    {
        if (_setup.TryPeek(out ControlCommand? setup)) return SetUp(setup, now);
        Client client = _dice.Pick(_clients);
        if (client.MustWait || (client.Unanswered.Count > 0 && _dice.Percent(40))) return new Submission(Copy(_dice.Pick(client.Unanswered)), client);
        if (client.Answered.Count > 0)
        {
            if (_dice.Percent((int)_profile.RetryPercent)) return new Submission(Copy(_dice.PickLate(client.Answered)), null);
            if (_dice.Percent((int)_profile.ReusePercent)) return new Submission(Reuse(client, now), null);
        }
        Command command = Make(client, now);
        command.Id = client.NextId(now);
        if (_dice.Percent((int)_profile.BadPercent)) BadInput.Spoil(_dice, ref command, now);
        client.Send(command);
        return new Submission(command, client);
    }

    /// <summary>What clients wait for, to be sent again.</summary>
    public IEnumerable<Submission> Unanswered() =>
        _clients.SelectMany(client => client.Unanswered.Select(command => new Submission(Copy(command), client)));

    // The first client of a tenant, which sets the world up, numbers by time.
    private static ulong? SessionOf(Dice dice, Profile profile, int index) =>
        index > 0 && dice.Percent(profile.SessionPercent) ? (dice.Next() >> 12 << 8) + (ulong)index : null;

    // The set-up goes through the first client of its tenant; a command stays first in line until it is sent.
    private Submission SetUp(ControlCommand control, long now)
    {
        Client client = _clients.Find(each => each.Tenant == control.Key.Tenant)!;
        if (client.MustWait) return new Submission(Copy(client.Unanswered[0]), client);
        _setup.Dequeue();
        Command command = Command.Of(client.NextId(now), control);
        client.Send(command);
        return new Submission(command, client);
    }

    private Command Make(Client client, long now)
    {
        CommandKind kind = _profile.NextKind(_dice);
        return (int)kind >= 64
            ? Command.Of(default, _controls.Make(kind, client.Tenant, now))
            : _accounts.Make(kind, client.Tenant, kind == CommandKind.Reverse ? Original(client, now) : default, now);
    }

    // What to undo: mostly something answered, also of another client, in flight, not sent yet or never sent.
    private RequestId Original(Client client, long now)
    {
        Client other = _dice.Pick([.. _clients.Where(each => each.Tenant == client.Tenant)]);
        if (other.Answered.Count > 0 && _dice.Percent(75)) return _dice.PickLate(other.Answered).Id;
        if (other.Unanswered.Count > 0 && _dice.Percent(40) && IsWellFormed(other.Unanswered[0].Id)) return other.Unanswered[0].Id;
        if (_dice.Percent(15)) return RequestId.ForTime(now / 1_000 - 73L * 3_600_000, 1, (ulong)_dice.Below(5));
        return client.IdAhead(now);
    }

    private static bool IsWellFormed(RequestId id) => id.IsTimeOrdered || (id.IsSession && id.SessionSequence > 0);

    // An id answered before, for another command.
    private Command Reuse(Client client, long now)
    {
        Command command = Make(client, now);
        command.Id = _dice.PickLate(client.Answered).Id;
        return command;
    }

    // A client that sends again builds its message again: equal in content, not the same objects.
    private Command Copy(Command command)
    {
        if (_dice.Percent(20)) command.OccurredAtMicros += 1;
        if (command.Attributes is { } attributes) command.Attributes = [.. attributes];
        command.Control = command.Control switch
        {
            OpenNode open => open with { Parents = [.. open.Parents] },
            OpenFacility open => open with { Parents = [.. open.Parents] },
            { } control => control with { },
            null => null,
        };
        return command;
    }
}
