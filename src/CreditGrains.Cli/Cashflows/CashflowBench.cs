using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Draws;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Cli.Cashflows;

/// <summary>creditgrains cashflow bench: how long a generated pool takes, loan by loan, each amount of each loan rounded to the minor unit in each month.</summary>
internal static class CashflowBench
{
    private const int LoansAsked = 10_000_000;
    private const int ScenariosAsked = 100;

    public static Command Create()
    {
        var count = new Option<int>("--loans") { Description = "Loans of the pool", DefaultValueFactory = _ => LoansAsked };
        var months = new Option<int>("--months-mean") { Description = "Mean of the months left; they are spread evenly from 1 to twice the mean less 1", DefaultValueFactory = _ => 24 };
        var scenarios = new Option<int>("--scenarios") { Description = "Scenarios of the second figure", DefaultValueFactory = _ => ScenariosAsked };
        var rounds = new Option<int>("--rounds") { Description = "Runs of the first figure; the median counts", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "One JSON object" };
        var command = new Command("bench", "Measure the projection of a generated pool: one scenario, many scenarios, same bits on one core") { count, months, scenarios, rounds, json };
        command.SetAction(parse => Run(
            parse.GetValue(count), parse.GetValue(months), parse.GetValue(scenarios), Math.Max(1, parse.GetValue(rounds)), new Report(parse.GetValue(json))));
        return command;
    }

    private static int Run(int count, int monthsMean, int scenarios, int rounds, Report report)
    {
        Report.Progress($"Making {count:N0} loans ...");
        var loans = Generate(count, monthsMean);
        var conventions = new ProjectionConventions();
        var start = Stopwatch.GetTimestamp();
        ColumnProjection.Run(loans, Of(0), conventions);
        report.Detail($"first run, with compilation: {Stopwatch.GetElapsedTime(start).TotalSeconds:F3} s");
        var times = new double[rounds];
        PoolCashflows one = null!;
        for (var i = 0; i < rounds; i++)
        {
            start = Stopwatch.GetTimestamp();
            one = ColumnProjection.Run(loans, Of(0), conventions);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(times);
        report.Detail($"one scenario: {string.Join(", ", times.Select(time => time.ToString("F3", System.Globalization.CultureInfo.InvariantCulture)))} s; {loans.RemainingMonths.Sum(left => (long)left):N0} loan-months");
        start = Stopwatch.GetTimestamp();
        var alone = ColumnProjection.Run(loans, Of(0), conventions, parallelism: 1);
        report.Detail($"the same on one core: {Stopwatch.GetElapsedTime(start).TotalSeconds:F3} s; same bits: {(Same(one.Total, alone.Total) ? "yes" : "NO")}");
        start = Stopwatch.GetTimestamp();
        var many = ColumnProjection.Run(loans, [.. Enumerable.Range(0, scenarios).Select(i => new[] { Of(i) })], conventions);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        report.Detail($"many scenarios: losses from {many.Min(Loss):N0} to {many.Max(Loss):N0} minor units; the first is the single one: {(Same(one.Total, many[0].Total) ? "yes" : "NO")}");
        var isAsked = count == LoansAsked && monthsMean == 24;
        Figure[] figures =
        [
            new("one CPR/CDR/severity scenario, loan by loan", "s", times[rounds / 2], isAsked ? Demand.AtMost : Demand.None, 1, $"{count:N0} loans, median of {rounds}"),
            new($"{scenarios} scenarios, loan by loan", "s", elapsed, isAsked && scenarios == ScenariosAsked ? Demand.AtMost : Demand.None, 30, $"{count:N0} loans"),
            new("same bits on one core", "", Same(one.Total, alone.Total) ? 1 : 0, Demand.AtLeast, 1),
        ];
        return report.Finish(figures);
    }

    private static double Loss(PoolCashflows flows) => flows.Total.Total(CashflowColumn.Loss);

    private static bool Same(CashflowTable a, CashflowTable b) => a.Periods == b.Periods && Enum.GetValues<CashflowColumn>().All(column =>
        a[column].Zip(b[column]).All(pair => BitConverter.DoubleToInt64Bits(pair.First) == BitConverter.DoubleToInt64Bits(pair.Second)));

    private static Scenario Of(int i) => new()
    {
        Name = $"{i}",
        Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(0.10 + 0.001 * i)),
        LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(0.02 + 0.001 * i)),
        Recovery = new RecoveryTerms(0.55, 6),
    };

    /// <summary>Level loans of 1,000 to 200,000 at 3 to 24 % with any term up to twice the mean: no two alike.</summary>
    private static LoanColumns Generate(int count, int monthsMean)
    {
        var random = new Xoshiro256(42);
        var loans = new LoanColumns(count);
        for (var i = 0; i < count; i++)
        {
            loans.Balance[i] = 1_000_00 + random.Below(199_000_00);
            loans.RateAnnual[i] = (int)(3_000_000 + random.Below(21_000_000));
            loans.RemainingMonths[i] = (ushort)(1 + random.Below(2 * monthsMean - 1));
            loans.AgeMonths[i] = (ushort)random.Below(36);
        }

        loans.Check();
        return loans;
    }
}
