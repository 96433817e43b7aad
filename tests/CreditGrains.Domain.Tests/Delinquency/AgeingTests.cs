using CreditGrains.Domain.Delinquency;

namespace CreditGrains.Domain.Tests.Delinquency;

public sealed class AgeingTests
{
    private static readonly DateOnly Due = new(2024, 3, 10);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(90, 90)]
    public void DaysPastDue_AfterADueDate_AreWholeDays(int after, int days) => Assert.Equal(days, DaysPastDue.Of(Due, Due.AddDays(after), 0, []));

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 4)]
    public void DaysPastDue_WithGrace_CountFromTheDueDateOnceItIsOver(int after, int days) => Assert.Equal(days, DaysPastDue.Of(Due, Due.AddDays(after), 3, []));

    [Fact]
    public void DaysPastDue_InAHoliday_StandStill()
    {
        FrozenSpan[] frozen = [new(Due.AddDays(10), Due.AddDays(40))];
        Assert.Equal(10, DaysPastDue.Of(Due, Due.AddDays(10), 0, frozen));
        Assert.Equal(10, DaysPastDue.Of(Due, Due.AddDays(25), 0, frozen));
        Assert.Equal(10, DaysPastDue.Of(Due, Due.AddDays(40), 0, frozen));
        Assert.Equal(11, DaysPastDue.Of(Due, Due.AddDays(41), 0, frozen));
    }

    [Fact]
    public void DaysPastDue_WithNothingUnpaid_AreNone() => Assert.Equal(0, DaysPastDue.Of(null, Due, 0, []));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(30, 1)]
    [InlineData(31, 2)]
    [InlineData(180, 6)]
    [InlineData(181, 7)]
    [InlineData(5_000, 7)]
    public void Bucket_OfDays_IsThatOfTheEdges(int days, int bucket) => Assert.Equal(bucket, BucketEdges.Usual.Of(days));

    /// <summary>Rows: product, days, class. The edges of both tables from both sides.</summary>
    [Theory]
    [InlineData("loans", 0, Classification.Normal)]
    [InlineData("loans", 1, Classification.SpecialMention)]
    [InlineData("loans", 90, Classification.SpecialMention)]
    [InlineData("loans", 91, Classification.Substandard)]
    [InlineData("loans", 270, Classification.Substandard)]
    [InlineData("loans", 271, Classification.Doubtful)]
    [InlineData("loans", 360, Classification.Doubtful)]
    [InlineData("loans", 361, Classification.Loss)]
    [InlineData("cards", 90, Classification.SpecialMention)]
    [InlineData("cards", 91, Classification.Substandard)]
    [InlineData("cards", 120, Classification.Substandard)]
    [InlineData("cards", 121, Classification.Doubtful)]
    [InlineData("cards", 180, Classification.Doubtful)]
    [InlineData("cards", 181, Classification.Loss)]
    public void Class_OfDays_IsThatOfTheProductsTable(string product, int days, Classification expected) =>
        Assert.Equal(expected, (product == "cards" ? ClassificationTable.Cards : ClassificationTable.Loans).Of(days, Due));

    [Fact]
    public void Class_OfATableWithASecondRow_ChangesOnItsDate()
    {
        var table = new ClassificationTable([new ClassificationRow(new DateOnly(2020, 1, 1), 31, 91, 181, 361), new ClassificationRow(Due, 1, 91, 181, 361)]);
        Assert.True(table.IsValid);
        Assert.Equal(Classification.Normal, table.Of(30, Due.AddDays(-1)));
        Assert.Equal(Classification.SpecialMention, table.Of(30, Due));
    }

    private static Classification[] Spread(bool isRetail, AllBankDebt? allBanks, params (long Balance, Classification Own)[] claims) =>
        [.. ContagionRule.Usual.Apply([.. claims.Select(claim => new ObligorClaim(claim.Balance, claim.Own))], allBanks, isRetail)];

    [Theory]
    [InlineData(100, Classification.Normal)] // exactly 10 % does not spread
    [InlineData(101, Classification.Substandard)]
    public void Contagion_InHouse_SpreadsAboveATenth(long bad, Classification other) =>
        Assert.Equal([Classification.Doubtful, other], Spread(false, null, (bad, Classification.Doubtful), (1_000 - bad, Classification.Normal)));

    [Theory]
    [InlineData(200, Classification.Normal)] // exactly 20 % does not spread
    [InlineData(201, Classification.Substandard)]
    public void Contagion_OfAllBanks_SpreadsAboveAFifth(long late, Classification expected) =>
        Assert.Equal([expected], Spread(false, new AllBankDebt(1_000, late), (500, Classification.Normal)));

    [Fact]
    public void Contagion_OfARetailObligor_SpreadsNothing() =>
        Assert.Equal([Classification.Loss, Classification.Normal], Spread(true, new AllBankDebt(10, 10), (900, Classification.Loss), (100, Classification.Normal)));

    [Fact]
    public void Contagion_OnAWorseClaim_LeavesIt() =>
        Assert.Equal([Classification.Loss, Classification.Substandard], Spread(false, null, (900, Classification.Loss), (100, Classification.SpecialMention)));
}
