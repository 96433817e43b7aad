using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tests.Loans;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Tests.Pools;

/// <summary>The engine's own loans in pools: they enter with their facility, under the pool's rules, and every event of theirs is booked.</summary>
public sealed class PooledLoanTests : LoanTest
{
    private static readonly NodeKey First = World.Node(NodeKind.Pool, 1), Second = World.Node(NodeKind.Pool, 2);

    public PooledLoanTests()
    {
        foreach (var key in (NodeKey[])[First, Second])
        {
            World.Open(NodeKind.Pool, key.Id, 1L << 60);
            World.Set(new DefinePool(key, Encoding.UTF8.GetBytes(
                """{ "name": "own", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-12-31", "eligibility": [{ "name": "not too long", "field": "remainingMonths", "max": 24 }] }""")));
        }
    }

    [Fact]
    public void TransferToPool_OfAFacility_BringsItsLoansUnderTheRules()
    {
        Draw(1_200_000, Level, 12);
        World.Set(new TransferToPool(World.F(1), First));
        Assert.Equal((1_200_000L, 1L), (Ledger(First).Balance, Ledger(First).Loans));
        Date(new DateOnly(2026, 2, 15));
        Assert.Equal(1_200_000, Ledger(First).Balance);
        var due = Loan().Dues[0];
        Repay(due.Principal + due.Interest);
        Assert.Equal((1_200_000 - due.Principal, due.Principal, due.Interest), (Ledger(First).Balance, Ledger(First).Open.Scheduled, Ledger(First).Open.Interest));
        World.Set(new TransferToPool(World.F(1), Second));
        Assert.Equal((0L, 1_200_000 - due.Principal), (Ledger(First).Balance, Ledger(Second).Balance));
        Assert.Equal(1_200_000 - due.Principal, Ledger(First).Open.Sold);
        AssertAddsUp();
    }

    [Fact]
    public void TransferToPool_AgainstARule_IsDeclinedByItsName()
    {
        Draw(1_200_000, Level, 36);
        var outcome = World.Do(new TransferToPool(World.F(1), First));
        Assert.Equal((OutcomeKind.Declined, Reason.NotEligible), (outcome.Kind, outcome.Reason));
        Assert.Contains("'not too long'", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ledger(First).Balance);
    }

    [Fact]
    public void ALoanInAPool_ThatIsNotPaid_AgesAndDefaultsThere()
    {
        Draw(1_200_000, Level, 12);
        World.Set(new TransferToPool(World.F(1), First));
        for (var month = 2; month <= 6; month++) Date(new DateOnly(2026, month, 28));
        World.Idle();
        Assert.Equal((0L, 1_200_000L, 1_200_000L), (Ledger(First).Balance, Ledger(First).DefaultedTotal, Ledger(First).DefaultedStock));
        Repay(100_000);
        Assert.Equal(100_000, Ledger(First).RecoveredTotal);
        AssertAddsUp();
    }

    [Fact]
    public void ALoanDrawnOnAFacilityInAPool_EntersItWhenTheRulesLetIt()
    {
        World.Set(new TransferToPool(World.F(1), First));
        Draw(1_000_000, Level, 12);
        Draw(500_000, Level, 36);
        Assert.Equal((1_000_000L, 1L), (Ledger(First).Balance, Ledger(First).Loans));
        AssertAddsUp();
    }

    private PoolLedger Ledger(NodeKey key) => World.Partition.State.Pools.Find(key)!.Ledger;

    private void AssertAddsUp() => Assert.Null(PoolConservation.FindBreach(World.Partition.State));
}
