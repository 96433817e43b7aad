using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Pools;

namespace CreditGrains.Domain.Commands;

/// <summary>A command about a pool.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Key">The pool: a node of kind pool, opened before.</param>
public abstract record PoolCommand(CommandKind Kind, NodeKey Key) : ControlCommand(Kind, Key);

/// <summary>Gives a pool its terms, once: definition of default, rules, buckets, triggers (docs/pools.md).</summary>
/// <param name="Key">The pool.</param>
/// <param name="Terms">The pool file as it stands, JSON in UTF-8, 1 to <see cref="TermsLengthMax"/> bytes; the journal keeps it by its SHA-256.</param>
public sealed record DefinePool(NodeKey Key, ReadOnlyMemory<byte> Terms) : PoolCommand(CommandKind.DefinePool, Key)
{
    /// <summary>Longest terms, bytes.</summary>
    public const int TermsLengthMax = 48 << 10;

    /// <inheritdoc/>
    public bool Equals(DefinePool? other) => other is not null && Key == other.Key && Terms.Span.SequenceEqual(other.Terms.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Terms.Length);
}

/// <summary>Brings a loan that another system services into a pool. Refused with the name of the rule that keeps it out.</summary>
/// <param name="Key">The pool.</param>
/// <param name="Loan">The servicer's number of the loan, 1 or more, unique in tenant and legal entity.</param>
/// <param name="Transfer">A way in.</param>
/// <param name="Date">Business date, 1970 to 2999.</param>
/// <param name="State">The loan as it is.</param>
public sealed record PutLoanInPool(NodeKey Key, long Loan, TransferKind Transfer, DateOnly Date, LoanCandidate State)
    : PoolCommand(CommandKind.PutLoanInPool, Key)
{
    /// <summary>What the whole pool says of its concentration rules, where this is asked of one of its parts; null elsewhere. No part of the request: it is not journaled, and repeats need not agree on it.</summary>
    public PoolVerdict? Concentration { get; init; }
}

/// <summary>Takes a loan out of its pool. No prepayment.</summary>
/// <param name="Key">The pool.</param>
/// <param name="Loan">The servicer's number.</param>
/// <param name="Transfer">A way out.</param>
/// <param name="Date">Business date, 1970 to 2999.</param>
public sealed record TakeLoanFromPool(NodeKey Key, long Loan, TransferKind Transfer, DateOnly Date) : PoolCommand(CommandKind.TakeLoanFromPool, Key);

/// <summary>What happened to a loan of the pool, as its servicer reports it.</summary>
/// <param name="Key">The pool.</param>
/// <param name="Loan">The servicer's number.</param>
/// <param name="Movement">The event, with the state of the loan after it.</param>
public sealed record ReportLoan(NodeKey Key, long Loan, LoanMovement Movement) : PoolCommand(CommandKind.ReportLoan, Key);
