using System.Collections.Immutable;
using System.Diagnostics;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools;

/// <summary>A month as it was forecast at its start and as it came; minor units.</summary>
internal sealed record ForecastMonth(DateOnly Month, ImmutableArray<ForecastItem> Items);

/// <summary>One figure of a month.</summary>
internal readonly record struct ForecastItem(string Item, long Forecast, long Actual)
{
    /// <summary>(actual − forecast) ÷ forecast; null when the forecast is 0.</summary>
    public double? Difference => Forecast == 0 ? null : (double)(Actual - Forecast) / Forecast;
}

/// <summary>How a simulation is to run.</summary>
internal sealed record SimulationOptions(int Loans, int Months, int History, ulong Seed, bool ByRates, PoolTerms? Terms);

/// <summary>
/// A pool of generated loans through months of payments and missed payments, event by event. At the start of each month its own past is projected onto the loans as they
/// are: nothing of the month to come is looked at.
/// </summary>
internal sealed class PoolSimulation
{
    private const int RateStepPpm = 5_000;
    private static readonly DateOnly CutOff = new(2026, 1, 31);
    private readonly SimulationOptions options;
    private readonly GeneratedLoans loans;
    private readonly PoolBook book;
    private readonly LoanMovement[] movements = new LoanMovement[2];

    public PoolSimulation(SimulationOptions options)
    {
        this.options = options;
        var terms = options.Terms ?? Usual;
        loans = new GeneratedLoans(options.Loans, options.Seed, terms.CutOff);
        book = new PoolBook(options.Loans);
        book.Define(terms);
        for (var i = 0; i < loans.Count; i++)
            if (book.Enter(i, 0, loans.Candidate(i, terms.Currency), TransferKind.Purchase, terms.CutOff) is not null) Refused++;
    }

    public static PoolTerms Usual { get; } = new()
    {
        Name = "generated",
        Currency = Currency.Parse("CNY"),
        CutOff = CutOff,
        Buckets = new BucketEdges([0, 30, 60, 90]),
        Triggers =
        [
            new PoolTrigger("cumulative default", PoolMeasure.CumulativeDefault, 0.05),
            new PoolTrigger("over 60 days", PoolMeasure.Delinquency, 0.02, FromDays: 61),
            new PoolTrigger("annual default rate", PoolMeasure.DefaultRateAnnual, 0.08),
            new PoolTrigger("clean-up call", PoolMeasure.PoolFactor, 0.1),
        ],
    };

    public PoolLedger Pool => book.Pools[0];

    /// <summary>Generated loans that the pool's rules kept out.</summary>
    public int Refused { get; private set; }

    public long Events { get; private set; }

    /// <summary>Time in payments and books, forecasts not counted.</summary>
    public TimeSpan Streaming { get; private set; }

    public TimeSpan Forecasting { get; private set; }

    /// <summary>Runs all months; the first <see cref="SimulationOptions.History"/> give the past the forecasts start from.</summary>
    public IEnumerable<ForecastMonth> Run()
    {
        var first = new DateOnly(Pool.Terms.CutOff.Year, Pool.Terms.CutOff.Month, 1).AddMonths(1);
        for (var m = 0; m < options.History + options.Months; m++)
        {
            var month = first.AddMonths(m);
            book.AdvanceTo(month);
            var start = Stopwatch.GetTimestamp();
            var forecast = m < options.History || Pool.Balance == 0 ? null : Forecast();
            Forecasting += Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            Stream(month);
            book.AdvanceTo(month.AddMonths(1));
            Streaming += Stopwatch.GetElapsedTime(start);
            if (forecast is not null) yield return new ForecastMonth(month, Compare(forecast, Pool.History[^1]));
        }
    }

    /// <summary>The performing loans now, those alike in months left, rate and bucket put together.</summary>
    public ImmutableArray<LoanLine> Lines()
    {
        var lines = new SortedDictionary<(int Remaining, int RateStep, int Bucket), (long Balance, double Weighted)>();
        for (var i = 0; i < loans.Count; i++)
        {
            if (book.Of(i) is not { State: MemberState.Performing } member) continue;
            var key = (Math.Max((int)loans[i].Remaining, 1), loans[i].RatePpm / RateStepPpm, (int)member.Bucket);
            lines.TryGetValue(key, out var sum);
            lines[key] = (sum.Balance + member.Principal, sum.Weighted + (double)member.Principal * loans[i].RatePpm);
        }

        return
        [
            .. lines.Where(line => line.Value.Balance > 0).Select(line => new LoanLine
            {
                Balance = line.Value.Balance, RateAnnual = line.Value.Weighted / line.Value.Balance / 1_000_000, RemainingMonths = line.Key.Remaining, MissedInstalments = line.Key.Bucket,
            }),
        ];
    }

    private void Stream(DateOnly month)
    {
        var last = month.AddMonths(1).AddDays(-1);
        for (var day = 1; day <= GeneratedLoans.DueDays; day++)
        {
            var (from, to) = loans.DueOn(day);
            var date = month.AddDays(day - 1);
            for (var i = from; i < to; i++)
            {
                var count = loans.Due(i, date, movements);
                for (var k = 0; k < count; k++) book.Apply(i, movements[k]);
                Events += count;
            }
        }

        for (var day = 1; day <= GeneratedLoans.DueDays; day++)
        {
            var (from, to) = loans.DueOn(day);
            for (var i = from; i < to; i++)
            {
                if (!loans.Age(i, last, day, out var movement)) continue;
                book.Apply(i, movement);
                Events++;
            }
        }
    }

    private CashflowTable Forecast()
    {
        if (options.ByRates) return ByRates();
        var forecast = new PoolForecast();
        for (var i = 0; i < loans.Count; i++)
            if (book.Of(i) is { State: MemberState.Performing } member) forecast.Add(member.Bucket, loans[i].Remaining, loans[i].RatePpm, member.Principal);
        return forecast.Project(Pool.RollRates(options.History, byBalance: true));
    }

    /// <summary>Loan by loan, with the mean SMM and MDR of the pool's last months.</summary>
    private CashflowTable ByRates()
    {
        var places = Enumerable.Range(0, loans.Count).Where(i => book.Of(i).State == MemberState.Performing).ToArray();
        var columns = new LoanColumns(places.Length);
        for (var k = 0; k < places.Length; k++)
        {
            var loan = loans[places[k]];
            columns.Balance[k] = loan.Balance;
            columns.RateAnnual[k] = loan.RatePpm * (LoanColumns.RateScale / 1_000_000);
            columns.RemainingMonths[k] = Math.Max((ushort)1, loan.Remaining);
        }

        columns.Check();
        var scenario = new Scenario
        {
            Prepayment = new PrepaymentCurve.FlatSmm(Pool.PrepaymentRate(options.History) ?? default),
            LoanDefault = new LoanDefaultCurve.FlatMdr(Pool.DefaultRate(options.History) ?? default),
        };
        return ColumnProjection.Run(columns, scenario, new ProjectionConventions { PrepaymentBase = PrepaymentBase.OpeningLessScheduled }).Total;
    }

    private ImmutableArray<ForecastItem> Compare(CashflowTable forecast, in PoolFlows actual)
    {
        long Of(CashflowColumn column) => (long)Math.Round(forecast[column][0]);
        var items = ImmutableArray.Create(
            new ForecastItem("opening", Of(CashflowColumn.Opening), actual.Opening),
            new ForecastItem("scheduled", Of(CashflowColumn.Scheduled), actual.Scheduled),
            new ForecastItem("prepaid", Of(CashflowColumn.Prepaid), actual.Prepaid),
            new ForecastItem("defaulted", Of(CashflowColumn.Defaulted), actual.Defaulted),
            new ForecastItem("interest", Of(CashflowColumn.Interest), actual.Interest),
            new ForecastItem("closing", Of(CashflowColumn.Closing), actual.Closing));
        return options.ByRates ? items : items.Add(new ForecastItem("delinquent", Of(CashflowColumn.Delinquent), actual.Delinquent));
    }
}
