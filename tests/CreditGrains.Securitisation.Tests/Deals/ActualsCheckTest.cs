using System.Collections.Immutable;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>Months that have been are of one pool with each other and with the lines after them, whoever runs the deal.</summary>
public sealed class ActualsCheckTest
{
    private const string Tranches = """{ "name": "A", "balance": 8000000, "coupon": 0.03 }, { "name": "B", "balance": 2000000, "coupon": 0.05 }""";
    private static readonly PoolMonth Whole = new() { Opening = 10_400_000, Scheduled = 400_000, Interest = 50_000, Closing = 10_000_000 };

    public static TheoryData<string, ImmutableArray<PoolMonth>, string?> Rules => new()
    {
        { "adds up and meets the lines", [Whole], null },
        { "meets the lines to one minor unit a line", [Whole with { Scheduled = 399_999, Closing = 10_000_001 }], null },
        { "does not meet the lines", [Whole with { Scheduled = 399_998, Closing = 10_000_002 }], "actuals[0].closing" },
        { "does not add up", [Whole with { Opening = 10_400_001 }], "actuals[0]" },
        { "adds up with capitalised interest", [Whole with { Opening = 10_399_000, Added = 1_000 }], null },
        { "does not open where the one before closed", [Whole with { Opening = 10_900_000, Closing = 10_500_000 }, Whole], "actuals[1].opening" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Actuals_OfARun_AreChecked(string rule, ImmutableArray<PoolMonth> actuals, string? path)
    {
        var deal = Deal(actuals);
        if (path is null) Assert.True(DealRunner.Run(deal).Periods[actuals.Length - 1].IsActual, rule);
        else Assert.Equal(("ActualsApart", path), NameOf(() => DealRunner.Run(deal)));
    }

    /// <summary>Terms that were made and not read from a file pass the same check in every study of them.</summary>
    [Fact]
    public void Actuals_OfMeasuresGridAndMonteCarlo_AreChecked()
    {
        var deal = Deal([Whole with { Scheduled = 300_000, Closing = 10_100_000 }]);
        var expected = ("ActualsApart", "actuals[0].closing");
        Assert.Equal(expected, NameOf(() => DealMeasures.Of(deal, new PricingTerms(), searches: false)));
        Assert.Equal(expected, NameOf(() => DealGrid.Of(deal, new GridAxes { Cprs = [0.1] }, new PricingTerms())));
        Assert.Equal(expected, NameOf(() => DealMonteCarlo.Copula(deal, new CopulaTerms(0.05, 0.2, 0, [1]), 4, seed: 1)));
    }

    [Fact]
    public void Actuals_OfOneOfSeveralPools_AreNamedByTheirPlace()
    {
        var one = Deal([]);
        CollateralPool Pool(string name, PoolMonth month) => new() { Name = name, Lines = one.Lines, Actuals = [month] };
        var deal = one with { Lines = [], Pools = [Pool("first", Whole), Pool("second", Whole with { Opening = 10_500_000 })] };
        Assert.Equal(("ActualsApart", "collateral.pools[1].actuals[0]"), NameOf(() => DealRunner.Run(deal)));
    }

    /// <summary>The file is refused where it is read for what no tape and no live pool can mend.</summary>
    [Theory]
    [InlineData("\"opening\": 10400000, \"scheduled\": 400000, \"closing\": 9999999", "actuals[0]")]
    [InlineData("\"opening\": 10400000, \"scheduled\": 500000, \"prepaid\": -100000, \"closing\": 10000000", "actuals[0].prepaid")]
    [InlineData("\"opening\": 10400000, \"scheduled\": 400000, \"loss\": -1, \"closing\": 10000000", "actuals[0].loss")]
    public void Actuals_OfAFile_AddUpAndAreNotNegative(string month, string path) =>
        Assert.Equal(("FieldWrong", path), NameOf(() => DealSamples.Deal(Tranches, DealSamples.Sequential, $"\"actuals\": [{{ {month} }}],")));

    private static DealTerms Deal(ImmutableArray<PoolMonth> actuals) => DealSamples.Deal(Tranches, DealSamples.Sequential) with { Actuals = actuals };

    private static (string, string) NameOf(Action act)
    {
        var fault = Assert.Throws<InvalidInputException>(act);
        return (fault.Name, fault.Path);
    }
}
