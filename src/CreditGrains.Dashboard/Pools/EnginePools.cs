using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Shell;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Dashboard.Pools;

/// <summary>
/// The live pools of an engine. State is read once a tick however many look; loans are copied beside, as often as a twentieth of the time allows, so that a pool of millions does not keep the engine busy.
/// </summary>
/// <param name="source">As the reader may read it.</param>
/// <param name="options">How often.</param>
/// <param name="reader">Who reads; of all tenants sees that of the options.</param>
public sealed class EnginePools(IPoolSource source, DashboardOptions options, Principal reader) : IPoolDesk
{
    private const int ListedMax = 1_000;
    private const int CopyShare = 20;
    private static readonly TimeSpan CopyEveryMin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstCopyAwaited = TimeSpan.FromMilliseconds(300);
    private readonly ConcurrentDictionary<NodeKey, KeptPool> kept = new();
    private readonly ushort tenant = reader.Tenant == 0 ? options.Tenant : reader.Tenant;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PoolEntry>> ListAsync()
    {
        var entries = new List<PoolEntry>();
        foreach (var key in await source.ListPoolsAsync(tenant, default, ListedMax))
            if (await StateAsync(key) is { } state) entries.Add(new PoolEntry(KeyText.PoolId(key), NameOf(state)));
        return entries;
    }

    /// <inheritdoc/>
    public async ValueTask<PoolSight?> ReadAsync(string id)
    {
        if (KeyOf(id) is not { } key || await StateAsync(key) is not { } state) return null;
        var pool = kept[key];
        if (pool.Begin(options.TimeProvider, CopyEveryMin, CopyShare) is { } begun)
        {
            // The page is kept beside the copy: the newest whole one is shown.
            pool.Copying = CopyAsync(key, pool, begun);
        }

        if (pool.Loans is null && pool.Copying is { } first) await Task.WhenAny(first, Task.Delay(FirstCopyAwaited, options.TimeProvider));
        return pool.Sight(id, NameOf(state), state);
    }

    private async ValueTask<PoolState?> StateAsync(NodeKey key)
    {
        var pool = kept.GetOrAdd(key, _ => new KeptPool());
        if (pool.State is { } known && options.TimeProvider.GetElapsedTime(pool.StateAt) < options.Every / 2) return known;
        if (await source.GetPoolAsync(key) is not { } state) return null;
        pool.Take(state, options.TimeProvider.GetTimestamp());
        return state;
    }

    private async Task CopyAsync(NodeKey key, KeptPool pool, long begun)
    {
        PoolLoansCopied? copied = null;
        try
        {
            if (await source.ReadLinesAsync(key, null, CancellationToken.None) is { } loans) copied = await Task.Run(() => Copied(loans));
        }
        finally
        {
            pool.End(copied, options.TimeProvider.GetElapsedTime(begun), options.TimeProvider.GetTimestamp());
        }
    }

    private PoolLoansCopied Copied(PoolLines loans)
    {
        var lines = loans.Lines;
        var deal = options.LiveDeal?.Invoke(loans.State);
        if (deal is null) return new PoolLoansCopied(lines, null, "", loans.State.Sequence);
        try
        {
            return new PoolLoansCopied(lines, LiveCollateral.Deal(loans.State, deal, lines), "", loans.State.Sequence);
        }
        catch (InvalidInputException refusal)
        {
            return new PoolLoansCopied(lines, null, refusal.Message, loans.State.Sequence);
        }
    }

    private static string NameOf(PoolState state) => state.Key.LegalEntity <= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{state.Ledger.Terms.Name} ({state.Key.Id})")
        : string.Create(CultureInfo.InvariantCulture, $"{state.Ledger.Terms.Name} ({state.Key.LegalEntity}/{state.Key.Id})");

    private NodeKey? KeyOf(string id)
    {
        var parts = id.Split('-');
        return parts is ["live", var entity, var number] && ushort.TryParse(entity, NumberStyles.None, CultureInfo.InvariantCulture, out var legalEntity)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && new NodeKey(place, tenant, legalEntity, NodeKind.Pool) is { IsValid: true } key && reader.Covers(key) ? key : null;
    }
}

/// <summary>Loans of a pool as they were copied.</summary>
/// <param name="Lines">Put together.</param>
/// <param name="Deal">On them; null for none.</param>
/// <param name="Note">Why there is none though one is wanted.</param>
/// <param name="Sequence">Newest event in them.</param>
internal sealed record PoolLoansCopied(ImmutableArray<LoanLine> Lines, DealTerms? Deal, string Note, long Sequence);

/// <summary>What is kept of a pool for all viewers.</summary>
internal sealed class KeptPool
{
    private readonly Lock gate = new();
    private PoolSight? sight;
    private TimeSpan copyTook;
    private long copiedAt;
    private bool isCopying;
    private long version;

    public PoolState? State { get; private set; }

    public long StateAt { get; private set; }

    public PoolLoansCopied? Loans { get; private set; }

    /// <summary>The copy under way, or the last one.</summary>
    public Task? Copying { get; set; }

    public void Take(PoolState state, long at)
    {
        lock (gate)
        {
            if (State is not { } before || !IsSame(before, state)) (State, sight) = (state, null);
            StateAt = at;
        }
    }

    /// <summary>The timestamp of a copy that is to begin now; null when none is due.</summary>
    public long? Begin(TimeProvider clock, TimeSpan everyMin, int share)
    {
        lock (gate)
        {
            if (isCopying || State is null) return null;
            if (Loans is not null)
            {
                var pause = copyTook * share;
                if (clock.GetElapsedTime(copiedAt) < (pause > everyMin ? pause : everyMin) || Loans.Sequence >= State.Sequence) return null;
            }

            isCopying = true;
            return clock.GetTimestamp();
        }
    }

    public void End(PoolLoansCopied? copied, TimeSpan took, long at)
    {
        lock (gate) (Loans, sight, copyTook, copiedAt, isCopying) = (copied ?? Loans, null, took, at, false);
    }

    public PoolSight Sight(string id, string name, PoolState state)
    {
        lock (gate)
            return sight ??= new PoolSight(id, name, state.Ledger.Terms.Currency, (State ?? state).Ledger, Loans?.Lines ?? [], Loans?.Deal, ++version) { IsReading = Loans is null, Note = Loans?.Note ?? "" };
    }

    // Other events of the engine move the sequence too; the pool is as before when its sums are.
    private static bool IsSame(PoolState a, PoolState b) =>
        a.Ledger.Open.Equals(b.Ledger.Open) && a.Ledger.Loans == b.Ledger.Loans && a.Ledger.DefaultedTotal == b.Ledger.DefaultedTotal && a.Ledger.RecoveredTotal == b.Ledger.RecoveredTotal;
}
