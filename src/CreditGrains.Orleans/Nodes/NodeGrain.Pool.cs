using System.Text;
using CreditGrains.Engine.Pools;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Nodes;

/// <summary>The grain of a pool: what it is besides a node with a limit.</summary>
internal sealed partial class NodeGrain
{
    private PoolParts? parts;
    private PoolGate? gate;
    private SharedRead<PoolState?>? shared;

    private PoolParts Parts => parts ??= new PoolParts(NodeKeyText.Parse(this.GetPrimaryKeyString()), silo, new OrleansGrains(GrainFactory));

    /// <inheritdoc/>
    public async Task<PoolStanding?> GetPoolAsync() => await ReadAsync() is { Ledger: var pool }
        ? new PoolStanding(
            pool.Terms.Name, pool.Terms.Currency.ToString(), pool.Balance, pool.Loans, pool.DefaultedStock, pool.PurchasedTotal, pool.DefaultedTotal, pool.RecoveredTotal, pool.History.Count, FiguresOf(pool.Open),
            [.. pool.Triggers().Select(one => new PoolTriggerFigures(one.Trigger.Name, one.Trigger.Measure.ToString(), one.Trigger.Level, one.Value, one.Distance, one.Headroom, one.IsBreached))])
        : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PoolMonthFigures>> GetHistoryAsync(int months) => await ReadAsync() is { } pool ? [.. pool.Ledger.History.TakeLast(months).Select(FiguresOf)] : [];

    /// <inheritdoc/>
    public async Task<PoolRollFigures?> GetRollMatrixAsync(int months)
    {
        if (await ReadAsync() is not { Ledger: var pool }) return null;
        var seen = pool.RollHistory.TakeLast(months).ToArray();
        return new PoolRollFigures(seen.Length, Cells((month, from, to) => month.Count(from, to)), Cells((month, from, to) => month.Balance(from, to)));

        long[][] Cells(Func<RollCounts, int, int, long> cell) =>
            [.. Enumerable.Range(0, pool.OpenRoll.Buckets).Select(from => Enumerable.Range(0, pool.OpenRoll.Width).Select(to => seen.Sum(month => cell(month, from, to))).ToArray())];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PoolVintageFigures>> GetVintagesAsync() => await ReadAsync() is not { } pool
        ? []
        : [.. pool.Ledger.Vintages.OrderBy(one => one.Period).Select(one => new PoolVintageFigures(
            LiveCollateral.MonthText(one.Period), one.Loans, one.Purchased, Column(one.Defaulted, one.Ages), Column(one.Prepaid, one.Ages), Column(one.Balance, one.Ages)))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PoolProjectionMonth>> ProjectAsync(PoolProjectionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        PoolAssumptions assumptions = request.ScenariosJson is { } json ? new PoolAssumptions.Scenarios(Encoding.UTF8.GetBytes(json))
            : request.OwnMonths != 0 ? new PoolAssumptions.OwnPast(request.OwnMonths, request.OwnByRates) : new PoolAssumptions.ByPlan();
        try
        {
            if (await Parts.ProjectAsync(assumptions, request.Conventions) is not { } forecast) return [];
            var first = LiveCollateral.FirstPeriod(forecast.State.Ledger);
            return [.. forecast.Tables.SelectMany((table, s) => PoolMonth.Of(table).Select((m, i) => new PoolProjectionMonth(
                forecast.Scenarios[s].Name, LiveCollateral.MonthText(first + i), m.Opening, m.Scheduled, m.Prepaid, m.Defaulted, m.Interest, m.Recovered, m.Loss, m.Closing)))];
        }
        catch (InvalidInputException fault)
        {
            throw new ArgumentException($"{fault.Name}: {fault.Message}", nameof(request));
        }
    }

    /// <inheritdoc/>
    public async Task<Payload> ReadPoolAsync()
    {
        var state = await ReadAsync();
        return new Payload(await silo.Workers.Run(() => PoolBytes.Write(state)));
    }

    /// <inheritdoc/>
    public async Task<Payload> CopyPoolAsync()
    {
        var loans = await Parts.CopyAsync();
        return new Payload(await silo.Workers.Run(() => PoolBytes.Write(loans)));
    }

    /// <inheritdoc/>
    public Task<Payload> ReadLinesAsync() => PoolWire.AnswerAsync(async () => await Parts.LinesAsync() is not var (state, groups, _) ? null : w =>
    {
        w.WritePart(PoolBytes.Write(state));
        groups.Write(w);
    });

    /// <inheritdoc/>
    public Task<Payload> ProjectPoolAsync(Payload request) => PoolWire.AnswerAsync(async () =>
    {
        var r = PoolWire.Read(request);
        if (await Parts.ProjectAsync(r.ReadAssumptions(), r.ReadString()) is not { } forecast) return null;
        return w =>
        {
            w.WritePart(PoolBytes.Write(forecast.State));
            w.Write(forecast.Lines);
            foreach (var table in forecast.Tables) w.WriteTable(table);
        };
    });

    /// <inheritdoc/>
    public Task<Payload> PutAsync(Payload commands) => Gate.PutAsync(commands);

    /// <inheritdoc/>
    public Task<Payload> TransferAsync(int home, Payload command) => Gate.TransferAsync(home, command);

    /// <inheritdoc/>
    public Task EnterAsync(int partition) => Gate.EnterAsync(partition);

    private PoolGate Gate => gate ??= new PoolGate(NodeKeyText.Parse(this.GetPrimaryKeyString()), silo, new OrleansGrains(GrainFactory));

    /// <summary>Those who ask meanwhile share one reading.</summary>
    private Task<PoolState?> ReadAsync() => (shared ??= new SharedRead<PoolState?>(Parts.ReadAsync)).ReadAsync();

    private static long[] Column(Func<int, long> at, int ages) => [.. Enumerable.Range(0, ages).Select(at)];

    private static PoolMonthFigures FiguresOf(PoolFlows m) => new(
        LiveCollateral.MonthText(m.Period), m.Opening, m.Purchased, m.Capitalised, m.Scheduled, m.Prepaid, m.Defaulted, m.Repurchased, m.Closing, m.Interest, m.Recovered, m.WrittenOff, m.Delinquent, m.Loans);
}
