using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Domain.Tests.Commands;

/// <summary>The loan of a drawdown is checked before it is evaluated, and a product's bytes say all of it.</summary>
public sealed class LoanOfferTests
{
    public static TheoryData<string, Func<LoanOffer, LoanOffer>> BadOffers => new()
    {
        { "product", offer => offer with { Product = null } },
        { "1000", offer => offer with { Figures = offer.Figures with { InstalmentCount = 1_001 } } },
        { "InvalidTerm", offer => offer with { Figures = offer.Figures with { InstalmentCount = 0 } } },
        { "InvalidRate", offer => offer with { Figures = offer.Figures with { Rate = new RateAnnual(-1) } } },
        { "InvalidTerm", offer => offer with { Figures = offer.Figures with { DueDay = 32 } } },
        { "InvalidAmortisation", offer => new LoanOffer(offer.Key, SealedProduct.Of(new LoanProduct { Amortisation = new Amortisation.Balloon(101) }), offer.Figures) },
    };

    [Theory]
    [MemberData(nameof(BadOffers))]
    public void Offer_ThatCannotBe_IsRefusedByName(string name, Func<LoanOffer, LoanOffer> spoil)
    {
        var command = Samples.Account(CommandKind.Drawdown) with { Control = spoil(Samples.Offer(12)) };
        var (reason, message) = CommandValidation.Check(command);
        Assert.Equal(Reason.InvalidField, reason);
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Offer_OfAnotherFacilityOrOnAnotherKind_IsRefused()
    {
        var offer = Samples.Offer(12);
        Assert.Equal(Reason.None, CommandValidation.Check(Samples.Account(CommandKind.Drawdown) with { Control = offer }).Reason);
        Assert.Equal(Reason.InvalidField, CommandValidation.Check(Samples.Account(CommandKind.Drawdown) with { Control = offer with { Key = offer.Key with { Id = 77 } } }).Reason);
        Assert.Equal(Reason.InvalidField, CommandValidation.Check(Samples.Account(CommandKind.Authorize) with { Control = offer }).Reason);
    }

    [Fact]
    public void Product_WrittenAndRead_IsTheSame()
    {
        foreach (var amortisation in Kinds())
        {
            var product = new LoanProduct
            {
                Interval = PaymentInterval.Quarterly, Amortisation = amortisation, DayCount = DayCount.ActualActualIsda, BusinessDays = BusinessDayRule.ModifiedFollowing,
                Calendar = BusinessCalendar.Create([new DateOnly(2026, 10, 1), new DateOnly(2026, 2, 17)], [new DateOnly(2026, 2, 14)]).Value, AccrualDates = AccrualDates.Adjusted,
                Rounding = new RoundingRule(RoundingMode.HalfEven, RoundingMode.Up, 100), LastInstalment = LastInstalmentRule.ClearsBalance,
                Fees = [new LoanFee("fee of 1 %", FeeTiming.WithFirstInstalment, FeeMeasure.OfAmount, 10_000, true)],
                Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, GraceDays = 3, BounceFee = 7, Allocation = AllocationRule.PrincipalFirstAfter90 },
                IsRetail = true,
            };
            var sealed_ = SealedProduct.Of(product);
            var read = SealedProduct.Read(sealed_.Bytes);
            Assert.Equal(sealed_.Hash, read.Hash);
            Assert.Equal(sealed_, SealedProduct.Of(read.Product));
            Assert.Equal(sealed_.Bytes.ToArray(), SealedProduct.Of(read.Product).Bytes.ToArray());
            Assert.NotEqual(sealed_, SealedProduct.Of(product with { IsRetail = false }));
            for (var length = 0; length < sealed_.Bytes.Length; length++) Assert.Throws<InvalidDataException>(() => SealedProduct.Read(sealed_.Bytes[..length]));
        }
    }

    private static Amortisation[] Kinds() =>
    [
        new Amortisation.Level(), new Amortisation.EqualPrincipal(), new Amortisation.InterestOnlyThenLevel(3), new Amortisation.Balloon(5), new Amortisation.Bullet(),
        new Amortisation.Stepped([new InstalmentStep(1, 5), new InstalmentStep(4, 7)]), new Amortisation.Custom([new CustomInstalment(new DateOnly(2027, 1, 1), 4, CustomAmount.Total)]),
        new Amortisation.Seasonal(new CashProfile([1, 2, 3, -4, 5, 6, 7, 8, 9, 10, 11, 12], null, 500_000)),
    ];
}
