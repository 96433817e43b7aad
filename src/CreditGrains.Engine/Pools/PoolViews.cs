using System.Runtime.InteropServices;
using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>A pool as of one moment.</summary>
/// <param name="Key">The pool.</param>
/// <param name="Terms">The pool file.</param>
/// <param name="TermsHash">SHA-256 of it, lower-case hexadecimal.</param>
/// <param name="Ledger">A copy: balances, months, roll matrices, vintages. Obligors are left out. Other readers may have the same one: look, do not change it.</param>
/// <param name="Sequence">Newest event in it.</param>
/// <param name="AsOfMicros">Its writer time.</param>
public sealed record PoolState(NodeKey Key, ReadOnlyMemory<byte> Terms, string TermsHash, PoolLedger Ledger, long Sequence, long AsOfMicros);

/// <summary>A loan of a pool that is not over, as a projection needs it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct LiveLoan
{
    /// <summary>The servicer's number.</summary>
    public long Id { get; init; }

    /// <summary>Principal owed, minor units.</summary>
    public long Principal { get; init; }

    /// <summary>Annual rate, parts per million.</summary>
    public int RatePpm { get; init; }

    /// <summary>Day of the first drawdown, as <see cref="DateOnly.DayNumber"/>.</summary>
    public int OriginDay { get; init; }

    public int DaysPastDue { get; init; }

    /// <summary>Instalments not yet due.</summary>
    public ushort RemainingMonths { get; init; }

    /// <summary>Of an interest-only plan: the level instalments at its end.</summary>
    public ushort LevelMonths { get; init; }

    /// <summary>Place of the industry in the pool.</summary>
    public ushort Industry { get; init; }

    /// <summary>Place of the region in the pool.</summary>
    public ushort Region { get; init; }

    public byte Bucket { get; init; }

    public LoanPlan Plan { get; init; }

    /// <summary>Its own schedule where no plan gives it; null where <see cref="Plan"/> does.</summary>
    public LiveSchedule? Schedule { get; init; }

    /// <summary>In default: it is no part of the performing balance.</summary>
    public bool IsDefaulted { get; init; }
}

/// <summary>A pool with its loans, of one moment.</summary>
/// <param name="State">The pool.</param>
/// <param name="Slices">Its loans that are not over, in slices.</param>
public sealed record LivePoolLoans(PoolState State, IReadOnlyList<ReadOnlyMemory<LiveLoan>> Slices)
{
    /// <summary>Loans in all slices.</summary>
    public int Count => Slices.Sum(slice => slice.Length);
}

/// <summary>Reads pools while the engine goes on deciding. Everything given is durable.</summary>
public interface IPoolSource
{
    /// <summary>A pool; null when it has no terms.</summary>
    ValueTask<PoolState?> GetPoolAsync(NodeKey key);

    /// <summary>Pools of a tenant in key order after a key; default key starts.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="after">Last key of the page before.</param>
    /// <param name="take">1 to 1,000.</param>
    ValueTask<IReadOnlyList<NodeKey>> ListPoolsAsync(ushort tenant, NodeKey after, int take);

    /// <summary>A pool with its loans as of one moment; null when it has no terms. The engine goes on deciding meanwhile.</summary>
    /// <param name="key">The pool.</param>
    /// <param name="progress">Told the part done, 0 to 1; may be null.</param>
    /// <param name="cancellationToken">Gives up between slices.</param>
    Task<LivePoolLoans?> CopyPoolAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken);

    /// <summary>A pool with its performing loans put together in lines, as of one moment; null when it has no terms.</summary>
    Task<PoolLines?> ReadLinesAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken);

    /// <summary>What a pool pays, as of one moment, loan by loan where the assumptions allow it; null when it has no terms.</summary>
    /// <param name="key">The pool.</param>
    /// <param name="assumptions">Scenarios.</param>
    /// <param name="conventions">Name of a preset or a file of conventions; empty is the standard.</param>
    /// <param name="progress">Told the part done, 0 to 1; may be null.</param>
    /// <param name="cancellationToken">Gives up between slices.</param>
    /// <exception cref="Securitisation.InvalidInputException">Assumptions or conventions cannot be used with this pool.</exception>
    Task<PoolForecasts?> ProjectPoolAsync(NodeKey key, PoolAssumptions assumptions, string conventions, Action<double>? progress, CancellationToken cancellationToken);
}
