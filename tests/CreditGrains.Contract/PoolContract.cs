using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Cashflows;
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

    [ContractFact]
    public async Task Concentrations_AreOfTheWholePool_InTheOrderOfASubmission()
    {
        var pool = await Book.Open(NodeKind.Pool, 1, 1L << 60);
        await Book.Set(new DefinePool(pool, """
            { "name": "consumer", "currency": "EUR", "cutOff": "2026-01-31",
              "concentrations": [{ "name": "one region", "by": "region", "max": 0.5, "base": 10000 }, { "name": "one obligor", "by": "obligor", "max": 0.3, "base": 10000 }] }
            """u8.ToArray()));
        // Five of region 1 fill half of the base and the sixth is too much; the thirteenth fits because the twelfth, of a third region, has entered.
        var outcomes = await Book.DoAll([.. Enumerable.Range(1, 13).Select(loan => Of(Put(pool, loan, 1_000, region: loan switch { <= 6 or 13 => 1, 12 => 3, _ => 2 })))]);
        Assert.Equal(Enumerable.Range(1, 13).Select(loan => loan == 6 ? Reason.TooConcentrated : Reason.None), outcomes.Select(outcome => outcome.Reason));
        Assert.Contains("'one region'", outcomes[5].Message, StringComparison.Ordinal);
        AssertDeclined(Reason.AlreadyInPool, await Book.Do(Put(pool, 3, 1_000, region: 2)));
        var tooMuch = Of(Put(pool, 14, 2_000, region: 1));
        AssertDeclined(Reason.TooConcentrated, await Book.Do(tooMuch));
        AssertRefused(Reason.RequestIdReused, await Book.Do(tooMuch with { Control = Put(pool, 14, 1_000, region: 1) }));
        Assert.True((await Book.Do(tooMuch)).Duplicate);
        Assert.Equal((12_000L, 12L), await BalanceOf(pool));
        // What leaves makes room.
        await Book.Set(new TakeLoanFromPool(pool, 1, TransferKind.Repurchase, CutOff));
        await Book.Set(Put(pool, 6, 1_000, region: 1));
        Assert.Equal((12_000L, 12L), await BalanceOf(pool));
    }

    [ContractFact]
    public async Task Pool_Projected_PaysAllThatItsLoansOwe()
    {
        var pool = await DefineAsync(1);
        for (var loan = 1; loan <= 60; loan++) await Book.Set(Put(pool, loan, 1_000_000 + loan, region: loan % 3));
        var owed = (await BalanceOf(pool)).Item1;
        var byPlan = await Pools.ProjectPoolAsync(pool, new PoolAssumptions.ByPlan(), "", progress: null, CancellationToken.None);
        Assert.Equal((0, owed, 24), (byPlan!.Lines, (long)byPlan.Tables.Single().Total(CashflowColumn.Scheduled), byPlan.Tables.Single().Periods));
        var several = await Pools.ProjectPoolAsync(
            pool, new PoolAssumptions.Scenarios("""{ "scenarios": [{ "name": "a", "prepayment": { "cpr": 0.1 } }, { "name": "b", "default": { "cdr": 0.05 }, "recovery": { "severity": 0.5, "lagMonths": 3 } }] }"""u8.ToArray()), "", progress: null, CancellationToken.None);
        Assert.Equal(["a", "b"], several!.Scenarios.Select(one => one.Name));
        Assert.Equal(owed, (long)(several.Tables[0].Total(CashflowColumn.Scheduled) + several.Tables[0].Total(CashflowColumn.Prepaid)));
        Assert.Equal(several.Tables[1].Total(CashflowColumn.Defaulted), several.Tables[1].Total(CashflowColumn.Recovery) + several.Tables[1].Total(CashflowColumn.Loss));
        var lines = await Pools.ReadLinesAsync(pool, progress: null, CancellationToken.None);
        Assert.Equal(owed, lines!.Lines.Sum(line => (long)line.Balance));
        var noPast = await Assert.ThrowsAsync<InvalidInputException>(() => Pools.ProjectPoolAsync(pool, new PoolAssumptions.OwnPast(6, ByRates: true), "", progress: null, CancellationToken.None));
        Assert.Equal("NoHistory", noPast.Name);
        Assert.Null(await Pools.ProjectPoolAsync(Book.Node(NodeKind.Pool, 9), new PoolAssumptions.ByPlan(), "", progress: null, CancellationToken.None));
    }

    [ContractFact]
    public async Task OwnLoans_EnterWithTheirFacilities_AndAreFollowed()
    {
        var pool = await Book.Open(NodeKind.Pool, 1, 1L << 60);
        await Book.Set(new DefinePool(pool, """{ "name": "own", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-12-31" }"""u8.ToArray()));
        await DateTo(new DateOnly(2026, 1, 15));
        for (var i = 1; i <= 8; i++)
        {
            await Book.OpenLine(i, 100_000, await Book.Open(NodeKind.Borrower, i, 100_000));
            AssertApproved(60_000, await Book.Do(Draw(i, 60_000)));
            await Book.Set(new TransferToPool(Book.F(i), pool));
        }

        Assert.Equal((480_000L, 8L), await BalanceOf(pool));
        await DateTo(new DateOnly(2026, 2, 15));
        for (var i = 1; i <= 8; i++) AssertPosted(10_000, await Book.Do(CommandKind.Repay, i, 10_000));
        var ledger = (await Pools.GetPoolAsync(pool))!.Ledger;
        Assert.Equal((400_000L, 80_000L, 480_000L), (ledger.Balance, ledger.Open.Scheduled, ledger.Open.Opening));
        // Drawn later, on a facility that is in the pool; and one that leaves with its loans.
        AssertApproved(30_000, await Book.Do(Draw(3, 30_000)));
        await Book.Set(new TransferToPool(Book.F(1), default));
        Assert.Equal((380_000L, 8L), await BalanceOf(pool));
        Assert.Equal(50_000, (await Pools.GetPoolAsync(pool))!.Ledger.Open.RepurchasedBySeller);
    }

    [ContractFact]
    public async Task OwnLoans_UnderConcentrationRules_EnterByWhatTheWholePoolHolds()
    {
        var pool = await Book.Open(NodeKind.Pool, 1, 1L << 60);
        await Book.Set(new DefinePool(pool, """
            { "name": "own", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-12-31", "concentrations": [{ "name": "one obligor", "by": "obligor", "max": 0.5, "base": 100000 }] }
            """u8.ToArray()));
        await DateTo(new DateOnly(2026, 1, 15));
        for (var i = 1; i <= 6; i++) await Book.OpenLine(i, 200_000, await Book.Open(NodeKind.Borrower, i, 200_000));
        AssertApproved(40_000, await Book.Do(Draw(1, 40_000)));
        await Book.Set(new TransferToPool(Book.F(1), pool));
        AssertApproved(60_000, await Book.Do(Draw(2, 60_000)));
        var tooMuch = Of(new TransferToPool(Book.F(2), pool));
        var declined = await Book.Do(tooMuch);
        AssertDeclined(Reason.TooConcentrated, declined);
        Assert.Contains("'one obligor'", declined.Message, StringComparison.Ordinal);
        // Each fits, both together do not.
        for (var i = 0; i < 2; i++) AssertApproved(30_000, await Book.Do(Draw(3, 30_000)));
        AssertDeclined(Reason.TooConcentrated, await Book.Do(new TransferToPool(Book.F(3), pool)));
        Assert.Equal((40_000L, 1L), await BalanceOf(pool));

        // Drawn later: what fits enters, what does not stays outside, also when there is room again.
        AssertApproved(10_000, await Book.Do(Draw(1, 10_000)));
        AssertApproved(1_000, await Book.Do(Draw(1, 1_000)));
        Assert.Equal((50_000L, 2L), await BalanceOf(pool));
        for (var i = 4; i <= 6; i++)
        {
            await Book.Set(new TransferToPool(Book.F(i), pool));
            AssertApproved(25_000, await Book.Do(Draw(i, 25_000)));
        }

        AssertApproved(5_000, await Book.Do(Draw(1, 5_000)));
        Assert.Equal((130_000L, 6L), await BalanceOf(pool));
        Assert.True((await Book.Do(tooMuch)).Duplicate);
        await Book.Set(new TransferToPool(Book.F(2), pool));
        Assert.Equal((190_000L, 7L), await BalanceOf(pool));
        // Drawn and paid in one submission: it is in the pool when it is paid.
        await Book.DoAll(Draw(6, 12_000) with { Id = Contract.Book.NextId() }, Book.Of(CommandKind.Repay, 6, 1_000, id: Contract.Book.NextId()));
        Assert.Equal(202_000, (await Pools.GetPoolAsync(pool))!.Ledger.PurchasedTotal);
        AssertDeclined(Reason.NoChange, await Book.Do(new TransferToPool(Book.F(2), pool)));
        await Book.Set(new TransferToPool(Book.F(2), default));
        Assert.Equal(60_000, (await Pools.GetPoolAsync(pool))!.Ledger.Open.RepurchasedBySeller);
    }

    [ContractFact]
    public async Task OwnLoans_WithSchedulesOfTheirOwn_BringThemAlong()
    {
        var pool = await Book.Open(NodeKind.Pool, 1, 1L << 60);
        await Book.Set(new DefinePool(pool, """{ "name": "own", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-12-31" }"""u8.ToArray()));
        await DateTo(new DateOnly(2026, 1, 15));
        for (var i = 1; i <= 3; i++)
        {
            await Book.OpenLine(i, 100_000, await Book.Open(NodeKind.Borrower, i, 100_000));
            var product = i < 3 ? Quarterly : EqualParts;
            AssertApproved(40_000, await Book.Do(Book.Of(CommandKind.Drawdown, i, 40_000) with { Control = new LoanOffer(Book.F(i), product, new LoanFigures(default, 2)) }));
            await Book.Set(new TransferToPool(Book.F(i), pool));
        }

        var copy = (await Pools.CopyPoolAsync(pool, progress: null, CancellationToken.None))!;
        var schedules = copy.Slices.SelectMany(slice => slice.ToArray()).Select(loan => loan.Schedule).OfType<LiveSchedule>().ToArray();
        var terms = copy.State.Ledger.Terms;
        Assert.Equal(2, schedules.Length);
        Assert.All(schedules, one => Assert.Equal([0, 0, 20_000, 0, 0, 20_000], one.ByMonth(terms, terms.PeriodOf(new DateOnly(2026, 2, 15)))));
    }

    private static readonly SealedProduct Quarterly = SealedProduct.Of(new LoanProduct
    {
        Amortisation = new Domain.Loans.Amortisation.EqualPrincipal(), DayCount = DayCount.MonthsOverTwelve, Interval = PaymentInterval.Quarterly,
    });

    private static readonly SealedProduct EqualParts = SealedProduct.Of(new LoanProduct { Amortisation = new Domain.Loans.Amortisation.EqualPrincipal(), DayCount = DayCount.MonthsOverTwelve });

    private Command Draw(long facility, long amount) =>
        Book.Of(CommandKind.Drawdown, facility, amount) with { Control = new LoanOffer(Book.F(facility), EqualParts, new LoanFigures(default, 6)) };

    private async Task DateTo(DateOnly date) =>
        await Book.Set(new AdvanceBusinessDate(new NodeKey(0, Book.Tenant, 1, NodeKind.None), date.DayNumber - new DateOnly(1970, 1, 1).DayNumber));

    private async Task<(long, long)> BalanceOf(NodeKey pool)
    {
        var ledger = (await Pools.GetPoolAsync(pool))!.Ledger;
        return (ledger.Balance, ledger.Loans);
    }

    private static Command Of(ControlCommand control) => Command.Of(Contract.Book.NextId(), control);

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
