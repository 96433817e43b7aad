using System.Globalization;
using System.Text;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Files;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Api.Services;

/// <summary>Long jobs of PoolService: the pool is copied as of one moment, then computed on pool threads while progress is streamed. A cancelled call stops its job.</summary>
internal sealed class PoolJobs(EngineAccess access)
{
    private const int ScenariosAtOnce = 16;
    private const int OwnMonthsUsual = 6;
    private const int TrialsUsual = 10_000;
    private const int BlockUsual = 6;
    private const double CorrelationUsual = 0.15;

    public async ValueTask ProjectAsync(V1.ProjectRequest request, IMessageWriter<V1.ProjectReply> replies, CallContext context)
    {
        var run = new JobRun(progress => replies.WriteAsync(new V1.ProjectReply { Progress = progress }), context.CancellationToken);
        var conventions = await run.Checked(() => ConventionsOf(request.Conventions));
        var pool = await CopyAsync(run, request.Pool, context);
        var scenarios = await run.Checked(() => AssumptionsOf(request.Assumptions, pool) ?? [new Scenario { Name = "by plan" }]);
        var first = LiveCollateral.FirstPeriod(pool.State.Ledger);
        var calendar = new ProjectionCalendar(pool.State.Ledger.Terms.EndOf(first - 1));
        var isByColumns = scenarios.All(scenario => LineOnly(scenario, conventions) is null);
        var tables = await run.DoAsync("projecting", control => isByColumns ? ByColumns(pool, scenarios, conventions, calendar, control) : ByLines(pool, scenarios, conventions, calendar, control));
        await replies.WriteAsync(new V1.ProjectReply { Basis = BasisOf(pool, isByColumns ? 0 : LiveCollateral.Lines(pool, StartOf(pool)).Length) });
        for (var s = 0; s < scenarios.Length; s++)
        {
            var months = PoolMonth.Of(tables[s]);
            for (var i = 0; i < months.Length; i++)
            {
                replies.Write(new V1.ProjectReply { Month = Write(scenarios[s].Name, i, first, months[i]) });
                if (i % 256 == 255) await replies.FlushAsync();
            }

            await replies.WriteAsync(new V1.ProjectReply { Summary = SummaryOf(scenarios[s].Name, tables[s], months, pool) });
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
        var pool = await CopyAsync(run, request.Pool, context);
        var deal = await run.Checked(() => DealOf(pool, request.DealJson, request.Assumptions));
        await replies.WriteAsync(new V1.MonteCarloReply { Basis = BasisOf(pool, deal.Lines.Length) });
        var trials = request.Trials == 0 ? TrialsUsual : request.Trials;
        var losses = await run.DoAsync("running", control => request.Bootstrap is { } bootstrap
            ? Bootstrapped(pool, deal, bootstrap, trials, request.Seed, control)
            : DealMonteCarlo.Copula(deal, CopulaOf(deal, request.Copula ?? new V1.Copula()), trials, request.Seed, control: control));
        foreach (var (name, loss) in (IEnumerable<(string, LossDistribution)>)[("default rate", losses.DefaultRate), ("pool default", losses.PoolDefault), ("pool loss", losses.PoolLoss), .. losses.Tranches])
            await replies.WriteAsync(new V1.MonteCarloReply { Loss = DealRows.Loss(name, loss) });
        await replies.WriteAsync(new V1.MonteCarloReply { Summary = string.Create(CultureInfo.InvariantCulture, $"{deal.Name}: {losses.PoolLoss.Trials:N0} trials: pool loss {losses.PoolLoss.Mean:P4} ± {losses.PoolLoss.StandardError:P4}") });
    }

    private async ValueTask<(DealTerms Deal, V1.JobBasis Basis)> DealAsync(JobRun run, V1.NodeKey? key, string dealJson, V1.PoolAssumptions? assumptions, CallContext context)
    {
        var pool = await CopyAsync(run, key, context);
        var deal = await run.Checked(() => DealOf(pool, dealJson, assumptions));
        return (deal, BasisOf(pool, deal.Lines.Length));
    }

    private async ValueTask<LivePoolLoans> CopyAsync(JobRun run, V1.NodeKey? message, CallContext context)
    {
        var key = PoolService.KeyOf(message);
        return await run.WaitAsync("copying", control => access.PoolsFor(context).CopyPoolAsync(key, control.Progress, control.CancellationToken)) ?? throw PoolService.Unknown(key);
    }

    private static DealTerms DealOf(LivePoolLoans pool, string json, V1.PoolAssumptions? assumptions)
    {
        var deal = LiveCollateral.Deal(pool, DealFile.Parse(Bytes("deal_json", json)), LiveCollateral.Lines(pool, StartOf(pool)));
        return AssumptionsOf(assumptions, pool) switch
        {
            null => deal.Scenarios.Length == 1 ? deal : throw Segments("deal_json"),
            [var one] => deal.Assume([one]),
            var several => throw new InvalidInputException("TooManyScenarios", "assumptions", $"there are {several.Length} scenarios; this job runs one, leave the others out"),
        };
    }

    private static CashflowTable[] ByColumns(LivePoolLoans pool, Scenario[] scenarios, ProjectionConventions conventions, ProjectionCalendar calendar, RunControl control)
    {
        var columns = LiveCollateral.Columns(pool, StartOf(pool));
        if (scenarios.Select(scenario => ColumnProjection.WhyNot(columns, scenario, conventions)).Any(why => why is not null)) return ByLines(pool, scenarios, conventions, calendar, control);
        var tables = new List<CashflowTable>(scenarios.Length);
        foreach (var part in scenarios.Chunk(ScenariosAtOnce))
        {
            control.CancellationToken.ThrowIfCancellationRequested();
            tables.AddRange(ColumnProjection.Run(columns, [.. part.Select(one => (IReadOnlyList<Scenario>)[one])], conventions, calendar).Select(result => result.Total));
            control.Progress?.Invoke((double)tables.Count / scenarios.Length);
        }

        return [.. tables];
    }

    private static CashflowTable[] ByLines(LivePoolLoans pool, Scenario[] scenarios, ProjectionConventions conventions, ProjectionCalendar calendar, RunControl control)
    {
        var lines = LiveCollateral.Lines(pool, StartOf(pool));
        var tables = new CashflowTable[scenarios.Length];
        for (var i = 0; i < tables.Length; i++)
        {
            control.CancellationToken.ThrowIfCancellationRequested();
            tables[i] = PoolProjection.Run(lines, [scenarios[i]], conventions, calendar).Total;
            control.Progress?.Invoke((double)(i + 1) / tables.Length);
        }

        return tables;
    }

    /// <summary>Why a scenario cannot go over columns whatever the loans are.</summary>
    private static string? LineOnly(Scenario scenario, ProjectionConventions conventions) => ColumnProjection.WhyNot(new LoanColumns(0), scenario, conventions);

    private static Scenario[]? AssumptionsOf(V1.PoolAssumptions? assumptions, LivePoolLoans pool) => assumptions?.FromCase switch
    {
        V1.PoolAssumptions.FromOneofCase.Own => [LiveCollateral.OwnPast(pool.State.Ledger, assumptions.Own.Months == 0 ? OwnMonthsUsual : assumptions.Own.Months, assumptions.Own.ByRates)],
        V1.PoolAssumptions.FromOneofCase.ScenariosJson => [.. ScenarioFile.Parse(Bytes("assumptions.scenarios_json", assumptions.ScenariosJson)).Select(set => set.Length == 1 ? set[0] : throw Segments("assumptions"))],
        _ => null,
    };

    private static ProjectionConventions ConventionsOf(string text) =>
        text.Length == 0 ? new ProjectionConventions() : ConventionsFile.Preset(text) ?? (text.TrimStart().StartsWith('{')
            ? ConventionsFile.Parse(Encoding.UTF8.GetBytes(text))
            : throw new InvalidInputException("FieldWrong", "conventions", $"'{text}' is not known; write one of {string.Join(", ", ConventionsFile.Presets)}, or a file of conventions"));

    private static PricingTerms PricingOf(string json, DealTerms deal) => json.Length == 0 ? new PricingTerms() : PricingFile.Parse(Encoding.UTF8.GetBytes(json), deal.CutOff);

    private static CopulaTerms CopulaOf(DealTerms deal, V1.Copula copula)
    {
        var probability = copula.HasProbability ? copula.Probability : DealRunner.Run(deal).Periods[^1].CumulativeDefault;
        return new CopulaTerms(probability, copula.HasCorrelation ? copula.Correlation : CorrelationUsual, copula.Obligors, LossSearch.TimingOf(deal));
    }

    private static DealLosses Bootstrapped(LivePoolLoans pool, DealTerms deal, V1.Bootstrap bootstrap, int trials, long seed, RunControl control)
    {
        var vintages = LiveCollateral.DefaultRates(pool.State.Ledger);
        var months = bootstrap.Months == 0 ? vintages.Max(vintage => vintage.Length) : bootstrap.Months;
        return DealMonteCarlo.Bootstrap(deal, vintages, months, bootstrap.Block == 0 ? BlockUsual : bootstrap.Block, trials, seed, control: control);
    }

    private static ReadOnlyMemory<byte> Bytes(string name, string json) =>
        json.Length > 0 ? Encoding.UTF8.GetBytes(json) : throw new InvalidInputException("FieldMissing", name, "the file is missing; send its content");

    private static InvalidInputException Segments(string path) => new("SegmentsNotTaken", path, "there is a set of assumptions a segment; a live pool has no segments, write one set");

    private static DateOnly StartOf(LivePoolLoans pool) => pool.State.Ledger.Terms.EndOf(LiveCollateral.FirstPeriod(pool.State.Ledger) - 1);

    private static V1.JobBasis BasisOf(LivePoolLoans pool, int lines) => new()
    {
        AsOfDecisionId = pool.State.Sequence, AsOfMicros = pool.State.AsOfMicros, Loans = pool.State.Ledger.Loans, Balance = pool.State.Ledger.Balance, Lines = lines,
        FirstMonth = LiveCollateral.MonthText(LiveCollateral.FirstPeriod(pool.State.Ledger)),
    };

    private static V1.ProjectedMonth Write(string scenario, int i, int first, in PoolMonth m) => new()
    {
        Scenario = scenario, Period = i + 1, Month = LiveCollateral.MonthText(first + i), Opening = m.Opening, Scheduled = m.Scheduled, Prepaid = m.Prepaid, Defaulted = m.Defaulted, Interest = m.Interest,
        Recovered = m.Recovered, Loss = m.Loss, Closing = m.Closing, Delinquent = m.Delinquent,
    };

    private static string SummaryOf(string name, CashflowTable table, PoolMonth[] months, LivePoolLoans pool) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {pool.State.Ledger.Loans:N0} loans, {months.Length} months, minor units of {pool.State.Ledger.Terms.Currency}: scheduled {months.Sum(m => m.Scheduled):N0}, prepaid {months.Sum(m => m.Prepaid):N0}, defaulted {months.Sum(m => m.Defaulted):N0}, interest {months.Sum(m => m.Interest):N0}, average life {table.AverageLifeYears():F4} years");
}
