using CreditGrains.Domain.Facilities;
using FsCheck;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests.Facilities;

/// <summary>How facts move balances (docs/rules.md, "Balances of a facility").</summary>
public sealed class PostingsTests
{
    private static FacilityBalances Of(
        long principal = 0, long interest = 0, long fees = 0, long credit = 0, long held = 0, long released = 0, long writtenOff = 0, long uncleared = 0) =>
        new(principal, interest, fees, credit, held, released, writtenOff, uncleared);

    public static TheoryData<string, FacilityBalances, long, FacilityBalances> Rules => new()
    {
        { "charge principal", Of(principal: 10), 5, Of(principal: 15) },
        { "charge principal", Of(credit: 3), 5, Of(principal: 2) }, // credit is used up first
        { "charge principal", Of(credit: 8), 5, Of(credit: 3) },
        { "charge principal", Of(credit: 5), 5, Of() },
        { "charge interest", Of(credit: 3), 5, Of(interest: 2) },
        { "charge fees", Of(credit: 3), 5, Of(fees: 2) },
        { "repay", Of(principal: 10, interest: 4, fees: 2), 1, Of(principal: 10, interest: 4, fees: 1) }, // fees first
        { "repay", Of(principal: 10, interest: 4, fees: 2), 5, Of(principal: 10, interest: 1) }, // then interest
        { "repay", Of(principal: 10, interest: 4, fees: 2), 9, Of(principal: 7, released: 3) }, // then principal
        { "repay", Of(principal: 10, interest: 4, fees: 2), 20, Of(credit: 4, released: 10) }, // the rest is credit
        { "repay", Of(), 20, Of(credit: 20) },
        { "write off", Of(principal: 10, interest: 4, fees: 2), 9, Of(principal: 7, released: 3, writtenOff: 9) },
        { "write off", Of(principal: 10, interest: 4, fees: 2), 16, Of(released: 10, writtenOff: 16) },
        { "recover", Of(writtenOff: 10), 4, Of(writtenOff: 6) },
        { "recover", Of(writtenOff: 10), 14, Of(credit: 4) },
        { "reduce principal", Of(principal: 10), 4, Of(principal: 6) }, // nothing counts as released
        { "reduce principal", Of(principal: 10, released: 1), 14, Of(credit: 4, released: 1) },
        { "reduce interest", Of(interest: 10), 14, Of(credit: 4) },
        { "reduce fees", Of(fees: 10), 14, Of(credit: 4) },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Posting_OfAnAmount_MovesTheBalancesOfItsRule(string posting, FacilityBalances before, long amount, FacilityBalances after) =>
        Assert.Equal(after, Post(posting, before, amount));

    public static TheoryData<FacilityBalances, Allocation, FacilityBalances> Bounces => new()
    {
        { Of(released: 3), new Allocation(2, 4, 3, 0), Of(principal: 3, interest: 4, fees: 2) },
        { Of(credit: 4, released: 10), new Allocation(2, 4, 10, 4), Of(principal: 10, interest: 4, fees: 2) },
        { Of(credit: 1, released: 10), new Allocation(0, 0, 10, 4), Of(principal: 13) }, // credit spent since is charged to principal
        { Of(released: 2), new Allocation(0, 0, 3, 0), Of(principal: 3) }, // released never below 0
    };

    [Theory]
    [MemberData(nameof(Bounces))]
    public void Bounce_OfARepaymentsParts_ReturnsThem(FacilityBalances before, Allocation parts, FacilityBalances after) =>
        Assert.Equal(after, Postings.Bounce(before, parts));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1L << 60, true)]
    [InlineData((1L << 60) + 1, false)]
    [InlineData(-1, false)]
    public void Range_OfEachBalance_IsZeroTo2To60(long amount, bool fits)
    {
        FacilityBalances[] each =
        [
            Of(principal: amount), Of(interest: amount), Of(fees: amount), Of(credit: amount), Of(held: amount), Of(released: amount),
            Of(writtenOff: amount), Of(uncleared: amount),
        ];
        Assert.All(each, balances => Assert.Equal(fits, Postings.IsInRange(balances)));
    }

    [Fact]
    public void Clear_WithEachBalanceAlone_NeedsAllButHistoryAtZero()
    {
        Assert.True(Of(released: 5, writtenOff: 5).IsClear);
        FacilityBalances[] each = [Of(principal: 1), Of(interest: 1), Of(fees: 1), Of(credit: 1), Of(held: 1), Of(uncleared: 1)];
        Assert.All(each, balances => Assert.False(balances.IsClear));
    }

    /// <summary>Net owed = drawn − credit. Each posting moves it by exactly the amount; nothing but the named balances moves.</summary>
    [Fact]
    public void Postings_OfAnyAmounts_KeepBalancesNonNegativeAndConserveTotals()
    {
        string[] postings =
        [
            "charge principal", "charge interest", "charge fees", "repay", "write off", "recover", "reduce principal", "reduce interest", "reduce fees",
        ];
        var cases =
            from balances in AnyBalances()
            from amount in Always.Amount(1L << 40)
            from posting in Gen.Elements(postings)
            select (Before: balances, Amount: amount, Posting: posting);
        Always.Holds(cases, c =>
        {
            var amount = c.Posting == "write off" ? Math.Min(c.Amount, c.Before.Drawn) : c.Amount;
            var after = Post(c.Posting, c.Before, amount);
            AssertNonNegative(after);
            var owed = Net(after) - Net(c.Before);
            var writtenOff = after.WrittenOff - c.Before.WrittenOff;
            // Recovering pays off what was written off, so owed and written off fall together by the amount.
            var expected = c.Posting switch
            {
                "charge principal" or "charge interest" or "charge fees" => (amount, 0L),
                "write off" => (-amount, amount),
                "recover" => (-(amount - Math.Min(amount, c.Before.WrittenOff)), -Math.Min(amount, c.Before.WrittenOff)),
                _ => (-amount, 0L),
            };
            Assert.Equal(expected, (owed, writtenOff));
            Assert.Equal((c.Before.Held, c.Before.Uncleared), (after.Held, after.Uncleared));
        });
    }

    [Fact]
    public void Allocation_OfAnyAmount_IsWholeAndWithinWhatIsOwed() =>
        Always.Holds(from b in AnyBalances() from a in Always.Amount(1L << 40) select (Before: b, Amount: a), c =>
        {
            var parts = Postings.Allocate(c.Before, c.Amount);
            Assert.Equal(c.Amount, parts.Total);
            Assert.InRange(parts.Fees, 0, c.Before.Fees);
            Assert.InRange(parts.Interest, 0, c.Before.Interest);
            Assert.InRange(parts.Principal, 0, c.Before.Principal);
            Assert.True(parts.Credit == 0 || parts.Fees + parts.Interest + parts.Principal == c.Before.Drawn);
        });

    [Fact]
    public void Bounce_RightAfterItsRepayment_RestoresTheBalances() =>
        Always.Holds(from b in AnyBalances() from a in Always.Amount(1L << 40) select (Before: b, Amount: a), c =>
        {
            var parts = Postings.Allocate(c.Before, c.Amount);
            Assert.Equal(c.Before, Postings.Bounce(Postings.Repay(c.Before, parts), parts));
        });

    [Fact]
    public void Bounce_AfterAnythingElse_StaysNonNegativeAndOwesTheAmountAgain()
    {
        var cases = from repaid in AnyBalances() from now in AnyBalances() from a in Always.Amount(1L << 40) select (Repaid: repaid, Now: now, Amount: a);
        Always.Holds(cases, c =>
        {
            var after = Postings.Bounce(c.Now, Postings.Allocate(c.Repaid, c.Amount));
            AssertNonNegative(after);
            Assert.Equal(c.Amount, Net(after) - Net(c.Now));
        });
    }

    private static FacilityBalances Post(string posting, FacilityBalances before, long amount) => posting switch
    {
        "charge principal" => Postings.ChargePrincipal(before, amount),
        "charge interest" => Postings.ChargeInterest(before, amount),
        "charge fees" => Postings.ChargeFees(before, amount),
        "repay" => Postings.Repay(before, Postings.Allocate(before, amount)),
        "write off" => Postings.WriteOff(before, Postings.Allocate(before, amount)),
        "recover" => Postings.Recover(before, amount),
        "reduce principal" => Postings.ReducePrincipal(before, amount),
        "reduce interest" => Postings.ReduceInterest(before, amount),
        "reduce fees" => Postings.ReduceFees(before, amount),
        _ => throw new ArgumentOutOfRangeException(nameof(posting), posting, "no such posting"),
    };

    private static Gen<FacilityBalances> AnyBalances()
    {
        var amount = Always.Amount(1L << 40);
        return
            from drawn in amount.Three()
            from rest in amount.Three()
            from last in amount.Two()
            select new FacilityBalances(drawn.Item1, drawn.Item2, drawn.Item3, rest.Item1, rest.Item2, rest.Item3, last.Item1, last.Item2);
    }

    private static long Net(in FacilityBalances balances) => balances.Drawn - balances.Credit;

    private static void AssertNonNegative(in FacilityBalances b) =>
        Assert.All([b.Principal, b.Interest, b.Fees, b.Credit, b.Held, b.Released, b.WrittenOff, b.Uncleared], amount => Assert.True(amount >= 0));
}
