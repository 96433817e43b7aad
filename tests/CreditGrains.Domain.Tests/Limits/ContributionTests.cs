using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Domain.Tests.Limits;

/// <summary>What a facility adds to a node, by the node's basis. Principal 100, interest 7, fees 3, held 40, released 25, limit 500.</summary>
public sealed class ContributionTests
{
    private static readonly FacilityBalances Balances = new(100, 7, 3, 50, 40, 25, 9, 11);

    [Theory]
    [InlineData(ExposureMeasure.DrawnAndHeld, false, 0, 500, 150)]
    [InlineData(ExposureMeasure.DrawnAndHeld, true, 0, 500, 175)]
    [InlineData(ExposureMeasure.PrincipalAndHeld, false, 0, 500, 140)]
    [InlineData(ExposureMeasure.PrincipalAndHeld, true, 0, 500, 165)]
    [InlineData(ExposureMeasure.Committed, false, 0, 500, 500)]
    [InlineData(ExposureMeasure.Committed, false, 0, 149, 150)]
    [InlineData(ExposureMeasure.Committed, true, 0, 160, 175)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, false, 0, 500, 150)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, false, 500_000, 500, 325)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, false, 500_000, 501, 326)] // 175.5 up
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, true, 1_000_000, 500, 500)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, false, 1_000_000, 100, 150)] // over its limit: nothing undrawn
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, false, 1, 500, 151)]
    public void Of_ByBasis_CountsWhatTheRuleSays(ExposureMeasure measure, bool keepsRepaid, int factorPpm, long limit, long contribution) =>
        Assert.Equal(contribution, Contribution.Of(new ExposureBasis(measure, keepsRepaid, factorPpm), Balances, limit));

    [Theory]
    [InlineData(ExposureMeasure.DrawnAndHeld, 0, true)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, 0, true)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, 1_000_000, true)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, 1_000_001, false)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, -1, false)]
    [InlineData(ExposureMeasure.Committed, 1, false)]
    [InlineData((ExposureMeasure)4, 0, false)]
    public void Basis_WithParts_IsValidWhenTheyAgree(ExposureMeasure measure, int factorPpm, bool valid) =>
        Assert.Equal(valid, new ExposureBasis(measure, false, factorPpm).IsValid);

    [Theory]
    [InlineData(ExposureMeasure.DrawnAndHeld, false)]
    [InlineData(ExposureMeasure.PrincipalAndHeld, false)]
    [InlineData(ExposureMeasure.Committed, true)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, true)]
    public void Basis_ByMeasure_DependsOnTheFacilityLimit(ExposureMeasure measure, bool depends) =>
        Assert.Equal(depends, new ExposureBasis(measure, false, 0).DependsOnLimit);

    [Fact]
    public void Of_EveryBalanceAtItsMost_FitsIn64Bits()
    {
        const long Most = 1L << 60;
        var full = new FacilityBalances(Most, Most, Most, Most, Most, Most, Most, Most);
        Assert.Equal(5 * Most, Contribution.Of(new ExposureBasis(ExposureMeasure.DrawnAndHeld, true, 0), full, Most));
    }
}
