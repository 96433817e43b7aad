using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Clients;

/// <summary>
/// A caller as it should be: keeps each command until it is answered and sends the same one again after a silence. Numbers its
/// commands by time, or in a session of its own, one at a time.
/// </summary>
internal sealed class Client(Dice dice, ushort tenant, ulong? session)
{
    private const int UnansweredMax = 6;

    private readonly List<Command> _unanswered = [];
    private readonly List<Command> _answered = [];
    private readonly Queue<RequestId> _barred = [];
    private long _nextSequence = 1;

    public ushort Tenant => tenant;

    /// <summary>Sent and not answered; each may have taken effect or not.</summary>
    public IReadOnlyList<Command> Unanswered => _unanswered;

    /// <summary>Commands answered for good, oldest first.</summary>
    public IReadOnlyList<Command> Answered => _answered;

    /// <summary>Whether it should hear an answer before it sends anything new.</summary>
    public bool MustWait => _unanswered.Count >= (session is null ? UnansweredMax : 1);

    /// <summary>The id for a command made now. An id whose reversal went ahead of it is used before long.</summary>
    public RequestId NextId(long now)
    {
        if (session is { } numbered) return RequestId.ForSession(numbered, _nextSequence);
        if (_barred.Count > 0 && dice.Percent(20)) return _barred.Dequeue();
        return TimedId(now);
    }

    /// <summary>The id of a command not sent yet, to be reversed ahead of it.</summary>
    public RequestId IdAhead(long now)
    {
        if (session is { } numbered) return RequestId.ForSession(numbered, _nextSequence + 1);
        RequestId ahead = TimedId(now);
        _barred.Enqueue(ahead);
        return ahead;
    }

    /// <summary>Takes a command as sent.</summary>
    public void Send(in Command command) => _unanswered.Add(command);

    /// <summary>Takes the answer to a command it sent.</summary>
    public void Hear(in Command command, in Outcome outcome)
    {
        RequestId id = command.Id;
        Command heard = command;
        int index = _unanswered.FindIndex(sent => sent.Id == id && Model.CommandEquality.AreSame(sent, heard));
        if (index < 0) return;
        _unanswered.RemoveAt(index);
        if (outcome.Kind == OutcomeKind.Refused) return;
        _answered.Add(command);
        if (session is { } numbered && id.IsSession && id.Session == numbered) _nextSequence = Math.Max(_nextSequence, id.SessionSequence + 1);
    }

    private RequestId TimedId(long now)
    {
        long millis = now / 1_000 + dice.Weighted([20, 1, 1, 2]) switch
        {
            0 => 0,
            1 => 299_999,
            2 => -72L * 3_600_000 + 2,
            _ => dice.Between(-60_000, 60_000),
        };
        return RequestId.ForTime(millis, dice.Next(), dice.Next());
    }
}
