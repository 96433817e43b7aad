namespace CreditGrains.Domain.Pools;

/// <summary>What the other parts of a pool hold, where it is kept in parts: with its own, a part can look at the pool's concentration rules.</summary>
/// <param name="Balance">Performing balance of the others, minor units.</param>
/// <param name="Groups">Of it, what the groups hold that loans to come are in: by dimension and group.</param>
public sealed record OtherParts(long Balance, IReadOnlyDictionary<(int By, long Group), long> Groups);
