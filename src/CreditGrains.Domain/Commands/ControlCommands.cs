using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;

namespace CreditGrains.Domain.Commands;

/// <summary>A command that sets up nodes, limits, rates or dates.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Key">The node it is about; for rates and dates only tenant and legal entity count.</param>
public abstract record ControlCommand(CommandKind Kind, NodeKey Key);

/// <summary>A parent of a node, with the share of it the parent bears.</summary>
/// <param name="Parent">Any node but a facility, of the same tenant.</param>
/// <param name="SharePpm">1 to 1,000,000 parts per million.</param>
public readonly record struct ParentShare(NodeKey Parent, int SharePpm = Share.WholePpm);

/// <summary>Creates a limit node. Refused when it exists already with other terms.</summary>
/// <param name="Key">Its key; any kind but facility.</param>
/// <param name="Currency">Currency of its limit.</param>
/// <param name="Limit">Minor units, 0 to 2^60; 2^60 is "unlimited".</param>
/// <param name="Basis">What it counts.</param>
/// <param name="Parents">At most 8; ancestors of any facility below may not exceed 16.</param>
public sealed record OpenNode(NodeKey Key, Currency Currency, long Limit, ExposureBasis Basis, IReadOnlyList<ParentShare> Parents)
    : ControlCommand(CommandKind.OpenNode, Key);

/// <summary>Creates a facility under its parents, with what it owes already (a migrated book).</summary>
/// <param name="Key">Its key; kind facility.</param>
/// <param name="Currency">Currency of its limit and balances.</param>
/// <param name="Limit">Minor units, 0 to 2^60.</param>
/// <param name="Basis">What it counts of itself; <see cref="ExposureBasis.KeepsRepaid"/> makes it a term facility.</param>
/// <param name="CreditAddsHeadroom">Whether a credit balance may be spent above the limit.</param>
/// <param name="OpeningPrincipal">Minor units, 0 or more.</param>
/// <param name="Parents">1 to 8 direct parents; distinct ancestors at most 16.</param>
public sealed record OpenFacility(
    NodeKey Key, Currency Currency, long Limit, ExposureBasis Basis, bool CreditAddsHeadroom, long OpeningPrincipal,
    IReadOnlyList<ParentShare> Parents) : ControlCommand(CommandKind.OpenFacility, Key);

/// <summary>Puts a node or facility under a further parent. Balances and holds follow.</summary>
public sealed record LinkNode(NodeKey Key, ParentShare Parent) : ControlCommand(CommandKind.LinkNode, Key);

/// <summary>Takes a node or facility out from under a direct parent. Balances and holds follow.</summary>
public sealed record UnlinkNode(NodeKey Key, NodeKey Parent) : ControlCommand(CommandKind.UnlinkNode, Key);

/// <summary>Changes one direct parent for another in one step.</summary>
public sealed record MoveFacility(NodeKey Key, NodeKey From, ParentShare To) : ControlCommand(CommandKind.MoveFacility, Key);

/// <summary>Puts a facility in a pool, out of the one it was in; no pool (default key) only takes it out.</summary>
public sealed record TransferToPool(NodeKey Key, NodeKey Pool) : ControlCommand(CommandKind.TransferToPool, Key)
{
    /// <summary>What the pool's other parts hold, where this is asked of one of its parts; null elsewhere. No part of the request: it is not journaled, and repeats need not agree on it.</summary>
    public OtherParts? Others { get; init; }

    /// <summary>Of a part's own, about a facility in the pool: the loan, drawn since, that enters if the rules let it; 0 for all loans with their facility. The event names it as its reference.</summary>
    public long Loan { get; init; }
}

/// <summary>
/// Sets a limit of a facility or node. Without times it holds from now; with a start it waits; with an end it is temporary
/// and what was in force returns. A cut below usage is allowed: nothing more is approved until headroom returns.
/// </summary>
/// <param name="Key">Facility or node.</param>
/// <param name="Limit">Minor units, 0 to 2^60.</param>
/// <param name="FromMicros">Start, writer time in microseconds; 0 is now.</param>
/// <param name="UntilMicros">End (exclusive) of a temporary limit; 0 is none. After the start.</param>
public sealed record SetLimit(NodeKey Key, long Limit, long FromMicros = 0, long UntilMicros = 0) : ControlCommand(CommandKind.SetLimit, Key);

/// <summary>Sets or removes a sub-limit of a facility: a ceiling for one channel or range of merchant categories.</summary>
/// <param name="Key">Facility.</param>
/// <param name="Channel">The channel, or Unspecified for any.</param>
/// <param name="CategoryFrom">First merchant category; 0 with <paramref name="CategoryTo"/> 9999 is any.</param>
/// <param name="CategoryTo">Last merchant category, inclusive.</param>
/// <param name="Limit">Minor units; −1 removes it. At most 8 a facility.</param>
public sealed record SetSubLimit(NodeKey Key, Channel Channel, ushort CategoryFrom, ushort CategoryTo, long Limit)
    : ControlCommand(CommandKind.SetSubLimit, Key);

/// <summary>
/// Sets or removes a limit on what may be approved in any window of writer time. Counted in buckets of a sixteenth of the
/// window (at least one second), the oldest bucket whole, so it may count slightly more than the window but never less.
/// </summary>
/// <param name="Key">Facility or node.</param>
/// <param name="WindowSeconds">1 to 31,622,400 (366 days).</param>
/// <param name="AmountMax">Minor units in the node's currency; −1 is no bound on the amount.</param>
/// <param name="CountMax">Approvals; −1 is no bound on the count. Both −1 removes the limit of that window. At most 4 a node.</param>
public sealed record SetVelocityLimit(NodeKey Key, int WindowSeconds, long AmountMax, int CountMax) : ControlCommand(CommandKind.SetVelocityLimit, Key);

/// <summary>Requests above this amount on the facility or below the node go to a person.</summary>
/// <param name="Key">Facility or node.</param>
/// <param name="Amount">Minor units in the node's currency; −1 removes the threshold.</param>
public sealed record SetReviewThreshold(NodeKey Key, long Amount) : ControlCommand(CommandKind.SetReviewThreshold, Key);

/// <summary>Stops approvals on a facility, or on everything below a node. Facts still post.</summary>
public sealed record Freeze(NodeKey Key) : ControlCommand(CommandKind.Freeze, Key);

/// <summary>Allows approvals again.</summary>
public sealed record Unfreeze(NodeKey Key) : ControlCommand(CommandKind.Unfreeze, Key);

/// <summary>Ends a facility: closing while balance, hold or referral remains, closed at once after. A node must have no children.</summary>
public sealed record Close(NodeKey Key) : ControlCommand(CommandKind.Close, Key);

/// <summary>Sets the rate from one currency to another for a tenant and legal entity.</summary>
/// <param name="Key">Its tenant and legal entity are used; kind and id stay default.</param>
/// <param name="From">Currency of the exposure.</param>
/// <param name="To">Currency of the node.</param>
/// <param name="RateNano">Units of <paramref name="To"/> for one unit (not minor unit) of <paramref name="From"/>, in billionths; 1 or more.</param>
/// <param name="ValidUntilMicros">Writer time after which the rate is stale.</param>
public sealed record SetFxRate(NodeKey Key, Currency From, Currency To, long RateNano, long ValidUntilMicros) : ControlCommand(CommandKind.SetFxRate, Key);

/// <summary>Moves a legal entity's business date forward.</summary>
/// <param name="Key">Its tenant and legal entity are used; kind and id stay default.</param>
/// <param name="Day">Days since 1970-01-01; must be later than the one in force.</param>
public sealed record AdvanceBusinessDate(NodeKey Key, int Day) : ControlCommand(CommandKind.AdvanceBusinessDate, Key);

/// <summary>
/// Says what a borrower owes to all banks, as the credit register has it. When more than a fifth of it is over 90 days past due, the borrower's loans here are at
/// least substandard.
/// </summary>
/// <param name="Key">The borrower.</param>
/// <param name="Total">All of it, minor units of the borrower's currency, 0 to 2^60; 0 forgets what was said before.</param>
/// <param name="Over90Days">What of it is over 90 days past due, at most all.</param>
public sealed record ReportBankDebt(NodeKey Key, long Total, long Over90Days) : ControlCommand(CommandKind.ReportBankDebt, Key);

/// <summary>
/// Puts a catalogue of features in force for the whole engine, whatever tenant sends it. Features begin empty with it: what happened before is not counted. The file
/// is kept by its SHA-256. An empty one ends features.
/// </summary>
/// <param name="Key">Its tenant and legal entity are used; kind and id stay default.</param>
/// <param name="Catalogue">The JSON file, at most <see cref="CatalogueLengthMax"/> bytes (docs/features.md).</param>
public sealed record ActivateFeatures(NodeKey Key, byte[] Catalogue) : ControlCommand(CommandKind.ActivateFeatures, Key)
{
    /// <summary>Longest catalogue, bytes: it travels in one event.</summary>
    public const int CatalogueLengthMax = 60_000;
}
