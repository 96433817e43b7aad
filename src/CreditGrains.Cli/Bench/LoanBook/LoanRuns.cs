using System.Diagnostics;
using System.Text;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Cli.Bench.LoanBook;

/// <summary>
/// Loans in the engine of this process: what one takes of memory and journal, what they cost card decisions, and how long a month end takes in which every
/// loan has an instalment due, while decisions go on. All loans are drawn on one day, which is the worst a month end can be.
/// </summary>
internal sealed class LoanRuns(CreditEngine engine, CreditEngine plain, int loans, double seconds, bool isPooled, Report report)
{
    private const int BatchLength = 1_000;
    private const int Lanes = 4;
    private const int Cards = 200_000;
    private const int Rounds = 7;
    private const long Unlimited = Command.AmountMax;
    private const int Term = 24;
    private static readonly Currency Currency = Currency.Parse("CNY");
    private static readonly DateOnly Start = new(2026, 1, 15);
    private static readonly SealedProduct Product = SealedProduct.Of(new LoanProduct { DayCount = DayCount.MonthsOverTwelve });

    private readonly long[] places = new long[Lanes + 1];
    private readonly long[] plainPlaces = new long[Lanes + 1];
    private readonly Lock waitsLock = new();
    private LatencyHistogram waits = new();
    private ulong drawn;

    /// <summary>Runs all of it in a directory of its own.</summary>
    public static async Task RunAsync(int loans, double seconds, bool isPooled, string directory, Report report, List<Figure> figures)
    {
        await using var engine = CreditEngine.Open(new EngineOptions { DataDirectory = Path.Combine(directory, "loans"), Clock = TimeProvider.System });
        await using var plain = CreditEngine.Open(new EngineOptions { DataDirectory = Path.Combine(directory, "plain"), Clock = TimeProvider.System });
        await new LoanRuns(engine, plain, loans, seconds, isPooled, report).RunAsync(figures);
    }

    private static NodeKey Portfolio => new(1, 1, 1, NodeKind.Portfolio);

    private static NodeKey Pool => new(2, 1, 1, NodeKind.Pool);

    private const string PoolTerms = """{ "name": "all loans", "currency": "CNY", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90] }""";

    private async Task RunAsync(List<Figure> figures)
    {
        Report.Progress($"opening {Cards:N0} card and {loans:N0} loan facilities");
        await OneAsync(new OpenNode(Portfolio, Currency, Unlimited, default, []));
        await OneAsync(plain, new OpenNode(Portfolio, Currency, Unlimited, default, []));
        if (isPooled) await OneAsync(new OpenNode(Pool, Currency, Unlimited, default, []));
        if (isPooled) await OneAsync(new DefinePool(Pool, Encoding.UTF8.GetBytes(PoolTerms)));
        await DateAsync(Start);
        ParentShare[] above = [new ParentShare(Portfolio)], pooled = isPooled ? [.. above, new ParentShare(Pool)] : above;
        await EachAsync(engine, Cards + loans, i => Command.Of(default, new OpenFacility(F(i), Currency, 10_000_000_00, default, false, 0, i < Cards ? above : pooled)));
        // The engine without loans has the cards alone: facilities nobody uses cost a decision nothing.
        await EachAsync(plain, Cards, i => Command.Of(default, new OpenFacility(F(i), Currency, 10_000_000_00, default, false, 0, above)));
        // A snapshot that is being written takes a part of the machine: it is waited for, here and below.
        await engine.SnapshotAsync();
        await plain.SnapshotAsync();
        var (memory, status) = (Memory(), await engine.GetStatusAsync());

        Report.Progress($"drawing {loans:N0} loans of {Term} instalments");
        var watch = Stopwatch.StartNew();
        await EachAsync(engine, loans, i => new Command
        {
            Kind = CommandKind.Drawdown, Facility = F(Cards + i), Amount = 5_000_00 + i % 100 * 1_000_00, Currency = Currency,
            Control = new LoanOffer(F(Cards + i), Product, new LoanFigures(new RateAnnual(60_000_000 + i % 50 * 1_000_000), Term)),
        });
        var drew = await engine.GetStatusAsync();
        report.Detail($"drawdowns with terms: {loans / watch.Elapsed.TotalSeconds:N0} a second, {(drew.JournalBytes - status.JournalBytes) / (double)loans:F0} journal bytes each");
        figures.Add(new Figure("memory of a loan, its schedule and its place in the calendar", "bytes", (Memory() - memory) / (double)loans, Note: "resident growth over all drawdowns"));

        watch.Restart();
        await engine.SnapshotAsync();
        report.Detail($"a snapshot of the book: {watch.Elapsed.TotalSeconds:F1} s");
        await CompareAsync(figures);
        await MonthEndAsync("month end, every loan has an instalment due", Start.AddMonths(1), loans, figures);
        await MonthEndAsync("month end, every loan late and an instalment due", Start.AddMonths(2), loans, figures);
    }

    /// <summary>Card decisions in turn on this engine and on one without loans, for the speed of a shared machine moves from second to second.</summary>
    private async Task CompareAsync(List<Figure> figures)
    {
        Report.Progress($"card decisions with and without loans, {Rounds} rounds in turn");
        var (with, without) = (new double[Rounds], new double[Rounds]);
        await CardsAsync(plain, () => false);
        await CardsAsync(engine, () => false);
        for (var i = 0; i < Rounds; i++) (without[i], with[i]) = (await CardsAsync(plain, () => false), await CardsAsync(engine, () => false));
        var ratios = with.Zip(without, (one, other) => one / other).Order().ToArray();
        report.Detail($"card decisions: {Median(without):N0} a second without loans, {Median(with):N0} with {loans:N0} loans, medians; ratios of the rounds {ratios[0]:F2} to {ratios[^1]:F2}");
        figures.Add(new Figure("card decisions with loans in the book ÷ without", "times", Median(ratios), Note: $"batches of {BatchLength}, median of {Rounds} rounds in turn, {ratios[0]:F2} to {ratios[^1]:F2}"));
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>Moves the date and lets card decisions go on until every loan is at it.</summary>
    private async Task MonthEndAsync(string name, DateOnly date, long events, List<Figure> figures)
    {
        Report.Progress($"{name}");
        var before = await engine.GetStatusAsync();
        var decided = drawn;
        await DateAsync(date);
        var watch = Stopwatch.StartNew();
        var isNear = false;
        // Decisions under way are in the journal and not counted yet, so this stops a few thousand loans early; the rest is waited for without decisions.
        async Task LookAsync()
        {
            var aged = await AgedAsync(before.LastSequence, decided);
            Volatile.Write(ref isNear, aged >= events);
        }

        var single = SinglesAsync(() => Volatile.Read(ref isNear));
        waits = new LatencyHistogram();
        var rate = await CardsAsync(engine, () => Volatile.Read(ref isNear), LookAsync);
        var latencies = await single;
        while (await AgedAsync(before.LastSequence, decided) < events) await Task.Yield();
        var after = await engine.GetStatusAsync();
        var took = watch.Elapsed.TotalSeconds;
        report.Detail($"{name}: {took:F2} s for {events:N0} loans, {rate:N0} card decisions a second beside it, {(after.JournalBytes - before.JournalBytes) / 1e6:N0} MB of journal in all");
        report.Detail($"{name}: {latencies.Count:N0} single decisions beside it, p50 {latencies.Quantile(0.5) / 1e6:F2} ms, p99 {latencies.Quantile(0.99) / 1e6:F2} ms, slowest {latencies.Max / 1e6:F1} ms");
        report.Detail($"{name}: {waits.Count:N0} batches of {BatchLength} beside it, p50 {waits.Quantile(0.5) / 1e6:F2} ms, p99 {waits.Quantile(0.99) / 1e6:F2} ms, slowest {waits.Max / 1e6:F1} ms");
        var slowest = Math.Max(latencies.Max, waits.Max) / 1e6;
        figures.Add(new Figure("slowest decision during it, alone or in a batch", "ms", slowest, loans >= 10_000_000 ? Demand.AtMost : Demand.None, loans >= 10_000_000 ? 50 : 0, $"p99 of single ones {latencies.Quantile(0.99) / 1e6:F2} ms"));
        figures.Add(new Figure(name, "s", took, loans >= 10_000_000 ? Demand.AtMost : Demand.None, loans >= 10_000_000 ? 20 : 0, $"{events:N0} loans, decisions go on"));
    }

    /// <summary>Events since a sequence that were no card decisions and not the move of the date.</summary>
    private async Task<long> AgedAsync(long since, ulong decidedThen)
    {
        var decided = (long)(Interlocked.Read(ref drawn) - decidedThen);
        return (await engine.GetStatusAsync()).LastSequence - since - 1 - decided;
    }

    /// <summary>Card decisions for the seconds of a measurement, or until something is done.</summary>
    private async Task<double> CardsAsync(CreditEngine on, Func<bool> isDone, Func<Task>? look = null)
    {
        var watch = Stopwatch.StartNew();
        var count = 0L;
        var outcomes = Enumerable.Range(0, Lanes).Select(_ => new Outcome[BatchLength]).ToArray();
        var commands = Enumerable.Range(0, Lanes).Select(_ => new Command[BatchLength]).ToArray();
        bool Goes() => look is null ? watch.Elapsed.TotalSeconds < seconds : !isDone();
        async Task LaneAsync(int lane)
        {
            var draw = new Random(lane);
            while (Goes())
            {
                for (var i = 0; i < BatchLength; i++)
                    commands[lane][i] = new Command { Kind = CommandKind.ClearWithoutHold, Facility = F(draw.Next(Cards)), Amount = 100, Currency = Currency, Id = NextId(on, lane) };
                var sent = Stopwatch.GetTimestamp();
                await on.ExecuteAsync(commands[lane], outcomes[lane]);
                lock (waitsLock) waits.Record((long)Stopwatch.GetElapsedTime(sent).TotalNanoseconds);
                Interlocked.Add(ref count, BatchLength);
                if (on == engine) Interlocked.Add(ref drawn, BatchLength);
                if (lane == 0 && look is not null) await look();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => LaneAsync(lane))));
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>A caller with one card decision at a time, whose waits are noted.</summary>
    private async Task<LatencyHistogram> SinglesAsync(Func<bool> isDone)
    {
        var (latencies, draw) = (new LatencyHistogram(), new Random(Lanes));
        while (!isDone())
        {
            var sent = Stopwatch.GetTimestamp();
            await engine.ExecuteAsync(new Command { Kind = CommandKind.ClearWithoutHold, Facility = F(draw.Next(Cards)), Amount = 100, Currency = Currency, Id = NextId(engine, Lanes) });
            latencies.Record((long)Stopwatch.GetElapsedTime(sent).TotalNanoseconds);
            Interlocked.Increment(ref drawn);
        }
        return latencies;
    }

    private async Task EachAsync(CreditEngine on, int count, Func<int, Command> make)
    {
        async Task LaneAsync(int lane)
        {
            var (commands, outcomes) = (new Command[BatchLength], new Outcome[BatchLength]);
            for (var first = lane * BatchLength; first < count; first += Lanes * BatchLength)
            {
                var length = Math.Min(BatchLength, count - first);
                for (var i = 0; i < length; i++) commands[i] = make(first + i) with { Id = NextId(on, lane) };
                await on.ExecuteAsync(commands.AsMemory(0, length), outcomes.AsMemory(0, length));
                foreach (ref readonly var outcome in outcomes.AsSpan(0, length))
                    if (outcome.Kind is OutcomeKind.Refused or OutcomeKind.Declined) throw new BenchFault($"{outcome.Kind} {outcome.Reason}: {outcome.Message}");
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => LaneAsync(lane))));
    }

    private Task DateAsync(DateOnly date) => OneAsync(new AdvanceBusinessDate(new NodeKey(0, 1, 1, NodeKind.None), date.DayNumber - new DateOnly(1970, 1, 1).DayNumber));

    private Task OneAsync(ControlCommand control) => OneAsync(engine, control);

    private async Task OneAsync(CreditEngine on, ControlCommand control)
    {
        var outcome = await on.ExecuteAsync(Command.Of(NextId(on, 0), control));
        if (outcome.Kind != OutcomeKind.Posted) throw new BenchFault($"{outcome.Kind} {outcome.Reason}: {outcome.Message}");
    }

    // Each lane numbers its commands in a session of its own: places take no memory of ids.
    private RequestId NextId(CreditEngine on, int lane) => RequestId.ForSession((ulong)lane + 1, ++(on == engine ? places : plainPlaces)[lane]);

    private static NodeKey F(int i) => NodeKey.Facility(1, 1, i + 1);

    private static long Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
