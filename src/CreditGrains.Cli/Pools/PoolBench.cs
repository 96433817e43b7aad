using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools;

/// <summary>creditgrains pool bench: what it costs to keep a pool current, an event. Movements are made before, so that only the ledger is measured.</summary>
internal static class PoolBench
{
    private const int EventsAtOnce = 1 << 20;

    public static Command Create()
    {
        var count = new Option<int>("--loans") { Description = "Loans of the pool", DefaultValueFactory = _ => 1_000_000 };
        var months = new Option<int>("--months") { Description = "Months of payments", DefaultValueFactory = _ => 6 };
        var decision = new Option<double>("--decision-ns") { Description = "Time of one decision on this machine in ns, as 'bench engine' measures it; the bookkeeping is shown as a part of it", DefaultValueFactory = _ => 0 };
        var json = new Option<bool>("--json") { Description = "One JSON object" };
        var command = new Command("bench", "Measure the bookkeeping of a pool an event") { count, months, decision, json };
        command.SetAction(parse => Run(SimulateCommand.Within(parse.GetValue(count), 1, SimulateCommand.LoansMax, "--loans"), SimulateCommand.Within(parse.GetValue(months), 1, SimulateCommand.MonthsMax, "--months"), parse.GetValue(decision), new Report(parse.GetValue(json))));
        return command;
    }

    private static int Run(int count, int months, double decisionNs, Report report)
    {
        var (ns, events, wrong) = MeasureAll(count, months);
        report.Detail($"{events:N0} events of {count:N0} loans, in the order of due days; months that do not add up: {wrong}");
        var figures = new List<Figure>
        {
            new("pool bookkeeping, an event", "ns", ns, Demand.None, 0, "one thread, ledger only"),
            new("months that do not add up", "", wrong, Demand.AtMost, 0),
        };
        if (decisionNs > 0) figures.Add(new("as a part of a decision", "%", 100 * ns / decisionNs, Demand.AtMost, 5, $"of {decisionNs:F0} ns"));
        return report.Finish(figures);
    }

    /// <summary>Time of an event in the ledger alone, ns, and how many were measured.</summary>
    public static (double Nanos, long Events) Measure(int count, int months) => MeasureAll(count, months) is var (ns, events, _) ? (ns, events) : default;

    private static (double Nanos, long Events, int Wrong) MeasureAll(int count, int months)
    {
        var terms = PoolSimulation.Usual;
        var loans = new GeneratedLoans(Math.Max(GeneratedLoans.DueDays, count), 42, terms.CutOff);
        var book = new PoolBook(loans.Count);
        book.Define(terms);
        for (var i = 0; i < loans.Count; i++) book.Enter(i, 0, loans.Candidate(i, terms.Currency), TransferKind.Purchase, terms.CutOff);
        var places = new int[EventsAtOnce];
        var movements = new LoanMovement[EventsAtOnce];
        var ticks = 0L;
        var events = 0L;
        var waiting = 0;

        void Flush()
        {
            var start = Stopwatch.GetTimestamp();
            for (var k = 0; k < waiting; k++) book.Apply(places[k], movements[k]);
            ticks += Stopwatch.GetTimestamp() - start;
            events += waiting;
            waiting = 0;
        }

        var first = terms.CutOff.AddDays(1);
        Span<LoanMovement> made = new LoanMovement[2];
        for (var m = 0; m < months; m++)
        {
            var month = first.AddMonths(m);
            for (var day = 1; day <= GeneratedLoans.DueDays; day++)
            {
                var (from, to) = loans.DueOn(day);
                for (var i = from; i < to; i++)
                {
                    var n = loans.Due(i, month.AddDays(day - 1), made);
                    for (var k = 0; k < n; k++) (places[waiting], movements[waiting++]) = (i, made[k]);
                    if (waiting > EventsAtOnce - 2) Flush();
                }
            }
        }

        Flush();
        book.AdvanceTo(first.AddMonths(months));
        var ns = ticks * 1e9 / Stopwatch.Frequency / events;
        var wrong = book.Pools[0].History.Count(month => month.ByFlows != month.Closing);
        return (ns, events, wrong);
    }
}
