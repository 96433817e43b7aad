using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation.Pools;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>
/// Generated loans in a pool of a running server: every payment and missed payment is a command, every month begins with the server's own projection of the pool by the roll
/// matrix of its past. The same seed on the same pool sends the same commands under the same ids, so a run that broke off goes on when it is started again.
/// </summary>
internal sealed class LiveSimulation
{
    private const long DateRow = -1;
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
    private readonly RpcChannel channel;
    private readonly NodeKey pool;
    private readonly SimulationOptions options;
    private readonly PoolTerms terms;
    private readonly GeneratedLoans loans;
    private readonly LoanSender sender;
    private readonly LoanMovement[] movements = new LoanMovement[2];

    /// <param name="channel">To the server.</param>
    /// <param name="pool">A pool with terms, and no loans but those of an earlier run.</param>
    /// <param name="terms">Its terms.</param>
    /// <param name="options">Of the simulation.</param>
    public LiveSimulation(RpcChannel channel, NodeKey pool, PoolTerms terms, SimulationOptions options)
    {
        (this.channel, this.pool, this.terms, this.options) = (channel, pool, terms, options);
        loans = new GeneratedLoans(options.Loans, options.Seed, terms.CutOff);
        var name = OrderedSession.NameOf([], string.Create(CultureInfo.InvariantCulture, $"pool simulate {pool} {options.Loans} {options.Months} {options.History} {options.Seed}"));
        sender = new LoanSender(new OrderedSession(new RemoteBook(channel), pool.Tenant, name));
    }

    /// <summary>Loans that the pool's rules kept out.</summary>
    public int Refused { get; private set; }

    public long Events { get; private set; }

    /// <summary>Commands that an earlier run had sent.</summary>
    public long Repeated => sender.Repeated;

    /// <summary>Time in sending payments and missed payments and having them answered.</summary>
    public TimeSpan Streaming { get; private set; }

    public TimeSpan Forecasting { get; private set; }

    /// <summary>Fills the pool and lives through the months; the first <see cref="SimulationOptions.History"/> give the past.</summary>
    /// <exception cref="CommandFault">The server declined what it should not, as when the pool has other loans.</exception>
    public async IAsyncEnumerable<ForecastMonth> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < loans.Count; i++) await sender.AddAsync(i, new PutLoanInPool(pool, i + 1, TransferKind.Purchase, terms.CutOff, loans.Candidate(i, terms.Currency)), cancellationToken);
        await sender.FlushAsync(cancellationToken);
        var kept = new HashSet<long>(sender.Declined.Select(row => row.Row));
        Refused = kept.Count;
        sender.Declined.Clear();
        var first = new DateOnly(terms.CutOff.Year, terms.CutOff.Month, 1).AddMonths(1);
        await AdvanceAsync(first, cancellationToken);
        for (var m = 0; m < options.History + options.Months; m++)
        {
            var month = first.AddMonths(m);
            var start = Stopwatch.GetTimestamp();
            var forecast = m < options.History || sender.Repeated > 0 ? null : await ForecastAsync(cancellationToken);
            Forecasting += Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            await StreamAsync(month, kept, cancellationToken);
            await AdvanceAsync(month.AddMonths(1), cancellationToken);
            Streaming += Stopwatch.GetElapsedTime(start);
            if (sender.Declined.Count > 0) throw CommandFault.Usage("PoolDiffers", $"the server declined {sender.Declined.Count} events, the first of loan {sender.Declined[0].Row + 1}: {sender.Declined[0].Reason}: {sender.Declined[0].Message}; use a pool of its own for a simulation");
            if (forecast is not null) yield return new ForecastMonth(month, Compare(forecast, await NewestAsync(cancellationToken)));
        }
    }

    private async Task StreamAsync(DateOnly month, HashSet<long> kept, CancellationToken cancellationToken)
    {
        for (var day = 1; day <= GeneratedLoans.DueDays; day++)
        {
            var (from, to) = loans.DueOn(day);
            for (var i = from; i < to; i++)
            {
                var count = loans.Due(i, month.AddDays(day - 1), movements);
                for (var k = 0; k < count; k++) await SendAsync(i, movements[k], kept, cancellationToken);
            }
        }

        var last = month.AddMonths(1).AddDays(-1);
        for (var day = 1; day <= GeneratedLoans.DueDays; day++)
        {
            var (from, to) = loans.DueOn(day);
            for (var i = from; i < to; i++)
                if (loans.Age(i, last, day, out var movement)) await SendAsync(i, movement, kept, cancellationToken);
        }

        await sender.FlushAsync(cancellationToken);
    }

    private ValueTask SendAsync(int loan, LoanMovement movement, HashSet<long> kept, CancellationToken cancellationToken)
    {
        if (kept.Contains(loan)) return ValueTask.CompletedTask;
        Events++;
        return sender.AddAsync(loan, new ReportLoan(pool, loan + 1, movement), cancellationToken);
    }

    private async Task AdvanceAsync(DateOnly date, CancellationToken cancellationToken)
    {
        await sender.AddAsync(DateRow, new AdvanceBusinessDate(new NodeKey(0, pool.Tenant, pool.LegalEntity, NodeKind.None), date.DayNumber - Epoch), cancellationToken);
        await sender.FlushAsync(cancellationToken);
        if (sender.Declined.Find(row => row.Row == DateRow) is { } declined)
            throw CommandFault.Usage("DateDiffers", $"the business date could not be moved to {date:yyyy-MM-dd}: {declined.Reason}: {declined.Message}; use a tenant and legal entity of their own for a simulation");
    }

    private async Task<V1.ProjectedMonth> ForecastAsync(CancellationToken cancellationToken)
    {
        var request = new V1.ProjectRequest { Pool = Keys.ToNode(pool), Assumptions = new V1.PoolAssumptions { Own = new V1.OwnHistory { Months = options.History, ByRates = options.ByRates } } };
        V1.ProjectedMonth? next = null;
        await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.Project, request, LiveViewCommands.With(cancellationToken), cancellationToken))
            if (reply.Month is { Period: 1 } month) next = month;
        return next ?? throw CommandFault.Usage("PoolEmpty", "no loan of the pool performs any more; use fewer months or more loans");
    }

    private async Task<V1.PoolMonth> NewestAsync(CancellationToken cancellationToken) =>
        (await channel.UnaryAsync(PoolCalls.GetPoolHistory, new V1.GetPoolHistoryRequest { Pool = Keys.ToNode(pool), PageSize = 1 }, LiveViewCommands.With(cancellationToken))).Months[0];

    private ImmutableArray<ForecastItem> Compare(V1.ProjectedMonth forecast, V1.PoolMonth actual)
    {
        var items = ImmutableArray.Create(
            new ForecastItem("opening", forecast.Opening, actual.Opening),
            new ForecastItem("scheduled", forecast.Scheduled, actual.Scheduled),
            new ForecastItem("prepaid", forecast.Prepaid, actual.Prepaid),
            new ForecastItem("defaulted", forecast.Defaulted, actual.Defaulted),
            new ForecastItem("interest", forecast.Interest, actual.Interest),
            new ForecastItem("closing", forecast.Closing, actual.Closing));
        return options.ByRates ? items : items.Add(new ForecastItem("delinquent", forecast.Delinquent, actual.Delinquent));
    }
}
