using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Mapping;

/// <summary>Why a message could not become a command: a field no command can hold. Default: it could.</summary>
/// <param name="Reason">One of the reasons that keep the id free.</param>
/// <param name="Message">Which field is at fault and how to mend it.</param>
internal readonly record struct Refusal(Reason Reason, string? Message)
{
    public bool IsNone => Reason == Reason.None;

    public Outcome ToOutcome() => new() { Kind = OutcomeKind.Refused, Reason = Reason, Message = Message };
}
