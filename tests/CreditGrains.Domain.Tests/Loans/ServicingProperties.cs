using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Servicing;
using FsCheck;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>What holds of a loan after any acts.</summary>
public sealed class ServicingProperties
{
    private sealed record Step(int DaysLater, int Kind, long Amount, int Small);

    private static Gen<(LoanTerms Terms, Step[] Steps)> AnyLife() =>
        from terms in ScheduleProperties.AnyTerms()
        from grace in Gen.Choose(0, 5)
        from steps in (
            from days in Gen.Choose(0, 60)
            from kind in Gen.Choose(0, 9)
            from amount in Gen.OneOf(Always.Between(1, 1_000_000), Always.Between(1, terms.Amount))
            from small in Gen.Choose(1, 6)
            select new Step(days, kind, amount, small)).ArrayOf(12)
        select (terms with
        {
            Amount = Math.Min(terms.Amount, 1L << 40),
            InstalmentCount = Math.Min(terms.InstalmentCount, 60),
            // The sizes of a balloon and of the interest-only part were drawn for another amount and count.
            Amortisation = terms.Amortisation is Amortisation.Balloon or Amortisation.InterestOnlyThenLevel { InterestOnlyCount: > 20 } ? new Amortisation.Level() : terms.Amortisation,
            Rate = new RateAnnual(terms.Rate.Nano % 1_000_000_000),
            Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, GraceDays = grace, BounceFee = 30, Allocation = AllocationRule.PrincipalFirstAfter90, Observation = new ObservationRule(20, grace, 2) },
        }, steps);

    private static LoanAct Act(Step step, DateOnly date, int receipt) => step.Kind switch
    {
        0 => new LoanAct.EarlyRepayment(date, step.Amount, PrepaymentMode.ShrinkInstalment),
        1 => new LoanAct.EarlyRepayment(date, step.Amount, PrepaymentMode.ShrinkTerm),
        2 => new LoanAct.PaymentHoliday(date, step.Small, (HolidayInterest)(step.Small % 3), step.Small % 2 == 0),
        3 => new LoanAct.Extension(date, step.Small, false),
        4 => new LoanAct.Bounce(date, Math.Max(1, receipt - step.Small + 1)),
        _ => new LoanAct.Repayment(date, step.Amount),
    };

    [Fact]
    public void Account_AfterAnyActs_ConservesCashAndPrincipal()
    {
        var done = 0;
        var takenBack = 0;
        Always.Holds(AnyLife(), life =>
        {
            var opened = LoanServicing.Open(life.Terms);
            if (!opened.IsOk) return;
            var account = opened.Value;
            foreach (var step in life.Steps)
            {
                var result = LoanServicing.Execute(account, Act(step, account.AsOf.AddDays(step.DaysLater), account.Acts.Length));
                if (!result.IsOk) continue;
                account = result.Value;
                done++;
                if (step.Kind == 4) takenBack++;
                var received = account.Acts.Where(logged => !logged.IsTakenBack).Sum(logged => logged.Act switch
                {
                    LoanAct.Repayment repayment => repayment.Amount,
                    LoanAct.EarlyRepayment early => early.Amount,
                    _ => 0,
                });
                Assert.Equal(received, account.Paid.Total + account.Unapplied);
                Assert.Equal(life.Terms.Amount + account.Capitalised, account.Paid.Principal + account.PrincipalOwed);
                Assert.Equal(account.PrincipalNotDue, account.Upcoming.Sum(one => one.Principal));
                Assert.All(account.Dues, due => Assert.True(due is { Fees: >= 0, Interest: >= 0, Principal: >= 0 } && due.Penalty(account.Terms) >= 0 && due.Compound(account.Terms) >= 0));
                Assert.True(account is { Unapplied: >= 0, Paid: { Fees: >= 0, Penalty: >= 0, Compound: >= 0, Interest: >= 0, Principal: >= 0 } });
                Assert.True(account.Unapplied == 0 || account.Dues.IsEmpty, "money waits although something is due");
            }
        });
        Assert.True(done > 5_000 && takenBack > 100, $"{done} acts, {takenBack} taken back");
    }

    /// <summary>Looking at a loan between its acts changes nothing.</summary>
    [Fact]
    public void Account_LookedAtInBetween_IsTheSame() =>
        Always.Holds(AnyLife(), life =>
        {
            var opened = LoanServicing.Open(life.Terms);
            if (!opened.IsOk) return;
            var (once, often) = (opened.Value, opened.Value);
            foreach (var step in life.Steps)
            {
                var date = once.AsOf.AddDays(step.DaysLater);
                for (var day = often.AsOf.AddDays(7); day < date; day = day.AddDays(7)) often = LoanServicing.Advance(often, day).Value;
                var act = Act(step, date, once.Acts.Length);
                var (first, second) = (LoanServicing.Execute(once, act), LoanServicing.Execute(often, act));
                Assert.Equal(first.Refusal?.Fault, second.Refusal?.Fault);
                once = first.IsOk ? first.Value : LoanServicing.Advance(once, date).Value;
                often = second.IsOk ? second.Value : LoanServicing.Advance(often, date).Value;
                Assert.Equal(once.Upcoming.AsEnumerable(), often.Upcoming.AsEnumerable());
                Assert.Equal(once.Dues.AsEnumerable(), often.Dues.AsEnumerable());
                Assert.Equal((once.Paid, once.Unapplied, once.NonAccrualSince, once.HeldUntil, once.DaysPastDue), (often.Paid, often.Unapplied, often.NonAccrualSince, often.HeldUntil, often.DaysPastDue));
            }
        });
}
