using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Clients;

/// <summary>A promise of docs/rules.md or DESIGN §3 was broken, as seen from outside the engine.</summary>
internal sealed class PromiseBrokenException(string message) : Exception(message);

/// <summary>
/// Every answer any client ever got, by tenant and id. A command has one answer for good: each later one must be equal, and say
/// that it repeats.
/// </summary>
internal sealed class Correspondence
{
    private readonly Dictionary<(ushort Tenant, RequestId Id), (Command Command, Outcome Outcome)> _answered = [];

    /// <summary>Commands with an answer for good.</summary>
    public IReadOnlyCollection<(Command Command, Outcome Outcome)> Answered => _answered.Values;

    /// <summary>The answer for good, if the client got one.</summary>
    public Outcome? Find(ushort tenant, RequestId id) => _answered.TryGetValue((tenant, id), out var known) ? known.Outcome : null;

    /// <summary>Takes an answer as it leaves the engine.</summary>
    /// <exception cref="PromiseBrokenException">It disagrees with an earlier one.</exception>
    public void Acknowledge(in Command command, in Outcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Refused)
        {
            Require((int)outcome.Reason is > 0 and < 100 && outcome.Sequence == 0, $"refused with {outcome.Reason} and sequence {outcome.Sequence}");
            return;
        }
        (ushort Tenant, RequestId Id) place = (command.Facility.Tenant, command.Id);
        if (!_answered.TryGetValue(place, out (Command Command, Outcome Outcome) known))
        {
            _answered.Add(place, (command, outcome));
            return;
        }
        // A barred id is answered by the reversal that barred it, each time anew.
        bool isBarred = outcome.Reason == Reason.Tombstoned && known.Outcome.Reason == Reason.Tombstoned;
        Require(isBarred || CommandEquality.AreSame(command, known.Command), $"id {command.Id} was answered for two commands: {known.Command.Kind}, then {command.Kind}");
        Require(outcome.Duplicate || isBarred, $"id {command.Id} took effect twice: at {known.Outcome.Sequence} and at {outcome.Sequence}");
        Require(AreSame(known.Outcome, outcome), $"id {command.Id} was answered {Text(known.Outcome)}, then {Text(outcome)}");
    }

    private static bool AreSame(in Outcome first, in Outcome second) =>
        (first.Kind, first.Reason, first.Sequence, first.RecordedAtMicros, first.Amount, first.ExpiresAtMicros, first.Balances, first.Headroom)
            == (second.Kind, second.Reason, second.Sequence, second.RecordedAtMicros, second.Amount, second.ExpiresAtMicros, second.Balances, second.Headroom)
        && (first.Limits ?? []).AsSpan().SequenceEqual(second.Limits ?? []);

    private static string Text(in Outcome outcome) =>
        $"{outcome.Kind} {outcome.Reason} at {outcome.Sequence} amount {outcome.Amount} balances {outcome.Balances} headroom {outcome.Headroom} limits {outcome.Limits?.Length ?? 0}";

    private static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) throw new PromiseBrokenException(otherwise.Message());
    }
}
