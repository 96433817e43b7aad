using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>What the rules say about one command: the outcome with everything that goes into its event.</summary>
internal sealed class Verdict
{
    public required OutcomeKind Kind { get; init; }

    public Reason Reason { get; init; }

    public BigInteger Amount { get; init; }

    /// <summary>End of the item made or moved; 0 is none.</summary>
    public long End { get; init; }

    public Allocation? Allocation { get; init; }

    /// <summary>Reverse of an id not seen: the id is barred from now on.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>ResolveReferral, accepted: the kind of request that was carried out.</summary>
    public CommandKind AcceptedKind { get; init; }

    public List<FailingLimit> Limits { get; init; } = [];

    /// <summary>What happened to loans.</summary>
    public List<LoanEventView> Loans { get; init; } = [];

    /// <summary>Why the terms of a loan were refused.</summary>
    public LoanFault LoanFault { get; init; }

    /// <summary>ResolveReferral, accepted: the loan that was made.</summary>
    public LoanOffer? Offer { get; init; }

    public static Verdict Posted(BigInteger amount = default) => new() { Kind = OutcomeKind.Posted, Amount = amount };

    public static Verdict Declined(Reason reason, params List<FailingLimit> limits) =>
        new() { Kind = OutcomeKind.Declined, Reason = reason, Limits = limits };

    /// <summary>Declined because of a node, which the data names.</summary>
    public static Verdict Blocked(Reason reason, NodeKey node) => Declined(reason, new FailingLimit(node, LimitKind.Blocked, 0, 0, 0));
}

/// <summary>The reference model and the events it is shown do not agree: one of them breaks docs/rules.md.</summary>
internal sealed class ModelMismatchException(string message) : Exception(message);
