using System.Text;
using CreditGrains.Cli.Pools;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Pools;
using Microsoft.Extensions.Hosting;

namespace CreditGrains.Cli.Serving;

/// <summary>
/// A live pool for the demo: loans bought at its cut-off, a year behind it at once, then one due day every few seconds. All its commands are places of one session in a fixed order, so a server that
/// starts again finds by a few look-ups how far it came and goes on there. When little is left of a pool, the next begins, under a legal entity of its own, whose business date it moves.
/// </summary>
internal sealed class DemoPool(ICreditEngine engine, TimeProvider clock) : BackgroundService
{
    private const ushort Tenant = 1;
    private const ushort EntityOfFirst = 11;
    private const int Loans = 6_000;
    private const int MonthsAtOnce = 12;
    private const double FactorOfEnd = 0.08;
    private const int Epoch = 719_162;
    private const int BatchLength = 4_096;
    private const ulong Seed = 42;
    private const string Name = "Live demo";
    private static readonly TimeSpan DayEvery = TimeSpan.FromSeconds(3);
    private static readonly DateOnly CutOff = new(2026, 1, 31);
    private static readonly Currency Cny = Currency.Parse("CNY");

    private static readonly byte[] Terms = Encoding.UTF8.GetBytes($$"""
        {
          "name": "{{Name}}", "currency": "CNY", "amounts": "minor", "cutOff": "2026-01-31",
          "default": { "daysPastDue": 91 }, "buckets": [0, 30, 60, 90],
          "triggers": [
            { "name": "cumulative default", "measure": "cumulativeDefault", "level": 0.05 },
            { "name": "over 60 days", "measure": "delinquency", "level": 0.02, "fromDays": 61 },
            { "name": "annual default rate", "measure": "defaultRateAnnual", "level": 0.08 },
            { "name": "clean-up call", "measure": "poolFactor", "level": 0.1 }
          ]
        }
        """);

    private readonly List<Command> waiting = [];
    private long place;

    /// <summary>Whether a pool is one of these.</summary>
    public static bool IsOne(PoolState state) => state.Terms.Span.SequenceEqual(Terms);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var number = 0; number < ushort.MaxValue - EntityOfFirst; number++) await LiveAsync(number, stoppingToken);
        }
        catch (Exception end) when (end is EngineFaultException or StoreException or OperationCanceledException)
        {
            // The engine or the host ends; whoever watches them says why.
            return;
        }
    }

    private async Task LiveAsync(int number, CancellationToken stop)
    {
        var entity = (ushort)(EntityOfFirst + number);
        var pool = new NodeKey(1, Tenant, entity, NodeKind.Pool);
        var session = 0xDE_3000_0001_0000 + (ulong)number;
        var known = await PlacesKnownAsync(session);
        using var timer = new PeriodicTimer(DayEvery, clock);
        place = 0;
        foreach (var command in Commands(pool, entity, (ulong)number))
        {
            if (command is not null)
            {
                if (++place <= known) continue;
                waiting.Add(Command.Of(RequestId.ForSession(session, place), command));
                if (waiting.Count == BatchLength) await SendAsync();
            }
            else if (place > known)
            {
                await SendAsync();
                if (!await timer.WaitForNextTickAsync(stop)) return;
            }
        }

        await SendAsync();
    }

    /// <summary>The commands of a pool's life in order; null ends a day once the first months are over.</summary>
    private static IEnumerable<ControlCommand?> Commands(NodeKey pool, ushort entity, ulong number)
    {
        var book = new NodeKey(0, Tenant, entity, NodeKind.None);
        var loans = new GeneratedLoans(Loans, Seed + number, CutOff);
        var purchased = 0L;
        yield return new OpenNode(pool, Cny, Command.AmountMax, default, []);
        yield return new DefinePool(pool, Terms);
        for (var i = 0; i < loans.Count; i++)
        {
            purchased += loans[i].Balance;
            yield return new PutLoanInPool(pool, i + 1, TransferKind.Purchase, CutOff, loans.Candidate(i, Cny));
        }

        var movements = new LoanMovement[2];
        var first = new DateOnly(CutOff.Year, CutOff.Month, 1).AddMonths(1);
        yield return new AdvanceBusinessDate(book, first.DayNumber - Epoch);
        for (var month = first; Left(loans) > FactorOfEnd * purchased; month = month.AddMonths(1))
        {
            var isPast = month < first.AddMonths(MonthsAtOnce);
            for (var day = 1; day <= GeneratedLoans.DueDays; day++)
            {
                var (from, to) = loans.DueOn(day);
                for (var i = from; i < to; i++)
                {
                    var count = loans.Due(i, month.AddDays(day - 1), movements);
                    for (var k = 0; k < count; k++) yield return new ReportLoan(pool, i + 1, movements[k]);
                }

                if (!isPast) yield return null;
            }

            var last = month.AddMonths(1).AddDays(-1);
            for (var day = 1; day <= GeneratedLoans.DueDays; day++)
            {
                var (from, to) = loans.DueOn(day);
                for (var i = from; i < to; i++)
                    if (loans.Age(i, last, day, out var movement)) yield return new ReportLoan(pool, i + 1, movement);
            }

            yield return new AdvanceBusinessDate(book, month.AddMonths(1).DayNumber - Epoch);
        }
    }

    private static long Left(GeneratedLoans loans)
    {
        var left = 0L;
        for (var i = 0; i < loans.Count; i++) left += loans[i].Balance;
        return left;
    }

    /// <summary>How many places of a session took effect; there are no gaps.</summary>
    private async Task<long> PlacesKnownAsync(ulong session)
    {
        async Task<bool> IsKnownAsync(long at) => await engine.GetDecisionAsync(Tenant, RequestId.ForSession(session, at)) is not null;
        long low = 0, high = 1;
        while (await IsKnownAsync(high)) (low, high) = (high, 2 * high);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (await IsKnownAsync(middle)) low = middle;
            else high = middle;
        }

        return low;
    }

    private async Task SendAsync()
    {
        if (waiting.Count == 0) return;
        var outcomes = new Outcome[waiting.Count];
        await engine.ExecuteAsync(waiting.ToArray(), outcomes);
        waiting.Clear();
        // One that could not be taken now would leave a gap: the rest is sent when the server starts again.
        if (Array.Find(outcomes, outcome => outcome.Kind == OutcomeKind.Refused) is { Kind: OutcomeKind.Refused } refused && refused.Reason != Reason.None)
            throw new OperationCanceledException($"the demo pool was refused: {refused.Reason}");
    }
}
