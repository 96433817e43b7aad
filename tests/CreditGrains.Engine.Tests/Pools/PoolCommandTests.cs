using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Pools;

public sealed class PoolCommandTests
{
    private static readonly DateOnly February = new(2026, 2, 10);

    [Fact]
    public void DefinePool_OfBadTerms_NamesThePath()
    {
        using var pools = new PoolWorld(0);
        pools.World.Open(NodeKind.Pool, 1, 100);
        pools.AssertDeclined(Reason.UnknownNode, Define(2, PoolWorld.Terms));
        pools.AssertDeclined(Reason.InvalidPoolTerms, Define(1, "{"), "no JSON");
        pools.AssertDeclined(Reason.InvalidPoolTerms, Define(1, PoolWorld.Terms.Replace("\"max\": 60", "\"mox\": 60", StringComparison.Ordinal)), "eligibility[0].mox");
        pools.AssertDeclined(Reason.InvalidPoolTerms, Define(1, PoolWorld.Terms.Replace("\"buckets\"", "\"rateBands\": [5], \"buckets\"", StringComparison.Ordinal)), "rateBands[0]: 5 is no rate from 0 to below 1");
        pools.AssertDeclined(Reason.InvalidPoolTerms, Define(1, PoolWorld.Terms.Replace("\"remainingMonths\", \"max\": 60", "\"rate\", \"max\": 6", StringComparison.Ordinal)), "eligibility[0].max: 6 is no rate from 0 to below 1");
        pools.AssertDeclined(Reason.CurrencyMismatch, Define(1, PoolWorld.Terms.Replace("EUR", "USD", StringComparison.Ordinal)), "USD");
        pools.AssertDeclined(Reason.PoolNotDefined, PoolWorld.Put(1, 100));
        pools.World.Set(Define(1, PoolWorld.Terms));
        pools.AssertDeclined(Reason.AlreadyExists, Define(1, PoolWorld.Terms));
    }

    [Fact]
    public void PutLoanInPool_AgainstARule_NamesIt()
    {
        using var pools = new PoolWorld();
        pools.World.Set(PoolWorld.Put(1, 400_000));
        pools.AssertDeclined(Reason.AlreadyInPool, PoolWorld.Put(1, 100), "Pool/1/1/1");
        pools.AssertDeclined(Reason.AlreadyInPool, PoolWorld.Put(1, 100, pool: 2), "Pool/1/1/1");
        pools.AssertDeclined(Reason.TooConcentrated, PoolWorld.Put(2, 200_000), "'one region'");
        pools.AssertDeclined(Reason.NotEligible, PoolWorld.Put(2, 100) with { State = PoolWorld.Loan(100) with { RemainingMonths = 61 } }, "'not too long'");
        pools.AssertDeclined(Reason.LoanInDefault, PoolWorld.Put(2, 100) with { State = PoolWorld.Loan(100) with { DaysPastDue = 91 } });
        pools.AssertDeclined(Reason.NothingOwed, PoolWorld.Put(2, 0));
        pools.AssertDeclined(Reason.PurchasesEnded, PoolWorld.Put(2, 100) with { Date = new DateOnly(2026, 7, 1) }, "2026-06-30");
        pools.AssertDeclined(Reason.CurrencyMismatch, PoolWorld.Put(2, 100) with { State = PoolWorld.Loan(100) with { Currency = World.Usd } });
        pools.World.Set(PoolWorld.Put(2, 100, region: 2));
        Assert.Equal((400_100L, 2L), (pools.Ledger().Balance, pools.Ledger().Loans));
    }

    [Fact]
    public void ALoan_IsInOnePoolAtMost_AndMovesByLeavingFirst()
    {
        using var pools = new PoolWorld();
        pools.World.Set(PoolWorld.Put(1, 1_000));
        pools.AssertDeclined(Reason.NotInPool, new TakeLoanFromPool(PoolWorld.Pool(2), 1, TransferKind.Sale, February), "Pool/1/1/1");
        pools.AssertDeclined(Reason.NotInPool, new ReportLoan(PoolWorld.Pool(1), 2, PoolWorld.Paid(February, 0, 0)), "no pool");
        pools.World.Set(new TakeLoanFromPool(PoolWorld.Pool(1), 1, TransferKind.Repurchase, February));
        pools.World.Set(PoolWorld.Put(1, 900, pool: 2));
        Assert.Equal((0L, 1_000L), (pools.Ledger(1).Balance, pools.Ledger(1).Open.RepurchasedBySeller));
        Assert.Equal(900, pools.Ledger(2).Balance);
        pools.AssertAddsUp();
    }

    [Fact]
    public void ReportLoan_OfAPayment_MovesTheMonth()
    {
        using var pools = new PoolWorld();
        pools.World.Set(PoolWorld.Put(1, 1_000));
        pools.World.Set(new ReportLoan(PoolWorld.Pool(1), 1, PoolWorld.Paid(February, 900, 100)));
        Assert.Equal((1_000L, 100L, 900L, 5L), (pools.Ledger().Open.Opening, pools.Ledger().Open.Scheduled, pools.Ledger().Balance, pools.Ledger().Open.Interest));
        pools.AssertDeclined(Reason.MoreThanOwed, new ReportLoan(PoolWorld.Pool(1), 1, PoolWorld.Paid(February, 0, 901)), "900 owed");
        pools.AssertDeclined(Reason.MoreThanOwed, new ReportLoan(PoolWorld.Pool(1), 1, PoolWorld.Paid(February, 901, 0)), "write at most 900, or book what was added as drawn");
        pools.World.Set(PoolWorld.Put(2, 100, region: 2));
        pools.AssertDeclined(Reason.AmountOverflow, new ReportLoan(PoolWorld.Pool(1), 1, PoolWorld.Paid(February, 1L << 60, 0)));
        pools.AssertDeclined(Reason.PoolFull, new ReportLoan(PoolWorld.Pool(1), 1, PoolWorld.Paid(new DateOnly(2999, 1, 1), 900, 0)), "2400 months");
        Assert.Equal(OutcomeKind.Refused, pools.World.Do(new ReportLoan(PoolWorld.Pool(1), 1, PoolWorld.Paid(February, -1, 0))).Kind);
    }

    [Fact]
    public void AdvanceBusinessDate_ClosesTheMonthsBefore()
    {
        using var pools = new PoolWorld();
        pools.World.Set(PoolWorld.Put(1, 1_000));
        pools.World.Set(new AdvanceBusinessDate(World.Scope, PoolDates.Of(new DateOnly(2026, 4, 1))));
        Assert.Equal(3, pools.Ledger().History.Count);
        pools.AssertDeclined(Reason.PoolFull, new AdvanceBusinessDate(World.Scope, 900_000));
        pools.World.AssertReplaysTheSame();
    }

    [Fact]
    public void Declines_AreAnsweredTheSameAfterARestart()
    {
        using var pools = new PoolWorld();
        var command = Command.Of(pools.World.NextId(), PoolWorld.Put(2, 100) with { State = PoolWorld.Loan(100) with { RemainingMonths = 61 } });
        var first = pools.World.Do(command);
        pools.World.Reopen();
        var again = pools.World.Do(command);
        Assert.True(again.Duplicate);
        Assert.Equal(first.Message, again.Message);
        Assert.Contains("not too long", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_WhileLoansMove_IsOfOneMoment()
    {
        using var pools = new PoolWorld();
        pools.World.DoAll([.. Enumerable.Range(1, 100).Select(i => Command.Of(default, PoolWorld.Put(i, 1_000, region: i)))]);
        var set = pools.World.Partition.State.Pools;
        var copy = new PoolCopy(set, pools.Live());
        set.Begin(copy);
        var first = new LiveLoan[10];
        Assert.True(copy.Step(first, out var count));
        Assert.Equal(10, count);
        pools.World.DoAll([.. Enumerable.Range(1, 100).Select(i => Command.Of(default, new ReportLoan(PoolWorld.Pool(1), i, PoolWorld.Paid(February, 900, 100))))]);
        pools.World.Set(PoolWorld.Put(101, 5, region: 99));
        var rest = new LiveLoan[200];
        Assert.False(copy.Step(rest, out count));
        set.End(copy);
        Assert.Equal(90, count);
        Assert.All(rest[..count], loan => Assert.Equal((1_000L, (ushort)24), (loan.Principal, loan.RemainingMonths)));
        Assert.Equal(90_005, pools.Ledger().Balance);
    }

    private static DefinePool Define(long id, string terms) => new(PoolWorld.Pool(id), Encoding.UTF8.GetBytes(terms));
}
