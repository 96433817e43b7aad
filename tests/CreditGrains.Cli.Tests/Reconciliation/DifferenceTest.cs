using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Reconciliation;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Tests.Reconciliation;

public sealed class DifferenceTest
{
    private static readonly Currency Eur = Currency.Parse("EUR");

    /// <summary>Ledger principal, interest, fees; engine principal, interest, fees, credit; difference by component.</summary>
    [Theory]
    [InlineData(100, 5, 1, 100, 5, 1, 0, 0, 0, 0)]
    [InlineData(120, 5, 1, 100, 5, 1, 0, 20, 0, 0)]
    [InlineData(100, 0, 3, 100, 5, 1, 0, 0, -5, 2)]
    [InlineData(-50, 0, 0, 0, 0, 0, 50, 0, 0, 0)]
    [InlineData(0, 0, 0, 0, 0, 0, 50, 50, 0, 0)]
    [InlineData(-50, 0, 0, 10, 0, 0, 0, -60, 0, 0)]
    public void Of_LedgerAndEngine_IsLedgerLessEngine(
        long principal, long interest, long fees, long heldPrincipal, long heldInterest, long heldFees, long credit, long byPrincipal, long byInterest, long byFees)
    {
        var difference = Difference.Of(Row(principal, interest, fees), new FacilityState(Eur, new FacilityBalances(heldPrincipal, heldInterest, heldFees, credit, 0, 0, 0, 0)));
        Assert.Equal((byPrincipal, byInterest, byFees), (difference?.Principal ?? 0, difference?.Interest ?? 0, difference?.Fees ?? 0));
        Assert.Equal(byPrincipal == 0 && byInterest == 0 && byFees == 0, difference is null);
    }

    [Fact]
    public void Of_AnotherCurrency_IsADifferenceWithoutCorrection()
    {
        var difference = Difference.Of(Row(0, 0, 0), new FacilityState(Currency.Parse("USD"), default));
        Assert.True(difference!.IsCurrency);
    }

    private static LedgerRow Row(long principal, long interest, long fees) => new(1, NodeKey.Facility(1, 1, 42), Eur, principal, interest, fees);
}
