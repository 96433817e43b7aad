using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Contract;

/// <summary>Pools of reported loans (docs/rules.md, "Pools"): terms, rules by name, events, states and copies.</summary>
public abstract class PoolContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    private static readonly DateOnly CutOff = new(2026, 1, 31);

    // Longer than a usual command on the wire.
    private static readonly string Terms = """
        { "name": "consumer", "currency": "EUR", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90],
          "eligibility": [{ "name": "not too long", "field": "remainingMonths", "max": 60 }],
          "triggers": [{ "name": "defaults", "measure": "cumulativeDefault", "level": 0.05 }] }
        """ + new string(' ', 20_000);

    private IPoolSource Pools => (IPoolSource)Book.Engine;

    [ContractFact]
    public async Task Pool_OfReportedLoans_IsReadAsItIs()
    {
        var pool = await DefineAsync(1);
        for (var loan = 1; loan <= 50; loan++) await Book.Set(Put(pool, loan, 1_000, region: loan % 3));
        var tooLong = Put(pool, 99, 1_000, region: 1);
        var declined = await Book.Do(tooLong with { State = tooLong.State with { RemainingMonths = 61 } });
        AssertDeclined(Reason.NotEligible, declined);
        Assert.Contains("'not too long'", declined.Message, StringComparison.Ordinal);
        AssertDeclined(Reason.AlreadyInPool, await Book.Do(Put(pool, 7, 1, region: 1)));
        await Book.Set(Report(pool, 1, new DateOnly(2026, 2, 10), owed: 900, scheduled: 100, days: 0));
        await Book.Set(Report(pool, 2, new DateOnly(2026, 2, 10), owed: 1_000, scheduled: 0, days: 95));
        await Book.Set(new TakeLoanFromPool(pool, 3, TransferKind.Sale, new DateOnly(2026, 2, 11)));

        var state = await Pools.GetPoolAsync(pool);
        var ledger = state!.Ledger;
        Assert.Equal((pool, 47_900L, 48L, 1_000L), (state.Key, ledger.Balance, ledger.Loans, ledger.DefaultedStock));
        Assert.Equal((50_000L, 100L, 1_000L, 1_000L), (ledger.Open.Opening, ledger.Open.Scheduled, ledger.Open.Defaulted, ledger.Open.Sold));
        Assert.Equal(48, Enumerable.Range(0, ledger.GroupsOf(PoolDimension.Region)).Sum(place => ledger.By(PoolDimension.Region).Count(place)));
        Assert.Equal(0.02, ledger.Triggers().Single().Value!.Value, 12);
        Assert.Single(ledger.History);
        Assert.Equal(50_000, ledger.Vintages.Single().Purchased);
        Assert.Equal(Encoding.UTF8.GetBytes(Terms), state.Terms.ToArray());

        var loans = await Pools.CopyPoolAsync(pool, progress: null, CancellationToken.None);
        var performing = loans!.Slices.SelectMany(slice => slice.ToArray()).Where(loan => !loan.IsDefaulted).ToArray();
        Assert.Equal((48, 47_900L), (performing.Length, performing.Sum(loan => loan.Principal)));
        Assert.Equal(900, performing.Single(loan => loan.Id == 1).Principal);
    }

    [ContractFact]
    public async Task Pools_AreListedInOrder_AndWhatIsNoneIsNone()
    {
        var second = await DefineAsync(2);
        var first = await DefineAsync(1);
        Assert.Equal([first, second], await Pools.ListPoolsAsync(Book.Tenant, default, 10));
        Assert.Equal([second], await Pools.ListPoolsAsync(Book.Tenant, first, 10));
        Assert.Equal([first], await Pools.ListPoolsAsync(Book.Tenant, default, 1));
        Assert.Null(await Pools.GetPoolAsync(Book.Node(NodeKind.Pool, 3)));
        Assert.Null(await Pools.CopyPoolAsync(Book.Node(NodeKind.Pool, 3), progress: null, CancellationToken.None));
        AssertDeclined(Reason.AlreadyExists, await Book.Do(new DefinePool(first, Encoding.UTF8.GetBytes(Terms))));
        await Book.Open(NodeKind.Pool, 4, 100);
        AssertDeclined(Reason.PoolNotDefined, await Book.Do(Put(Book.Node(NodeKind.Pool, 4), 1, 1_000, region: 1)));
    }

    private async Task<NodeKey> DefineAsync(long id)
    {
        var pool = await Book.Open(NodeKind.Pool, id, 1L << 60);
        await Book.Set(new DefinePool(pool, Encoding.UTF8.GetBytes(Terms)));
        return pool;
    }

    private static PutLoanInPool Put(NodeKey pool, long loan, long principal, int region) => new(pool, loan, TransferKind.Purchase, CutOff, new LoanCandidate
    {
        Currency = Contract.Book.Eur, Principal = principal, RatePpm = 60_000, RemainingMonths = 24, Region = region, Obligor = loan, Origination = new DateOnly(2025, 11, 30),
    });

    private static ReportLoan Report(NodeKey pool, long loan, DateOnly date, long owed, long scheduled, int days) => new(pool, loan, new LoanMovement
    {
        Date = date, Cause = scheduled > 0 ? MovementCause.Paid : MovementCause.Aged, Principal = owed, Scheduled = scheduled, DaysPastDue = days, RemainingMonths = 23, RatePpm = 60_000,
    });
}
