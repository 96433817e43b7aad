using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Who a lease desk is, and its way to nodes.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="HeldMicrosMax">How long a request may wait for headroom, beyond which it is refused by name.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Report">Sends a report; gives the answer when there is one at once.</param>
/// <param name="AskVelocity">Asks for more of a window's allowance; null when there is no such velocity limit.</param>
internal sealed record LeaseDeskOptions(int Partition, long Epoch, long HeldMicrosMax, TimeProvider Clock, Func<LeaseReport, Task<LeaseReply?>> Report,
    Func<VelocityAsk, Task<VelocityShare?>> AskVelocity);
