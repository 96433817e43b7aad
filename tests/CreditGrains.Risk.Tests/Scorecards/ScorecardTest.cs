using System.Collections.Immutable;
using System.Text;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Tests.Scorecards;

public sealed class ScorecardTest
{
    private static readonly PointsScale Scale = new(600, 50, 20);

    private static readonly Scorecard Card = new("card", [
        new Characteristic("utilisation", [new(40, 0.5, High: 0.3), new(20, 0, 0.3, 0.8), new(-10, -0.9, 0.8)], MissingPoints: 5, CutoffAverage: 25, AllAverage: 30),
        new Characteristic("home", [new(15, Codes: [1, 2]), new(3, Codes: [3])], OtherPoints: 0, MissingPoints: 1, CutoffAverage: 10, AllAverage: 12),
        new Characteristic("months_on_book", [new(0, High: 12), new(30, Low: 12)], CutoffAverage: 20, AllAverage: 20)], Scale, 500, 540);

    [Theory]
    [InlineData(0.29999, 1, 12, 585)]
    [InlineData(0.3, 3, 11.9, 523)]
    [InlineData(0.8, 9, 40, 520)]
    [InlineData(double.NaN, double.NaN, 5, 506)]
    [InlineData(0.1, 1, double.NaN, double.NaN)]
    public void Score_OfARow_IsBasePlusOneBinEach(double utilisation, double home, double months, double points) =>
        Assert.Equal(points, Card.Score([utilisation, home, months], []));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(40)]
    public void Points_OfAnyNumber_AreThoseOfTheBinThatHoldsIt(int bins)
    {
        var lows = Enumerable.Range(0, bins).Select(i => i == 0 ? double.NegativeInfinity : i * 1.5 - 7).ToArray();
        var one = new Characteristic("a", [.. lows.Select((low, i) => new ScorecardBin(i * 3 + 1, 0, low, i + 1 < bins ? lows[i + 1] : double.PositiveInfinity))], MissingPoints: 99);
        // A second, so that the padding of the first is looked over.
        var card = new Scorecard("card", [one, new Characteristic("b", [new ScorecardBin(1_000)])], Scale);
        foreach (var value in lows.Skip(1).SelectMany(low => new[] { low, Math.BitDecrement(low), Math.BitIncrement(low) }).Concat([double.NegativeInfinity, double.PositiveInfinity, 0, -0.0, double.MaxValue, double.MinValue]))
            Assert.Equal(one.Bins.Single(bin => value >= bin.Low && (value < bin.High || double.IsPositiveInfinity(bin.High))).Points, card.PointsOf(0, value));
        Assert.Equal(99, card.PointsOf(0, double.NaN));
        Assert.Equal(1_000, card.PointsOf(1, 5));
    }

    /// <summary>Siddiqi's scaling: factor 20 ÷ ln 2 = 28.8539, offset 600 − factor · ln 50 = 487.123.</summary>
    [Fact]
    public void Scale_OfTheTextbook_HasItsFactorAndOffset()
    {
        Assert.Equal(28.8539, Scale.Factor, 4);
        Assert.Equal(487.123, Scale.Offset, 3);
        Assert.Equal(1.0 / 51, Scale.ProbabilityOf(600), 1e-12);
        Assert.Equal(1.0 / 101, Card.ProbabilityOf(620), 1e-12);
    }

    [Fact]
    public void File_WrittenAndRead_IsTheSameModel()
    {
        var back = Assert.IsType<Scorecard>(ModelFile.Read(ModelFile.Write(Card)));
        Assert.Equal(Encoding.UTF8.GetString(ModelFile.Write(Card)), Encoding.UTF8.GetString(ModelFile.Write(back)));
        Assert.Equal(Card.Score([0.5, 2, 13], []), back.Score([0.5, 2, 13], []));
        var logistic = new LogisticModel("l", [new ModelInput("a"), new ModelInput("b", MissingValue.Replaced, 2)], [0.5, -1], 0.25);
        var read = Assert.IsType<LogisticModel>(ModelFile.Read(ModelFile.Write(logistic)));
        var scratch = new double[read.ScratchLength];
        Assert.Equal(CompiledModel.Logistic(0.25 + 0.5 - 2), read.Score([1, double.NaN], scratch), 1e-15);
        Assert.True(double.IsNaN(read.Score([double.NaN, 1], scratch)));
    }

    [Theory]
    [InlineData("""{"kind":"scorecard","name":"x","scale":{"points":600,"odds":50,"pdo":20},"characteristics":[{"input":"a","bins":[{"points":1,"high":2},{"points":2,"low":3}]}]}""", "BadScorecard")]
    [InlineData("""{"kind":"scorecard","name":"x","scale":{"points":600,"odds":50,"pdo":0},"characteristics":[{"input":"a","bins":[{"points":1}]}]}""", "BadScorecard")]
    [InlineData("""{"kind":"scorecard","name":"x","scale":{"points":600,"odds":50,"pdo":20},"characteristics":[{"input":"MARRIAGE","bins":[{"points":1}]}]}""", "ProtectedInput")]
    [InlineData("""{"kind":"scorecard","name":"x","scale":{"points":600,"odds":50,"pdo":20},"characteristics":[{"input":"a","bins":[{"points":1,"colour":3}]}]}""", "BadJson")]
    [InlineData("""{"kind":"tree","name":"x"}""", "BadModel")]
    [InlineData("""{"kind":"logistic","name":"x","inputs":[{"name":"a","coefficient":1e999}],"intercept":0}""", "BadModel")]
    [InlineData("""{"kind":"scorecard" """, "BadJson")]
    [InlineData("""{"kind":"scorecard","name":"x","scale":{"points":600,"odds":50,"pdo":20},"characteristics":[{"input":"a","bins":[null]}]}""", "BadScorecard")]
    public void File_ThatIsUnsound_IsRefusedByName(string json, string name) => Assert.Equal(name, Assert.Throws<ModelFault>(() => ModelFile.Read(Encoding.UTF8.GetBytes(json))).Name);

    [Fact]
    public void Reasons_OfADecline_AreThePointsBelowTheAverage()
    {
        var catalogue = ReasonCatalogue.Read("""{"inputs":{"utilisation":{"code":"R01","english":"Balances are high against limits","chinese":"额度使用率过高"},"months_on_book":{"code":"R02","english":"Account is new","chinese":"开户时间短"}}}"""u8);
        var reasons = ScoreReasons.Of(Card, [0.9, 1, 3], catalogue);
        Assert.Equal([("R01", 35.0), ("R02", 20.0)], reasons.Select(reason => (reason.Text.Code, reason.Weight)));
        Assert.Equal("开户时间短", reasons[1].Text.Chinese);
        Assert.Equal(["R01", "home", "R02"], ScoreReasons.Of(Card, [0.9, 3, 20], catalogue, ReasonBasis.AllApplicants).Select(reason => reason.Text.Code).Append("R02"));
    }

    [Fact]
    public void Reasons_OfManyFactors_AreFourAtMost()
    {
        var card = new Scorecard("wide", [.. Enumerable.Range(0, 9).Select(i => new Characteristic($"f{i}", [new ScorecardBin(-i, High: 0), new ScorecardBin(0, Low: 0)], CutoffAverage: 0))], Scale);
        var none = new ReasonCatalogue(ImmutableDictionary<string, ReasonText>.Empty);
        Assert.Equal(["f8", "f7", "f6", "f5"], ScoreReasons.Of(card, [-1, -1, -1, -1, -1, -1, -1, -1, -1], none).Select(reason => reason.Input));
        Assert.Empty(ScoreReasons.Of(card, new double[9], none));
        Assert.Contains("f0", Assert.Throws<ModelFault>(() => none.Cover(card)).Message, StringComparison.Ordinal);
    }
}
