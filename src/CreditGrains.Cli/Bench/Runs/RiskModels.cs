using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Scorecards;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>A scorecard of twelve characteristics, 200 trees of six splits, and a policy of twelve rules, made up by seed: what they say does not matter, how long they take does.</summary>
internal static class RiskModels
{
    private const int TreeCount = 200;

    private const int CardInputs = 12;
    private const int TreeInputs = 30;

    /// <param name="names">Features of the catalogue; the card takes every fifth, twelve in all.</param>
    public static byte[] Card(IReadOnlyList<string> names) => ModelFile.Write(new Scorecard(
        "bench-card", [.. Spread(names, CardInputs).Select((input, i) => new Characteristic(input, Bins(i), 40, null, 50, 52))], new PointsScale(600, 30, 20)));

    /// <param name="names">Features of the catalogue; the trees take every second, thirty in all.</param>
    /// <param name="seed">Another seed gives other trees.</param>
    public static byte[] Trees(IReadOnlyList<string> names, int seed = 12)
    {
        var random = new Random(seed);
        var inputs = Spread(names, TreeInputs);
        var trees = new TreeEnsemble([.. Enumerable.Range(0, TreeCount).Select(_ => ImmutableArray.Create(ModelRuns.Tree(random, inputs.Length)))], inputs.Length);
        return OnnxWriter.TreeClassifier(inputs, trees);
    }

    private static string[] Spread(IReadOnlyList<string> names, int count) => [.. Enumerable.Range(0, Math.Min(count, names.Count)).Select(i => names[(int)((long)i * names.Count / Math.Min(count, names.Count))])];

    public static byte[] Policy()
    {
        var rules = new StringBuilder();
        for (var i = 0; i < 11; i++)
        {
            rules.Append(CultureInfo.InvariantCulture, $"""
                <rule id="r{i}"><inputEntry><text>&gt; {0.999 - i * 0.00001}</text></inputEntry><inputEntry><text>&gt; {50_000 - 10 * i}</text></inputEntry><inputEntry><text>[{i}..{i + 1})</text></inputEntry><inputEntry><text>{(i % 3 == 0 ? "-" : "\"cash\"")}</text></inputEntry><outputEntry><text>"decline"</text></outputEntry><outputEntry><text>"R{i}"</text></outputEntry></rule>

                """);
        }
        return Encoding.UTF8.GetBytes($"""
            <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="bench" name="bench" namespace="creditgrains.bench">
              <decision id="request" name="Request"><decisionTable hitPolicy="FIRST">
                <input><inputExpression typeRef="number"><text>probability</text></inputExpression></input>
                <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
                <input><inputExpression typeRef="number"><text>utilisationAfter</text></inputExpression></input>
                <input><inputExpression typeRef="string"><text>channel</text></inputExpression></input>
                <output name="outcome" typeRef="string"/><output name="reason" typeRef="string"/>
            {rules}
                <rule id="rest"><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry><outputEntry/></rule>
              </decisionTable></decision>
            </definitions>
            """);
    }

    private static ImmutableArray<ScorecardBin> Bins(int seed) =>
    [
        new ScorecardBin(40 + seed, -0.5, double.NegativeInfinity, 0.1), new ScorecardBin(45 + seed, -0.2, 0.1, 1 + seed), new ScorecardBin(50, 0, 1 + seed, 100),
        new ScorecardBin(55, 0.3, 100, 10_000), new ScorecardBin(60, 0.6, 10_000),
    ];
}
