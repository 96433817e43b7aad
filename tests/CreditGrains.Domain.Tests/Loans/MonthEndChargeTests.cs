using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>Month ends, and what is charged at them.</summary>
public sealed class MonthEndChargeTests
{
    [Theory]
    [InlineData("2026-02-27", "2026-01-31", "2026-02-28")]
    [InlineData("2026-02-28", "2026-02-28", "2026-03-31")]
    [InlineData("2028-02-28", "2028-01-31", "2028-02-29")]
    [InlineData("2026-12-31", "2026-12-31", "2027-01-31")]
    [InlineData("2026-03-01", "2026-02-28", "2026-03-31")]
    public void MonthEnds_AroundADate_AreLastDays(string date, string lastUpTo, string after)
    {
        Assert.Equal(DateOnly.Parse(lastUpTo, System.Globalization.CultureInfo.InvariantCulture), MonthEnds.LastUpTo(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(DateOnly.Parse(after, System.Globalization.CultureInfo.InvariantCulture), MonthEnds.After(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Charge_InOneStepOrDayByDay_IsTheSame()
    {
        var whole = LoanServicing.Open(Terms(charges: true)).Value;
        var daily = whole;
        for (var day = whole.AsOf; day < new DateOnly(2026, 8, 11); day = day.AddDays(1)) daily = LoanServicing.Advance(daily, day.AddDays(1)).Value;

        whole = LoanServicing.Advance(whole, new DateOnly(2026, 8, 11)).Value;

        Assert.Equal(daily.Dues.AsEnumerable(), whole.Dues.AsEnumerable());
        Assert.All(whole.Dues[..6], due => Assert.True(due.PenaltyCharged > 0 && due.CompoundCharged > 0));
    }

    [Fact]
    public void Charge_ChangesNeitherWhatIsOwedNorWhoIsPaid()
    {
        var charged = LoanServicing.Advance(LoanServicing.Open(Terms(charges: true)).Value, new DateOnly(2026, 6, 20)).Value;
        var plain = LoanServicing.Advance(LoanServicing.Open(Terms(charges: false)).Value, new DateOnly(2026, 6, 20)).Value;
        Assert.Equal(plain.AmountDue, charged.AmountDue);

        charged = LoanServicing.Execute(charged, new LoanAct.Repayment(charged.AsOf, 123_456)).Value;
        plain = LoanServicing.Execute(plain, new LoanAct.Repayment(plain.AsOf, 123_456)).Value;

        Assert.Equal((plain.Paid, plain.AmountDue), (charged.Paid, charged.AmountDue));
    }

    [Fact]
    public void TakeOver_AfterMissedInstalments_IsTheLoanThatWasNeverPaid()
    {
        var taken = LoanServicing.TakeOver(Terms(charges: true), new DateOnly(2024, 5, 15), new DateOnly(2026, 4, 1)).Value;

        Assert.Equal((3, new DateOnly(2024, 5, 15), 45), (taken.Dues.Length + 1, taken.Vintage, taken.DaysPastDue));
        Assert.Equal(LoanFault.InvalidDate, LoanServicing.TakeOver(Terms(charges: true), new DateOnly(2026, 1, 16), new DateOnly(2026, 4, 1)).Refusal!.Fault);
        Assert.Equal(LoanFault.OutOfOrder, LoanServicing.TakeOver(Terms(charges: true), new DateOnly(2026, 1, 15), new DateOnly(2026, 1, 14)).Refusal!.Fault);
    }

    [Fact]
    public void Product_WithCharges_KeepsThemAndOnlyThenHasOtherBytes()
    {
        var plain = SealedProduct.Of(new LoanProduct());
        var charges = SealedProduct.Of(new LoanProduct { Overdue = new OverdueTerms { ChargesAtMonthEnd = true } });

        Assert.NotEqual(plain.Hash, charges.Hash);
        Assert.True(SealedProduct.Read(charges.Bytes).Product.Overdue.ChargesAtMonthEnd);
        Assert.False(SealedProduct.Read(plain.Bytes).Product.Overdue.ChargesAtMonthEnd);
    }

    private static LoanTerms Terms(bool charges) => new()
    {
        Amount = 1_200_000, Currency = Currency.Parse("EUR"), Rate = new RateAnnual(90_000_000), Drawdown = new DateOnly(2026, 1, 15), InstalmentCount = 12,
        Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, ChargesAtMonthEnd = charges },
    };
}
