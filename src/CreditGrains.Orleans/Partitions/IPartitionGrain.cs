using CreditGrains.Orleans.Wire;
using Orleans.Concurrency;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// One partition: its turn is the single writer of one engine instance. Addressed by number; 0 is the register of shared nodes. Everything it answers is
/// durable. The front door talks to it in batches of bytes (<see cref="Wire"/>); other applications use borrowers, enterprises and pools.
/// </summary>
[Alias("CreditGrains.IPartitionGrain")]
public interface IPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>Executes commands in order; gives their outcomes at the same places.</summary>
    [Alias("Execute")]
    Task<Payload> ExecuteAsync(Payload commands);

    /// <summary>Answers a question about the partition's state.</summary>
    [Alias("Ask")]
    [AlwaysInterleave]
    Task<Payload> AskAsync(PartitionQuestion question);

    /// <summary>Answers a question that may take as long as opening the partition.</summary>
    [Alias("AskLong")]
    [AlwaysInterleave]
    [ResponseTimeout("00:02:00")]
    Task<Payload> AskLongAsync(PartitionQuestion question);

    /// <summary>Answers what a pool asks of its part here, or lets loans in (<see cref="PoolWire"/>).</summary>
    [Alias("Pool")]
    [AlwaysInterleave]
    [ResponseTimeout("00:02:00")]
    Task<Payload> PoolAsync(Payload request);

    /// <summary>What models did here, what became of accounts, and parts of backtests (<see cref="RiskWire"/>, <see cref="BacktestWire"/>). The first question about models lets a second book follow the partition's journal, which takes as much memory as the first.</summary>
    [Alias("Risk")]
    [AlwaysInterleave]
    [ResponseTimeout("00:02:00")]
    Task<Payload> RiskAsync(Payload request);

    /// <summary>Of the register: the terms of shared nodes, each at the place of its key; null for what is not there.</summary>
    [Alias("Terms")]
    [AlwaysInterleave]
    Task<Payload> TermsAsync(Payload nodes);

    /// <summary>Where facilities whose own numbers point here live: written down before they are opened. Gives the homes in force, which may be earlier ones.</summary>
    [Alias("Signpost")]
    Task<int[]> SignpostAsync(Payload facilities, int[] homes);

    /// <summary>A node's answer to a report.</summary>
    [Alias("LeaseReply")]
    Task TakeLeaseReplyAsync(Payload reply);

    /// <summary>A node asks for unused headroom back.</summary>
    [Alias("LeaseRecall")]
    Task TakeLeaseRecallAsync(Payload recall);

    /// <summary>A node asks for what is not used of a window's allowance; gives what the partition counts for from now on.</summary>
    [Alias("GiveBackVelocity")]
    Task<Payload> GiveBackVelocityAsync(Payload asked);

    /// <summary>Opens the partition if it is not; completes when it can decide.</summary>
    [Alias("Wake")]
    Task WakeAsync();
}
