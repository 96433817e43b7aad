using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// An asset pool as a grain, addressed as "Pool/1/1/7" (<see cref="INodeGrain"/>): adds up the figures of its partitions and lets each project its own loans. Amounts are minor units of the pool's currency, months
/// yyyy-MM. What it tells is durable; each partition's part is of a moment of its own. Null, or nothing, where the pool has no terms.
/// </summary>
[Alias("CreditGrains.IPoolGrain")]
public interface IPoolGrain : INodeGrain
{
    /// <summary>Balances, the open month so far, and the distance to each trigger.</summary>
    [Alias("PoolStanding")]
    Task<PoolStanding?> GetPoolAsync();

    /// <summary>The last closed months, oldest first.</summary>
    [Alias("PoolHistory")]
    Task<IReadOnlyList<PoolMonthFigures>> GetHistoryAsync(int months);

    /// <summary>Moves between buckets in the last closed months.</summary>
    [Alias("PoolRolls")]
    Task<PoolRollFigures?> GetRollMatrixAsync(int months);

    /// <summary>What became of the loans of each month of origination, oldest first.</summary>
    [Alias("PoolVintages")]
    Task<IReadOnlyList<PoolVintageFigures>> GetVintagesAsync();

    /// <summary>What the pool pays by month, for each scenario.</summary>
    /// <exception cref="ArgumentException">Assumptions or conventions cannot be used with this pool; the message says where and how to mend it.</exception>
    [Alias("PoolProjection")]
    [ResponseTimeout("00:04:00")]
    Task<IReadOnlyList<PoolProjectionMonth>> ProjectAsync(PoolProjectionRequest request);

    /// <summary>The whole state, for the front door.</summary>
    [Alias("PoolRead")]
    [ResponseTimeout("00:00:30")]
    Task<Payload> ReadPoolAsync();

    /// <summary>The pool with its loans, for the front door.</summary>
    [Alias("PoolCopy")]
    [ResponseTimeout("00:04:00")]
    Task<Payload> CopyPoolAsync();

    /// <summary>State and groups of lines, for the front door.</summary>
    [Alias("PoolLines")]
    [ResponseTimeout("00:04:00")]
    Task<Payload> ReadLinesAsync();

    /// <summary>State and tables of cash flows, for the front door.</summary>
    [Alias("PoolProject")]
    [ResponseTimeout("00:04:00")]
    Task<Payload> ProjectPoolAsync(Payload request);

    /// <summary>Decides loans that enter under concentration rules, for the front door.</summary>
    [Alias("PoolPut")]
    [ResponseTimeout("00:01:00")]
    Task<Payload> PutAsync(Payload commands);

    /// <summary>Decides the transfer of a facility into the pool under concentration rules, for the front door.</summary>
    /// <param name="home">Partition of the facility.</param>
    /// <param name="command">The transfer.</param>
    [Alias("PoolTransfer")]
    [ResponseTimeout("00:01:00")]
    Task<Payload> TransferAsync(int home, Payload command);

    /// <summary>Has a partition decide its loans that wait to enter under concentration rules.</summary>
    [Alias("PoolEnter")]
    [ResponseTimeout("00:01:00")]
    Task EnterAsync(int partition);
}
