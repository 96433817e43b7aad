using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Scorecards;

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
