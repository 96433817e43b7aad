using System.Globalization;
using System.Text;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Files;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Api.Services;

/// <summary>Long jobs of PoolService: the pool is read as of one moment, then computed on pool threads while progress is streamed; loans are projected where they are. A cancelled call stops its job.</summary>
internal sealed class PoolJobs(EngineAccess access)
{
    private const int OwnMonthsUsual = 6;
    private const int TrialsUsual = 10_000;
    private const int BlockUsual = 6;
    private const double CorrelationUsual = 0.15;

    public async ValueTask ProjectAsync(V1.ProjectRequest request, IMessageWriter<V1.ProjectReply> replies, CallContext context)
    {
        var run = new JobRun(progress => replies.WriteAsync(new V1.ProjectReply { Progress = progress }), context.CancellationToken);
        var key = PoolService.KeyOf(request.Pool);
        var assumptions = await run.Checked(() =>
        {
            PoolAssumptions.Conventions(request.Conventions);
            return Assumed(request.Assumptions) ?? new PoolAssumptions.ByPlan();
        });
        var forecast = await run.WaitAsync("projecting", control => Task.Run(
            () => access.PoolsFor(context).ProjectPoolAsync(key, assumptions, request.Conventions, control.Progress, control.CancellationToken), control.CancellationToken)) ?? throw PoolService.Unknown(key);
        var first = LiveCollateral.FirstPeriod(forecast.State.Ledger);
        await replies.WriteAsync(new V1.ProjectReply { Basis = BasisOf(forecast.State, forecast.Lines) });
        for (var s = 0; s < forecast.Scenarios.Count; s++)
        {
            var (name, months) = (forecast.Scenarios[s].Name, PoolMonth.Of(forecast.Tables[s]));
            for (var i = 0; i < months.Length; i++)
            {
                replies.Write(new V1.ProjectReply { Month = Write(name, i, first, months[i]) });
                if (i % 256 == 255) await replies.FlushAsync();
            }

            await replies.WriteAsync(new V1.ProjectReply { Summary = SummaryOf(name, forecast.Tables[s], months, forecast.State) });
        }
    }

    public async ValueTask RunDealAsync(V1.RunDealRequest request, IMessageWriter<V1.RunDealReply> replies, CallContext context)
    {
        var run = new JobRun(progress => replies.WriteAsync(new V1.RunDealReply { Progress = progress }), context.CancellationToken);
        var (deal, basis) = await DealAsync(run, request.Pool, request.DealJson, request.Assumptions, context);
        await replies.WriteAsync(new V1.RunDealReply { Basis = basis });
        var result = await run.DoAsync("running", _ => DealRunner.Run(deal));
        foreach (var period in result.Periods)
        {
            replies.Write(new V1.RunDealReply { Collateral = DealRows.Collateral(period) });
            foreach (var tranche in period.Tranches) replies.Write(new V1.RunDealReply { Tranche = DealRows.Tranche(period, tranche) });
            await replies.FlushAsync();
        }

        await replies.WriteAsync(new V1.RunDealReply { Summary = DealRows.Summary(result) });
    }

    public async ValueTask MeasuresAsync(V1.MeasuresRequest request, IMessageWriter<V1.MeasuresReply> replies, CallContext context)
    {
        var run = new JobRun(progress => replies.WriteAsync(new V1.MeasuresReply { Progress = progress }), context.CancellationToken);
        var (deal, basis) = await DealAsync(run, request.Pool, request.DealJson, request.Assumptions, context);
        var pricing = await run.Checked(() => PricingOf(request.PricingJson, deal));
        await replies.WriteAsync(new V1.MeasuresReply { Basis = basis });
        var figures = await run.DoAsync("running", control => DealMeasures.Of(deal, pricing, !request.SkipSearches, control));
        foreach (var one in figures) await replies.WriteAsync(new V1.MeasuresReply { Tranche = DealRows.Measures(one) });
        await replies.WriteAsync(new V1.MeasuresReply { Summary = string.Create(CultureInfo.InvariantCulture, $"{deal.Name}: {figures.Count} tranches on {basis.Loans:N0} loans") });
    }

    public async ValueTask GridAsync(V1.ScenarioGridRequest request, IMessageWriter<V1.ScenarioGridReply> replies, CallContext context)
    {
        var run = new JobRun(progress => replies.WriteAsync(new V1.ScenarioGridReply { Progress = progress }), context.CancellationToken);
        var (deal, basis) = await DealAsync(run, request.Pool, request.DealJson, request.Assumptions, context);
        var pricing = await run.Checked(() => PricingOf(request.PricingJson, deal));
        await replies.WriteAsync(new V1.ScenarioGridReply { Basis = basis });
        var axes = new GridAxes { Cprs = [.. request.Cprs], Cdrs = [.. request.Cdrs], Severities = [.. request.Severities], Lags = [.. request.LagMonths], IndexShifts = [.. request.IndexShifts] };
        var cells = await run.DoAsync("running", control => DealGrid.Of(deal, axes, pricing, control));
        foreach (var chunk in cells.Chunk(256))
        {
            foreach (var cell in chunk) replies.Write(new V1.ScenarioGridReply { Row = DealRows.Cell(cell) });
            await replies.FlushAsync();
        }

        await replies.WriteAsync(new V1.ScenarioGridReply { Summary = string.Create(CultureInfo.InvariantCulture, $"{deal.Name}: {cells.Count / deal.Tranches.Length:N0} cells on {basis.Loans:N0} loans") });
    }

    public async ValueTask MonteCarloAsync(V1.MonteCarloRequest request, IMessageWriter<V1.MonteCarloReply> replies, CallContext context)
    {
        var run = new JobRun(progress => replies.WriteAsync(new V1.MonteCarloReply { Progress = progress }), context.CancellationToken);
        var pool = await ReadAsync(run, request.Pool, context);
        var deal = await run.Checked(() => DealOf(pool, request.DealJson, request.Assumptions));
        await replies.WriteAsync(new V1.MonteCarloReply { Basis = BasisOf(pool.State, deal.Lines.Length) });
        var trials = request.Trials == 0 ? TrialsUsual : request.Trials;
        var losses = await run.DoAsync("running", control => request.Bootstrap is { } bootstrap
            ? Bootstrapped(pool.State, deal, bootstrap, trials, request.Seed, control)
            : DealMonteCarlo.Copula(deal, CopulaOf(deal, request.Copula ?? new V1.Copula()), trials, request.Seed, control: control));
        foreach (var (name, loss) in (IEnumerable<(string, LossDistribution)>)[("default rate", losses.DefaultRate), ("pool default", losses.PoolDefault), ("pool loss", losses.PoolLoss), .. losses.Tranches])
            await replies.WriteAsync(new V1.MonteCarloReply { Loss = DealRows.Loss(name, loss) });
        await replies.WriteAsync(new V1.MonteCarloReply { Summary = string.Create(CultureInfo.InvariantCulture, $"{deal.Name}: {losses.PoolLoss.Trials:N0} trials: pool loss {losses.PoolLoss.Mean:P4} ± {losses.PoolLoss.StandardError:P4}") });
    }

    private async ValueTask<(DealTerms Deal, V1.JobBasis Basis)> DealAsync(JobRun run, V1.NodeKey? key, string dealJson, V1.PoolAssumptions? assumptions, CallContext context)
    {
        var pool = await ReadAsync(run, key, context);
        var deal = await run.Checked(() => DealOf(pool, dealJson, assumptions));
        return (deal, BasisOf(pool.State, deal.Lines.Length));
    }

    private async ValueTask<PoolLines> ReadAsync(JobRun run, V1.NodeKey? message, CallContext context)
    {
        var key = PoolService.KeyOf(message);
        return await run.WaitAsync("copying", control => Task.Run(() => access.PoolsFor(context).ReadLinesAsync(key, control.Progress, control.CancellationToken), control.CancellationToken)) ?? throw PoolService.Unknown(key);
    }

    private static DealTerms DealOf(PoolLines pool, string json, V1.PoolAssumptions? assumptions)
    {
        var deal = LiveCollateral.Deal(pool.State, DealFile.Parse(Bytes("deal_json", json)), pool.Lines);
        return Assumed(assumptions)?.Of(pool.State.Ledger) switch
        {
            null => deal.Scenarios.Length == 1 ? deal : throw Segments("deal_json"),
            [var one] => deal.Assume([one]),
            var several => throw new InvalidInputException("TooManyScenarios", "assumptions", $"there are {several.Length} scenarios; this job runs one, leave the others out"),
        };
    }

    private static PoolAssumptions? Assumed(V1.PoolAssumptions? assumptions) => assumptions?.FromCase switch
    {
        V1.PoolAssumptions.FromOneofCase.Own => new PoolAssumptions.OwnPast(assumptions.Own.Months == 0 ? OwnMonthsUsual : assumptions.Own.Months, assumptions.Own.ByRates),
        V1.PoolAssumptions.FromOneofCase.ScenariosJson => new PoolAssumptions.Scenarios(Bytes("assumptions.scenarios_json", assumptions.ScenariosJson)),
        _ => null,
    };

    private static PricingTerms PricingOf(string json, DealTerms deal) => json.Length == 0 ? new PricingTerms() : PricingFile.Parse(Encoding.UTF8.GetBytes(json), deal.CutOff);

    private static CopulaTerms CopulaOf(DealTerms deal, V1.Copula copula)
    {
        var probability = copula.HasProbability ? copula.Probability : LossSearch.ProbabilityOf(deal);
        return new CopulaTerms(probability, copula.HasCorrelation ? copula.Correlation : CorrelationUsual, copula.Obligors, LossSearch.TimingOf(deal));
    }

    private static DealLosses Bootstrapped(PoolState pool, DealTerms deal, V1.Bootstrap bootstrap, int trials, long seed, RunControl control)
    {
        var vintages = LiveCollateral.DefaultRates(pool.Ledger);
        var months = bootstrap.Months == 0 ? vintages.Max(vintage => vintage.Length) : bootstrap.Months;
        return DealMonteCarlo.Bootstrap(deal, vintages, months, bootstrap.Block == 0 ? BlockUsual : bootstrap.Block, trials, seed, control: control);
    }

    private static ReadOnlyMemory<byte> Bytes(string name, string json) =>
        json.Length > 0 ? Encoding.UTF8.GetBytes(json) : throw new InvalidInputException("FieldMissing", name, "the file is missing; send its content");

    private static InvalidInputException Segments(string path) => new("SegmentsNotTaken", path, "there is a set of assumptions a segment; a live pool has no segments, write one set");

    private static V1.JobBasis BasisOf(PoolState pool, int lines) => new()
    {
        AsOfDecisionId = pool.Sequence, AsOfMicros = pool.AsOfMicros, Loans = pool.Ledger.Loans, Balance = pool.Ledger.Balance, Lines = lines,
        FirstMonth = LiveCollateral.MonthText(LiveCollateral.FirstPeriod(pool.Ledger)),
    };

    private static V1.ProjectedMonth Write(string scenario, int i, int first, in PoolMonth m) => new()
    {
        Scenario = scenario, Period = i + 1, Month = LiveCollateral.MonthText(first + i), Opening = m.Opening, Scheduled = m.Scheduled, Prepaid = m.Prepaid, Defaulted = m.Defaulted, Interest = m.Interest,
        Recovered = m.Recovered, Loss = m.Loss, Closing = m.Closing, Delinquent = m.Delinquent,
    };

    private static string SummaryOf(string name, CashflowTable table, PoolMonth[] months, PoolState pool) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {pool.Ledger.Loans:N0} loans, {months.Length} months, minor units of {pool.Ledger.Terms.Currency}: scheduled {months.Sum(m => m.Scheduled):N0}, prepaid {months.Sum(m => m.Prepaid):N0}, defaulted {months.Sum(m => m.Defaulted):N0}, interest {months.Sum(m => m.Interest):N0}, average life {table.AverageLifeYears():F4} years");
}
