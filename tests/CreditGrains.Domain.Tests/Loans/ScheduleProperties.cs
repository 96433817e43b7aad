using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;
using FsCheck;
using FsCheck.Fluent;
using static CreditGrains.Domain.Tests.Loans.Samples;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>What holds of every schedule, whatever its terms.</summary>
public sealed class ScheduleProperties
{
    internal static Gen<LoanTerms> AnyTerms() =>
        from amount in Gen.OneOf(Always.Between(1, 100), Always.Between(1, 100_000_000), Always.Between(1, LoanTerms.AmountMax))
        from rate in Gen.OneOf(Always.Between(0, 400_000_000), Always.Between(0, RateAnnual.NanoMax))
        from count in Gen.OneOf(Gen.Choose(1, 12), Gen.Choose(1, 360))
        from drawdown in Gen.Choose(0, 20_000)
        from interval in Gen.Elements(PaymentInterval.Monthly, PaymentInterval.Quarterly, new PaymentInterval(2, IntervalUnit.Weeks), new PaymentInterval(10, IntervalUnit.Days))
        from dayCount in Gen.Elements(Enum.GetValues<DayCount>())
        from business in Gen.Elements(Enum.GetValues<BusinessDayRule>())
        from accrual in Gen.Elements(Enum.GetValues<AccrualDates>())
        from mode in Gen.Elements(Enum.GetValues<RoundingMode>())
        from unit in Gen.Elements(0L, 1L, 100L)
        from kind in Gen.Choose(0, 5)
        select new LoanTerms
        {
            Amount = amount,
            Currency = CreditGrains.Domain.Money.Currency.Parse("CNY"),
            Rate = new RateAnnual(rate),
            Drawdown = Day("1990-01-01").AddDays(drawdown),
            InstalmentCount = count,
            Interval = interval,
            DayCount = dayCount,
            BusinessDays = business,
            AccrualDates = accrual,
            Rounding = new RoundingRule(mode, mode, unit),
            Amortisation = Kind(kind, amount, count),
        };

    private static Amortisation Kind(int kind, long amount, int count) => kind switch
    {
        0 => new Amortisation.Level(),
        1 => new Amortisation.EqualPrincipal(),
        2 when count > 1 => new Amortisation.InterestOnlyThenLevel(count / 2),
        3 => new Amortisation.Balloon(Math.Max(1, amount / 3)),
        4 => new Amortisation.Bullet(),
        _ => new Amortisation.Stepped([new InstalmentStep(1, 1_000_000)]),
    };

    /// <summary>Only rounding to a coarse unit, or a rate that eats the instalment, may refuse terms that are within bounds.</summary>
    [Fact]
    public void Schedule_OfAnyTerms_PaysTheAmountOnceAndNeverGoesNegative()
    {
        var built = 0;
        Always.Holds(AnyTerms(), terms =>
        {
            var result = ScheduleBuilder.Build(terms);
            if (result.Refusal is { } refusal)
            {
                Assert.Contains(refusal.Fault, (LoanFault[])[LoanFault.NegativeAmortisation, LoanFault.InvalidCalendar]);
                return;
            }

            built++;
            var instalments = result.Value.Instalments;
            Assert.Equal(terms.Amount, instalments.Sum(one => one.Principal));
            Assert.Equal(0, instalments[^1].Closing);
            Assert.Equal(terms.Amount, instalments[0].Opening);
            Assert.All(instalments.Zip(instalments.Skip(1)), pair =>
            {
                Assert.Equal(pair.First.Closing, pair.Second.Opening);
                Assert.Equal(pair.First.AccrualEnd, pair.Second.AccrualStart);
                Assert.True(pair.First.Due <= pair.Second.Due);
            });
            Assert.All(instalments, one => Assert.True(one is { Principal: >= 0, Interest: >= 0, Fees: 0 } && one.Due > terms.Drawdown));
        });
        Assert.True(built > 1_000, $"{built} schedules");
    }

    /// <summary>Rounded down or to the nearest minor unit, no instalment but the last differs.</summary>
    [Fact]
    public void Level_OfAnyTerms_HasOneSizeButForTheLast() =>
        Always.Holds(AnyTerms(), terms =>
        {
            var result = ScheduleBuilder.Build(terms with { Amortisation = new Amortisation.Level(), Rounding = default });
            if (result.IsOk) Assert.True(result.Value.Instalments[..^1].Select(one => one.Payment).Distinct().Count() <= 1);
        });

    [Fact]
    public void Seasonal_OfAnyProfile_IsPayableInEveryMonthOrNamesOne()
    {
        var cases =
            from terms in AnyTerms()
            from months in Always.Between(-1_000, 10_000_000).ArrayOf(12)
            select terms with { Interval = PaymentInterval.Monthly, Amortisation = new Amortisation.Seasonal(new CashProfile([.. months], null, 1_000_000)) };
        var built = 0;
        Always.Holds(cases, terms =>
        {
            var months = ((Amortisation.Seasonal)terms.Amortisation).Cash.Months;
            var result = ScheduleBuilder.Build(terms);
            if (result.Refusal is { } refusal)
            {
                Assert.Contains(refusal.Fault, (LoanFault[])[LoanFault.CashTooShort, LoanFault.InvalidCalendar]);
                return;
            }

            built++;
            Assert.Equal(terms.Amount, result.Value.Instalments.Sum(one => one.Principal));
            Assert.All(result.Value.Instalments, one => Assert.True(one.Payment <= Math.Max(0, months[one.UnadjustedDue.Month - 1])));
        });
        Assert.True(built > 100, $"{built} schedules");
    }
}
