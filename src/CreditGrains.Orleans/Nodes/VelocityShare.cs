using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Nodes;

/// <summary>A partition asks for more of a window's allowance: totals, what it has used of the window included.</summary>
/// <param name="Node">The node.</param>
/// <param name="Partition">Who asks.</param>
/// <param name="WindowSeconds">Length of the window, which names the velocity limit.</param>
/// <param name="Amount">Amount it needs in all, minor units of the node's currency.</param>
/// <param name="Count">Approvals it needs in all.</param>
internal sealed record VelocityAsk(NodeKey Node, int Partition, int WindowSeconds, long Amount, long Count);

/// <summary>What a partition may use of a window in all; −1 where the velocity limit has no such bound.</summary>
/// <param name="Amount">Minor units of the node's currency.</param>
/// <param name="Count">Approvals.</param>
/// <param name="IsEnough">Whether it is what was asked for; else no more is to be had now.</param>
internal sealed record VelocityShare(long Amount, long Count, bool IsEnough);

/// <summary>A partition's part of a window's limit, as its node has it stored: never less than the partition's allowance, nor than what it reported as used.</summary>
internal sealed record VelocityPart(int WindowSeconds, int Partition, long Amount, long Count);
