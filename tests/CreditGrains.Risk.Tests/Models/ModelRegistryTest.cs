using System.Collections.Immutable;
using System.Text;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Scorecards;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Tests.Models;

public sealed class ModelRegistryTest
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    [Fact]
    public void Version_DatedLast_Acts()
    {
        var registry = ModelRegistry.Empty.Register("pd", File(1), None).Register("pd", File(2), None).Register("other", File(3), None);
        Assert.Null(registry.ActingAt("pd", Day));
        registry = registry.Activate("pd", 1, Day).Activate("pd", 2, Day.AddDays(10));
        Assert.Null(registry.ActingAt("pd", Day.AddTicks(-1)));
        Assert.Equal(1, registry.ActingAt("pd", Day.AddDays(9))!.Version);
        Assert.Equal(2, registry.ActingAt("pd", Day.AddDays(10))!.Version);
        Assert.Null(registry.ActingAt("other", Day.AddDays(10)));
        Assert.Equal("AlreadyActive", Assert.Throws<ModelFault>(() => registry.Activate("pd", 2, Day.AddDays(20))).Name);
        Assert.Equal("NoSuchModel", Assert.Throws<ModelFault>(() => registry.Activate("pd", 3, Day)).Name);
    }

    [Fact]
    public void SameBytes_Again_ChangeNothing()
    {
        var registry = ModelRegistry.Empty.Register("pd", File(1), None);
        Assert.Same(registry, registry.Register("pd", File(1), None));
        Assert.Equal(ModelRegistry.HashOf(File(1)), registry.Versions[0].Hash);
        Assert.Throws<ModelFault>(() => registry.Register("pd", "not a model"u8, None));
    }

    [Fact]
    public void Accounts_BySplit_AreTheirsByShareAndForEver()
    {
        var split = new ChampionChallenger("2026-q1", "champion", [new("a", 100_000), new("b", 50_000)]);
        var counts = Enumerable.Range(0, 200_000).GroupBy(i => split.ModelOf((ulong)i)).ToDictionary(group => group.Key, group => group.Count() / 200_000.0);
        Assert.Equal(0.10, counts["a"], 0.005);
        Assert.Equal(0.05, counts["b"], 0.005);
        // Fixed for good: another mix would move accounts of running experiments.
        Assert.Equal("8a,10b,18a,21a,28a,37a", string.Join(',', Enumerable.Range(0, 40).Where(i => split.ModelOf((ulong)i) != "champion").Select(i => $"{i}{split.ModelOf((ulong)i)}")));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => split.ModelOf((ulong)i)), Enumerable.Range(0, 50).Select(i => new ChampionChallenger("2026-q1", "champion", [new("a", 100_000), new("b", 50_000)]).ModelOf((ulong)i)));
        Assert.Throws<ModelFault>(() => new ChampionChallenger("x", "champion", [new("a", 600_000), new("b", 400_000)]));
    }

    [Fact]
    public void Combined_WeightedAndGated_FollowTheirParts()
    {
        var first = new LogisticModel("a", [new ModelInput("x"), new ModelInput("y")], [1, 0.5], 0);
        var second = new LogisticModel("b", [new ModelInput("y"), new ModelInput("z")], [-1, 2], 0.1);
        double P(double a) => CompiledModel.Logistic(a);
        var weighted = CombinedModel.Weighted([(first, 3), (second, 1)]);
        Assert.Equal(["x", "y", "z"], weighted.Inputs.Select(input => input.Name));
        var scratch = new double[weighted.ScratchLength];
        Assert.Equal(0.75 * P(1 + 1) + 0.25 * P(0.1 - 2 + 6), weighted.Score([1, 2, 3], scratch), 1e-12);
        Assert.True(double.IsNaN(weighted.Score([1, 2, double.NaN], scratch)));
        var gated = CombinedModel.Gated(first, second, 0.6);
        Assert.Equal(P(2), gated.Score([1, 2, 3], scratch), 1e-12);
        Assert.Equal(P(0.1 + 2 + 6), gated.Score([1, -2, 3], scratch), 1e-12);
    }

    [Fact]
    public void CombinedFile_OfScorecardAndTrees_ScoresAsItsParts()
    {
        var (card, trees) = (ModelFile.Write(SmallCard), SmallTrees);
        var (gate, second) = (ModelRegistry.Compile(card), ModelRegistry.Compile(trees));
        var weighted = Assert.IsType<CombinedModel>(ModelRegistry.Compile(CombinedFile.Weighted("w", [(card, 1), (trees, 3)])));
        var gated = Assert.IsType<CombinedModel>(ModelRegistry.Compile(CombinedFile.Gated("g", card, trees, 0.03)));
        Assert.Equal(["x", "y"], weighted.Inputs.Select(input => input.Name));
        var scratch = new double[Math.Max(weighted.ScratchLength, second.ScratchLength)];
        foreach (var x in new[] { -1.0, 0.2, 2 })
        {
            foreach (var y in new[] { -1.0, 0.5, 3 })
            {
                double first = gate.ProbabilityOf(gate.Score([x], scratch)), other = second.ProbabilityOf(second.Score([y, x], scratch));
                Assert.Equal((first + 3 * other) / 4, weighted.Score([x, y], scratch), 1e-15);
                Assert.Equal(first < 0.03 ? other : first, gated.Score([x, y], scratch), 1e-15);
                Assert.Equal(first < 0.03 ? 1 : 0, gated.DecidingPart([x, y], scratch));
            }
        }
    }

    [Fact]
    public void CombinedModel_Explained_IsByThePartThatDecidedOrByWeight()
    {
        var weighted = (CombinedModel)ModelRegistry.Compile(CombinedFile.Weighted("w", [(ModelFile.Write(SmallCard), 1), (SmallTrees, 3)]));
        var explainer = CombinedExplainer.Of(weighted, "rows that trained the trees");
        var contributions = new double[2];
        explainer.Explain([-1, 3], contributions);
        // Points 40 less than the average of 60, over the factor; trees: 3 less the mean, which is 0.
        Assert.Equal(0.25 * 20 / SmallCard.Scale.Factor, contributions[0], 1e-9);
        Assert.Equal(0.75 * 3, contributions[1], 1e-9);
        Assert.Equal("applicants at or just above the cut-off; rows that trained the trees", explainer.Background);
        var gated = (CombinedModel)ModelRegistry.Compile(CombinedFile.Gated("g", ModelFile.Write(SmallCard), SmallTrees, 0.03));
        CombinedExplainer.Of(gated, "b").Explain([2, 3], contributions);
        Assert.Equal(0, contributions[0]);
        Assert.Equal(3, contributions[1], 1e-9);
    }

    [Theory]
    [InlineData("""{"kind":"weighted","name":"a","parts":[]}""", "2 to 16 parts")]
    [InlineData("""{"kind":"weighted","name":"a","parts":[null,null]}""", "has parts")]
    [InlineData("""{"kind":"gated","name":"a","below":0.5,"parts":[{"onnx":"AAAA"},{"onnx":"AAAA"}]}""", "parts[0]: ")]
    [InlineData("""{"kind":"gated","name":"a","below":0.5,"parts":[{"onnx":"%%"},{"onnx":"AAAA"}]}""", "onnx")]
    [InlineData("""{"kind":"weighted","name":"a","parts":[{"weight":1,"model":{"kind":"logistic","name":"l","intercept":0,"inputs":[{"name":"sex","coefficient":1}]}},{"weight":1}]}""", "parts[0]: input 'sex'")]
    [InlineData("""{"kind":"weighted","name":"a","parts":[{"weight":1,"model":{"kind":"weighted","name":"b","parts":[]}},{"weight":1}]}""", "parts[0]: ")]
    [InlineData("""{"kind":"weighted","name":"a","parts":[{"weight":0,"model":{"kind":"logistic","name":"l","intercept":0,"inputs":[{"name":"q","coefficient":1}]}},{"weight":1,"model":{"kind":"logistic","name":"l","intercept":0,"inputs":[{"name":"q","coefficient":1}]}}]}""", "weight above 0")]
    [InlineData("""{"kind":"logistic","name":"l","intercept":0,"inputs":[{"name":"q","coefficient":1}],"below":1}""", "neither scale")]
    public void CombinedFile_ThatIsUnsound_IsRefusedWithItsPart(string json, string says) =>
        Assert.Contains(says, Assert.Throws<ModelFault>(() => ModelRegistry.Compile(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    private static readonly Scorecard SmallCard = new("card", [new Characteristic("x", [new(40, High: 0), new(80, Low: 0, High: 1), new(700, Low: 1)], MissingPoints: 1, CutoffAverage: 60)], new PointsScale(600, 50, 20));

    private static byte[] SmallTrees => OnnxWriter.TreeClassifier(["y", "x"], new TreeEnsemble([[TreeNode.Split(0, 0.5f, 1, 2, 100), TreeNode.Leaf(-2, 60), TreeNode.Leaf(3, 40)]], 2));

    [Theory]
    [InlineData("AGE", true)]
    [InlineData("applicant_age", true)]
    [InlineData("ageYears", true)]
    [InlineData("X5_sex", true)]
    [InlineData("MaritalStatus", true)]
    [InlineData("EDUCATION", true)]
    [InlineData("客户年龄", true)]
    [InlineData("dateOfBirth", true)]
    [InlineData("account_age_months", false)]
    [InlineData("average_balance", false)]
    [InlineData("usage", false)]
    [InlineData("percentage_paid", false)]
    [InlineData("utilisation", false)]
    public void Name_OfAProtectedAttribute_IsKnown(string name, bool isProtected) => Assert.Equal(isProtected, ProtectedAttributes.Includes(name));

    private static byte[] File(double intercept) => ModelFile.Write(new LogisticModel("m", [new ModelInput("x")], [1], intercept));
}
