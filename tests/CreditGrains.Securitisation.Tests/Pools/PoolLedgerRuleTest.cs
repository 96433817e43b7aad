using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Pools;
using static CreditGrains.Securitisation.Tests.Pools.PoolWorld;

namespace CreditGrains.Securitisation.Tests.Pools;

/// <summary>What a pool does with one thing that happens.</summary>
public sealed class PoolLedgerRuleTest
{
    [Fact]
    public void Payments_ByPlanAndEarly_AreKeptApart()
    {
        var book = Book(null, 100_000);
        book.Apply(0, Move(On(2, 10), MovementCause.Paid, 96_000) with { Scheduled = 4_000, Interest = 500 });
        book.Apply(0, Move(On(2, 10), MovementCause.PrepaidPart, 76_800) with { Prepaid = 19_200 });
        book.AdvanceTo(On(3, 1));
        var month = book.Pools[0].History[^1];
        Assert.Equal((100_000, 4_000, 19_200, 500, 76_800), (month.Opening, month.Scheduled, month.Prepaid, month.Interest, month.Closing));
        Assert.Equal(0.2, month.Smm!.Value.Ratio, 12);
        Assert.Equal(0, month.Mdr!.Value.Ratio);
    }

    [Fact]
    public void Default_ByDays_IsAbsorbingAndLaterCashIsRecovery()
    {
        var book = Book(null, 100_000, 50_000);
        book.Apply(0, Move(On(5, 1), MovementCause.Aged, 100_000, 90));
        Assert.Equal(0, book.Pools[0].DefaultedTotal);
        book.Apply(0, Move(On(5, 2), MovementCause.Aged, 100_000, 91));
        Assert.Equal((50_000, 100_000, 100_000), (book.Pools[0].Balance, book.Pools[0].DefaultedTotal, book.Pools[0].DefaultedStock));
        book.Apply(0, Move(On(6, 2), MovementCause.Paid, 97_000) with { Scheduled = 3_000, Interest = 1_000 });
        var pool = book.Pools[0];
        Assert.Equal((50_000, 4_000, 97_000), (pool.Balance, pool.RecoveredTotal, pool.DefaultedStock));
        Assert.Equal(0, pool.Open.Scheduled);
        Assert.Equal(MemberState.Defaulted, book.Of(0).State);
        book.Apply(0, Move(On(7, 2), MovementCause.Recovered, 80_000, 91) with { Recovery = 20_000 });
        book.Apply(0, Move(On(7, 3), MovementCause.WrittenOff, 0, 91));
        Assert.Equal((24_000, 0, 80_000), (pool.RecoveredTotal, pool.DefaultedStock, pool.Open.WrittenOff));
        Assert.Equal(100_000, pool.DefaultedTotal);
    }

    /// <summary>A report of somebody else may not raise principal but by what was lent, capitalised or taken back; the engine's own loans may pay and capitalise in one event.</summary>
    [Theory]
    [InlineData(MovementCause.Paid, 1_000, 100, true)]
    [InlineData(MovementCause.Paid, 900, 100, false)]
    [InlineData(MovementCause.Aged, 1_001, 0, true)]
    [InlineData(MovementCause.Renewed, 1_001, 0, true)]
    [InlineData(MovementCause.Drawn, 9_000, 0, false)]
    [InlineData(MovementCause.Capitalised, 1_001, 0, false)]
    [InlineData(MovementCause.Bounced, 1_100, 0, false)]
    public void Report_ThatRaisesPrincipal_IsRefusedUnlessItLends(MovementCause cause, long owed, long scheduled, bool isRefused)
    {
        var ledger = new PoolLedger(new PoolTerms { Name = "p", Currency = CreditGrains.Domain.Money.Currency.Parse("EUR"), CutOff = On(1, 31) });
        var member = new PoolMember { Pool = 1, State = MemberState.Performing, Principal = 1_000 };
        var movement = Move(On(2, 10), cause, owed) with { Scheduled = scheduled };
        Assert.Equal(isRefused ? PoolFault.MoreThanOwed : null, ledger.CheckReport(member, movement)?.Fault);
        Assert.Null(ledger.CheckMovement(member, movement));
    }

    [Theory]
    [InlineData(MovementCause.ChargedOff, true, false, true)]
    [InlineData(MovementCause.ChargedOff, false, true, false)]
    [InlineData(MovementCause.Bankruptcy, false, true, true)]
    [InlineData(MovementCause.Bankruptcy, true, false, false)]
    public void Default_ByCause_IsWhatThePoolSays(MovementCause cause, bool chargeOff, bool bankruptcy, bool isDefault)
    {
        var book = Book(Terms with { LoanDefault = new DefaultDefinition(null, chargeOff, bankruptcy) }, 1_000);
        book.Apply(0, Move(On(2, 1), cause, 1_000, 300));
        Assert.Equal(isDefault ? 1_000 : 0, book.Pools[0].DefaultedTotal);
    }

    [Theory]
    [InlineData(TransferKind.Repurchase)]
    [InlineData(TransferKind.SubstituteOut)]
    [InlineData(TransferKind.Sale)]
    [InlineData(TransferKind.CleanUp)]
    public void TransferOut_AnyKind_IsNoPrepayment(TransferKind kind)
    {
        var book = Book(null, 1_000, 500);
        Assert.Null(book.Exit(0, kind, On(2, 5)));
        book.AdvanceTo(On(3, 1));
        var month = book.Pools[0].History[^1];
        Assert.Equal((1_500, 1_000, 0, 500), (month.Opening, month.Repurchased, month.Prepaid, month.Closing));
        long[] parts = [month.RepurchasedBySeller, month.SubstitutedOut, month.Sold, month.CleanedUp];
        Assert.Equal(1_000, parts[kind - TransferKind.Repurchase]);
        var roll = book.Pools[0].RollHistory[^1];
        Assert.Equal((1, 0), (roll.Count(0, roll.Removed), roll.Count(0, roll.PaidOff)));
        Assert.Equal(PoolFault.LoanInNoPool, book.Exit(0, kind, On(3, 5))!.Fault);
    }

    [Fact]
    public void Enter_LoanOfAnotherPool_IsRefusedByItsName()
    {
        var book = Book(null, 1_000);
        book.Define(Terms with { Name = "other" });
        var refusal = book.Enter(0, 1, Loan(), TransferKind.Purchase, CutOff);
        Assert.Equal(PoolFault.LoanInAPool, refusal!.Fault);
        Assert.Contains("'test'", refusal.Message, StringComparison.Ordinal);
        Assert.Null(book.Exit(0, TransferKind.Sale, On(2, 1)));
        Assert.Null(book.Enter(0, 1, Loan(), TransferKind.SubstituteIn, On(2, 1)));
        Assert.Equal((0, 100_000), (book.Pools[0].Balance, book.Pools[1].Balance));
    }

    [Fact]
    public void Enter_AfterTheRevolvingPeriod_OnlySubstitutesMay()
    {
        var book = Book(Terms with { RevolvingUntil = On(4, 30) }, 1_000);
        Assert.Null(book.Enter(1, 0, Loan(200), TransferKind.Purchase, On(4, 30)));
        Assert.Equal(PoolFault.PurchasesEnded, book.Enter(2, 0, Loan(), TransferKind.Purchase, On(5, 1))!.Fault);
        Assert.Null(book.Enter(2, 0, Loan(300), TransferKind.SubstituteIn, On(5, 1)));
        book.AdvanceTo(On(6, 1));
        Assert.Equal((1_000, 200, 300), (book.Pools[0].History[0].PurchasedAtCutOff, book.Pools[0].History[3].PurchasedRevolving, book.Pools[0].History[4].SubstitutedIn));
    }

    [Fact]
    public void Enter_RuleFails_NamesTheRuleAndChangesNothing()
    {
        var terms = Terms with
        {
            Eligibility =
            [
                new EligibilityRule("enough rate", EligibilityField.Rate, 50_000, null, [], []),
                new EligibilityRule("no mining", EligibilityField.Industry, null, null, [], [6]),
                new EligibilityRule("seasoned", EligibilityField.SeasoningMonths, 3, null, [], []),
            ],
            Concentrations = [new ConcentrationRule("one region", PoolDimension.Region, 500_000, 1_000)],
        };
        var book = Book(terms);
        PoolRefusal? Try(LoanCandidate loan) => book.Enter(0, 0, loan, TransferKind.Purchase, CutOff);
        Assert.Equal((PoolFault.NotEligible, "enough rate"), Of(Try(Loan(400) with { RatePpm = 49_999, Industry = 6 })));
        Assert.Equal((PoolFault.NotEligible, "no mining"), Of(Try(Loan(400) with { Industry = 6 })));
        Assert.Equal((PoolFault.NotEligible, "seasoned"), Of(Try(Loan(400) with { Origination = new DateOnly(2025, 11, 1) })));
        Assert.Equal((PoolFault.TooConcentrated, "one region"), Of(Try(Loan(501))));
        Assert.Equal((PoolFault.CurrencyDiffers, ""), Of(Try(Loan() with { Currency = Currency.Parse("USD") })));
        Assert.Equal((PoolFault.NothingOwed, ""), Of(Try(Loan(0))));
        Assert.Equal((PoolFault.LoanInDefault, ""), Of(Try(Loan() with { DaysPastDue = 91 })));
        Assert.Equal((0, 0, 0), (book.Pools[0].Balance, book.Pools[0].Loans, book.Of(0).Pool));
        Assert.Null(Try(Loan(500)));
        Assert.Equal(PoolFault.TooConcentrated, book.Enter(1, 0, Loan(1), TransferKind.Purchase, CutOff)!.Fault);
        Assert.Null(book.Enter(1, 0, Loan(500) with { Region = 2 }, TransferKind.Purchase, CutOff));

        static (PoolFault, string) Of(PoolRefusal? refusal) => (refusal!.Fault, refusal.Rule);
    }

    [Fact]
    public void RollMatrix_OfAMonth_HasEveryLoanOnce()
    {
        var book = Book(null, 1_000, 2_000, 4_000, 8_000, 16_000);
        book.Apply(0, Move(On(2, 1), MovementCause.Aged, 1_000, 20));
        book.Apply(0, Move(On(2, 20), MovementCause.Paid, 900) with { Scheduled = 100 });
        book.Apply(1, Move(On(2, 2), MovementCause.Aged, 2_000, 40));
        book.Apply(2, Move(On(2, 3), MovementCause.PrepaidWhole, 0) with { Prepaid = 4_000 });
        book.Apply(3, Move(On(2, 4), MovementCause.Paid, 0) with { Scheduled = 8_000 });
        book.Apply(4, Move(On(2, 5), MovementCause.ChargedOff, 16_000, 10));
        book.AdvanceTo(On(3, 1));
        var roll = book.Pools[0].RollHistory[^1];
        Assert.Equal([1, 0, 1, 0, 0, 1, 1, 1, 0], Enumerable.Range(0, roll.Width).Select(to => roll.Count(0, to)));
        Assert.Equal([1_000, 0, 2_000, 0, 0, 16_000, 4_000, 8_000, 0], Enumerable.Range(0, roll.Width).Select(to => roll.Balance(0, to)));
        book.Apply(1, Move(On(3, 2), MovementCause.Paid, 1_800) with { Scheduled = 200 });
        book.AdvanceTo(On(4, 1));
        Assert.Equal(1, book.Pools[0].RollHistory[^1].Count(2, 0));
        var matrix = book.Pools[0].RollRates(1, byBalance: false);
        Assert.Equal((1.0, 1.0), (matrix[0, 0], matrix[2, 0]));
    }

    [Fact]
    public void BouncedPayment_AfterTheEnd_BringsTheLoanBack()
    {
        var book = Book(null, 1_000);
        book.Apply(0, Move(On(2, 1), MovementCause.Paid, 0) with { Scheduled = 1_000 });
        Assert.Equal((0, 0), (book.Pools[0].Balance, book.Pools[0].Loans));
        book.Apply(0, Move(On(2, 5), MovementCause.Bounced, 1_000, 4));
        book.AdvanceTo(On(3, 1));
        var month = book.Pools[0].History[^1];
        Assert.Equal((0, 1_000, 1_000, 1_000), (month.Scheduled, month.Bounced, month.Closing, month.Delinquent));
        Assert.Equal(1, book.Pools[0].RollHistory[^1].Count(0, 1));
    }

    [Fact]
    public void Vintages_DefaultAtAnAge_StaysWithTheMonthOfOrigination()
    {
        var book = Book(null, 1_000, 3_000);
        book.Apply(0, Move(On(3, 1), MovementCause.Bankruptcy, 1_000));
        book.AdvanceTo(On(4, 1));
        var vintage = Assert.Single(book.Pools[0].Vintages);
        Assert.Equal((2_025 * 12 + 9, 2, 4_000), (vintage.Period, vintage.Loans, vintage.Purchased));
        Assert.Equal((0, 1_000), (vintage.Defaulted(4), vintage.Defaulted(5)));
        Assert.Equal((4_000, 3_000), (vintage.Balance(4), vintage.Balance(5)));
        Assert.Equal([0, 0, 0.25], book.Pools[0].CumulativeDefaults().Select(point => point.Ratio));
    }

    [Fact]
    public void Triggers_Distance_IsNegativeWhenBreached()
    {
        var book = Book(
            Terms with
            {
                Triggers =
                [
                    new PoolTrigger("cumulative", PoolMeasure.CumulativeDefault, 0.1), new PoolTrigger("late", PoolMeasure.Delinquency, 0.5, FromDays: 31),
                    new PoolTrigger("small", PoolMeasure.PoolFactor, 0.3), new PoolTrigger("rate", PoolMeasure.DefaultRateAnnual, 0.5, Months: 1),
                ],
            },
            600, 400);
        Assert.Null(book.Pools[0].Triggers().Single(at => at.Trigger.Name == "rate").Value);
        book.Apply(1, Move(On(2, 1), MovementCause.ChargedOff, 400));
        book.Apply(0, Move(On(2, 1), MovementCause.Aged, 600, 30));
        var at = book.Pools[0].Triggers().ToArray();
        Assert.Equal((0.4, -300L, true), (at[0].Value!.Value, at[0].Headroom!.Value, at[0].IsBreached));
        Assert.Equal((0, 300L, false), (at[1].Value!.Value, at[1].Headroom!.Value, at[1].IsBreached));
        Assert.Equal((0.6, 300L, false), (at[2].Value!.Value, at[2].Headroom!.Value, at[2].IsBreached));
        book.AdvanceTo(On(3, 1));
        Assert.Equal(1 - Math.Pow(0.6, 12), book.Pools[0].Triggers().Single(one => one.Trigger.Name == "rate").Value!.Value, 12);
    }

    [Theory]
    [InlineData(0, 2, 28, 1)]
    [InlineData(0, 3, 1, 2)]
    [InlineData(15, 2, 15, 0)]
    [InlineData(15, 2, 16, 1)]
    public void Period_EndsOnItsDay(int endDay, int month, int day, int months)
    {
        var terms = Terms with { PeriodEndDay = endDay };
        Assert.Equal(months, terms.PeriodOf(On(month, day)) - terms.PeriodOf(CutOff));
        Assert.True(terms.EndOf(terms.PeriodOf(On(month, day))) >= On(month, day));
        Assert.Equal(terms.PeriodOf(On(month, day)), terms.PeriodOf(terms.EndOf(terms.PeriodOf(On(month, day)))));
    }
}
