using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>Models, policies, referrals and monitoring of a cluster.</summary>
public sealed partial class ClusterEngine
{
    /// <inheritdoc/>
    public async ValueTask<RiskView> GetRiskAsync(ushort tenant, ushort legalEntity) =>
        ViewWire.Read<RiskView>(await AskAsync(PartitionMap.Register, PartitionQuestion.Of(QuestionKind.Risk, new NodeKey(0, tenant, legalEntity, NodeKind.None)))) ?? RiskView.Empty;

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetContentAsync(ushort tenant, ushort legalEntity, ContentHash hash) =>
        ViewWire.Read<byte[]>(await AskAsync(
            PartitionMap.Register, PartitionQuestion.Of(QuestionKind.Content, new NodeKey(0, tenant, legalEntity, NodeKind.None), unchecked((long)hash.A), unchecked((long)hash.B))));

    /// <summary>Referrals of a legal entity, one partition after the other: a page is of one partition, and its cursor says which is next and where.</summary>
    public async ValueTask<ReferralPage?> ListReferralsAsync(ushort tenant, ushort legalEntity, long cursor, int take)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        var (partition, place) = cursor == 0 ? (1, 0) : ((int)Math.Min(cursor >> 32, int.MaxValue), cursor & uint.MaxValue);
        while (partition <= map.Count)
        {
            var question = PartitionQuestion.Of(QuestionKind.Referrals, new NodeKey(0, tenant, legalEntity, NodeKind.None), place, take);
            var page = ViewWire.Read<ReferralPage>(await AskAsync(partition, question))!;
            (partition, place) = page.NextCursor == 0 ? (partition + 1, 0) : (partition, page.NextCursor);
            // Partitions without any are passed over, so that their number is no number of calls.
            if (page.Referrals.Count > 0) return page with { NextCursor = partition > map.Count ? 0 : ((long)partition << 32) | place };
        }
        return new ReferralPage([], 0);
    }

    /// <summary>What the model saw for an approval, rebuilt from the journal of the partition that decided it, up to <see cref="PastInputs.EventsMax"/> events.</summary>
    public async Task<double[]?> InputsOfAsync(NodeKey entity, long sequence, CancellationToken cancellationToken)
    {
        var partition = PartitionMap.OfSequence(sequence);
        if (sequence < 1 || partition < 1 || partition > map.Count) return null;
        return RiskWire.ReadInputs(await Guarded(() => grains.Partition(partition).RiskAsync(RiskWire.Inputs(entity, sequence)), cancellationToken).WaitAsync(cancellationToken));
    }

    /// <summary>How the models of a legal entity do: what the partitions' monitors have, added up. The first question lets every partition follow its journal with a second book.</summary>
    public async ValueTask<IReadOnlyList<ModelMonitorView>> MonitorsAsync(NodeKey entity)
    {
        var request = RiskWire.Monitors(entity);
        var parts = Array.ConvertAll(await Task.WhenAll(Enumerable.Range(1, map.Count).Select(p => Guarded(() => grains.Partition(p).RiskAsync(request)))), RiskWire.Read);
        var asOf = parts.Max(part => part.AsOf);
        return [.. parts.SelectMany(part => part.Parts).GroupBy(part => (part.Name.Name, part.Name.Version)).OrderBy(version => version.Key.Name, StringComparer.Ordinal).ThenBy(version => version.Key.Version)
            .Select(version => MonitorPart.Sum([.. version], asOf, RiskWire.PerformanceMonths))];
    }

    /// <inheritdoc/>
    public async ValueTask<long> NoteOutcomesAsync(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes)
    {
        var homes = await Task.WhenAll(outcomes.Select(async one => (Home: await HomeOfAsync(one.Facility), Outcome: one)));
        var known = await Task.WhenAll(homes.GroupBy(one => one.Home).Select(async home =>
        {
            var request = RiskWire.Outcomes([.. home.Select(one => one.Outcome)]);
            using var r = PoolWire.Read(await Guarded(() => grains.Partition(home.Key).RiskAsync(request)));
            return r.ReadInt64();
        }));
        return known.Sum();
    }

    /// <summary>Starts a backtest: every partition runs its part over its own journal, and the parts are added up (docs/risk.md, "Backtests on a cluster"). The job is of this silo.</summary>
    public RiskJob StartBacktest(NodeKey entity, VersionName policy, VersionName? model, long fromMicros) => jobs.Start(
        entity, BacktestRun.TitleOf(policy, model),
        (progress, cancelled) => new ClusterBacktest(grains, map.Count, patience, options.Clock, new BacktestAsk(Guid.NewGuid().ToString("N"), entity, policy, model, fromMicros)).RunAsync(progress, cancelled));

    /// <inheritdoc/>
    public RiskJob? Find(string id) => jobs.Find(id);

    /// <inheritdoc/>
    public RiskJob? Cancel(string id) => jobs.Cancel(id);

    /// <summary>The jobs that were started at this silo, newest first.</summary>
    public IReadOnlyList<RiskJob> Jobs() => jobs.All();
}
