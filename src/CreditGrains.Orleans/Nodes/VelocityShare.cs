using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Nodes;

/// <summary>A partition asks for more of a window's allowance: totals, what its window holds included.</summary>
/// <param name="Node">The node.</param>
/// <param name="Partition">Who asks.</param>
/// <param name="WindowSeconds">Length of the window, which names the velocity limit.</param>
/// <param name="Number">Numbers the questions of a partition about a window; grows, also over its epochs.</param>
/// <param name="Amount">Amount it needs in all, minor units of the node's currency.</param>
/// <param name="Count">Approvals it needs in all.</param>
internal sealed record VelocityAsk(NodeKey Node, int Partition, int WindowSeconds, long Number, long Amount, long Count);

/// <summary>What a partition may use of a window in all; −1 where the velocity limit has no such bound.</summary>
/// <param name="Amount">Minor units of the node's currency.</param>
/// <param name="Count">Approvals.</param>
/// <param name="AmountMax">The node's own limit.</param>
/// <param name="CountMax">The node's own limit.</param>
/// <param name="IsAllAmount">Whether less than was asked for: then it is all that no other window holds now.</param>
/// <param name="IsAllCount">The same of approvals.</param>
internal sealed record VelocityShare(long Amount, long Count, long AmountMax, long CountMax, bool IsAllAmount, bool IsAllCount);

/// <summary>A node takes back what a partition does not use of a window.</summary>
/// <param name="Node">The node.</param>
/// <param name="WindowSeconds">Length of the window.</param>
/// <param name="Answered">The partition's last question that the node has given anything for: answers to it and to those before are void once this is heard. Later ones stand.</param>
/// <param name="IsAll">Under a new limit: the allowance ends, also that for what the window holds; else what leaves the window could be spent again above a lower limit.</param>
internal sealed record VelocityRecall(NodeKey Node, int WindowSeconds, long Answered, bool IsAll);

/// <summary>A partition's part of a window's limit, as its node has it stored: never less than the partition's allowance, nor than what it said its window holds.</summary>
/// <param name="WindowSeconds">Length of the window.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Amount">Minor units of the node's currency; −1 without such a bound.</param>
/// <param name="Count">Approvals; −1 without such a bound.</param>
/// <param name="Answered">The partition's last question that it was given for.</param>
internal sealed record VelocityPart(int WindowSeconds, int Partition, long Amount, long Count, long Answered = 0);
