using System.Diagnostics;
using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Pools;
using CreditGrains.Cli.Pools.Live;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Pools;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Bench.Pools;

/// <summary>
/// What live pools cost a server: reading one while decisions run at half of their peak, what the decisions then feel, and events of loans a second. The pool's loans and events are
/// generated, and are there already on a second run over the same data.
/// </summary>
internal static class PoolRuns
{
    private const int HistoryMonths = 6;
    private const long PoolId = 9_000_001;
    private const int QueryPauseMs = 5;
    private const ushort Tenant = 9;
    private const long MovingLoan = 1L << 61;
    private const long MovingPrincipal = 1_000_00;
    private static readonly DateOnly CutOff = new(2026, 1, 31);
    private static readonly NodeKey Pool = new(PoolId, Tenant, 1, NodeKind.Pool);

    private const string Terms = """
        { "name": "bench", "currency": "CNY", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90],
          "triggers": [{ "name": "cumulative default", "measure": "cumulativeDefault", "level": 0.05 }, { "name": "over 60 days", "measure": "delinquency", "level": 0.02, "fromDays": 61 }] }
        """;

    public static async Task RunAsync(BenchSettings settings, ServerTarget target, int loans, Report report, List<Figure> figures)
    {
        var peak = ServerRuns.Unary(settings, target, report, []).PerSecond;
        await FillAsync(target.Channel, loans, report);
        var half = peak / 2;
        Report.Progress($"pool state while decisions run at {half:N0} a second, {settings.Seconds} s");
        await PutMovingAsync(target.Channel);
        LoadResult before = null!;
        foreach (var isMoving in (bool[])[false, true])
        {
            var latencies = new LatencyHistogram();
            (before, var during) = GeneratorRun.Beside(settings, target, half, () => QueryAsync(target.Channel, settings, latencies, isMoving));
            var how = isMoving ? "each after an event of a loan of the pool" : "of a pool at rest";
            report.Detail("half load alone", before);
            report.Detail($"half load beside pool queries, {how}", during);
            report.Detail($"pool state, {how}: {latencies.Count:N0} queries, p50 {latencies.Quantile(0.5) / 1e6:F2} ms, p99 {latencies.Quantile(0.99) / 1e6:F2} ms, slowest {latencies.Max / 1e6:F1} ms");
            figures.Add(new Figure($"pool state query, {how}, p99", "ms", latencies.Quantile(0.99) / 1e6, Demand.AtMost, 5, $"{loans:N0} loans; decisions at {half:N0}/s {during.ErrorNote}"));
        }

        Report.Progress($"a projection of the pool beside decisions at half of peak");
        var start = Stopwatch.GetTimestamp();
        var seconds = 0.0;
        var (_, beside) = GeneratorRun.Beside(settings, target, half, async () =>
        {
            start = Stopwatch.GetTimestamp();
            await ProjectAsync(target.Channel);
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        report.Detail("half load beside a projection", beside);
        figures.Add(new Figure("projection of the live pool, loan by loan", "s", seconds, Demand.None, 0, $"{loans:N0} loans; slowest decision beside it {beside.Tally.Latency.Max / 1e6:F1} ms, without {before.Tally.Latency.Max / 1e6:F1} ms"));
    }

    /// <summary>The bookkeeping alone as a part of a decision of the engine in this process.</summary>
    public static async Task ShareAsync(BenchSettings settings, int loans, Report report, List<Figure> figures)
    {
        LoadResult batches;
        await using (var engine = Runs.EngineBook.Open(settings))
        {
            await Runs.EngineBook.EnsureAsync(engine, settings.Shape);
            batches = await new EngineLoad(settings, engine).BatchesAsync(InProcessRuns.BatchLength, settings.BatchesInFlight);
        }

        report.Detail("decisions in process, batches", batches);
        var decision = 1e9 / batches.PerSecond;
        var (ns, events) = PoolBench.Measure(loans, months: 3);
        report.Detail($"pool bookkeeping: {events:N0} events of {loans:N0} loans, {ns:F0} ns each; a decision in process takes {decision:F0} ns of the writer");
        figures.Add(new Figure("pool bookkeeping, an event", "ns", ns, Demand.None, 0, "one thread, ledger only"));
        figures.Add(new Figure("pool bookkeeping, part of a decision", "%", 100 * ns / decision, Demand.AtMost, 5, $"of {decision:F0} ns"));
    }

    private static async Task FillAsync(RpcChannel channel, int loans, Report report)
    {
        var found = await channel.UnaryAsync(Calls.GetNode, new V1.GetNodeRequest { Node = Keys.ToNode(Pool) });
        if (found.Node is null)
        {
            await ExecuteAsync(channel, new OpenNode(Pool, Currency.Parse("CNY"), Domain.Commands.Command.AmountMax, default, []));
            await ExecuteAsync(channel, new DefinePool(Pool, Encoding.UTF8.GetBytes(Terms)));
        }

        Report.Progress($"filling a pool with {loans:N0} loans and {HistoryMonths} months of their events");
        var simulation = new LiveSimulation(channel, Pool, PoolFile.Parse(Encoding.UTF8.GetBytes(Terms)), new SimulationOptions(loans, 0, HistoryMonths, 42, true, null));
        await foreach (var _ in simulation.RunAsync(CancellationToken.None))
        {
        }

        report.Detail($"pool events: {simulation.Events:N0} in {simulation.Streaming.TotalSeconds:F1} s, {simulation.Events / Math.Max(0.001, simulation.Streaming.TotalSeconds):N0} a second with their making; {simulation.Repeated:N0} were there");
    }

    private static async Task ExecuteAsync(RpcChannel channel, ControlCommand control)
    {
        var decision = await channel.UnaryAsync(Calls.Execute, CommandMapping.Write(Domain.Commands.Command.Of(RequestIds.Draw(), control)));
        if (decision.Kind != V1.OutcomeKind.Posted) throw new BenchFault($"{control.GetType().Name} was answered {decision.ReasonName}: {decision.Message}");
    }

    /// <summary>A loan that something happens to before each query; it may be there from a run before.</summary>
    private static async Task PutMovingAsync(RpcChannel channel)
    {
        var loan = new LoanCandidate { Currency = Currency.Parse("CNY"), Principal = MovingPrincipal, RatePpm = 60_000, RemainingMonths = 24, Origination = CutOff.AddMonths(-1) };
        await channel.UnaryAsync(Calls.Execute, CommandMapping.Write(Domain.Commands.Command.Of(RequestIds.Draw(), new PutLoanInPool(Pool, MovingLoan, TransferKind.SubstituteIn, CutOff, loan))));
    }

    private static Task MoveAsync(RpcChannel channel) => ExecuteAsync(channel, new ReportLoan(
        Pool, MovingLoan, new LoanMovement { Date = CutOff, Cause = MovementCause.Aged, Principal = MovingPrincipal, RemainingMonths = 24, RatePpm = 60_000 }));

    private static async Task QueryAsync(RpcChannel channel, BenchSettings settings, LatencyHistogram latencies, bool isMoving)
    {
        // Queries warm up too: the first ones meet code that is not compiled yet, here and on the server.
        var warm = Stopwatch.GetTimestamp() + (long)(settings.WarmUpSeconds * Stopwatch.Frequency);
        var until = warm + (long)(settings.Seconds * Stopwatch.Frequency);
        var request = new V1.GetPoolRequest { Pool = Keys.ToNode(Pool) };
        while (Stopwatch.GetTimestamp() < until)
        {
            if (isMoving) await MoveAsync(channel);
            var sent = Stopwatch.GetTimestamp();
            await channel.UnaryAsync(PoolCalls.GetPool, request);
            if (sent >= warm) latencies.Record((long)Stopwatch.GetElapsedTime(sent).TotalNanoseconds);
            await Task.Delay(QueryPauseMs);
        }
    }

    private static async Task ProjectAsync(RpcChannel channel)
    {
        var request = new V1.ProjectRequest { Pool = Keys.ToNode(Pool), Assumptions = new V1.PoolAssumptions { Own = new V1.OwnHistory { Months = HistoryMonths, ByRates = true } } };
        await foreach (var _ in channel.ServerStreamingAsync(PoolCalls.Project, request))
        {
        }
    }
}
