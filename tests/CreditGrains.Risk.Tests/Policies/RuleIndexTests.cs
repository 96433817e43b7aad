using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Tests.Policies;

/// <summary>Tables look values up in an index of each column; a table of one rule has none. Random tables must say of each rule what it says alone.</summary>
public sealed class RuleIndexTests
{
    private static readonly string[] Numbers =
    [
        "-", "> 5", "<= 2.5", "[1..3)", "(1..4]", "]0..1[", "not(3)", "1, 2, 3", "null", "0.1", "0.10", ">= 7922816251426433759354395033", "< -7922816251426433759354395033", "> 0.0000000000000000000000000001",
        "[2..1]", "not(> 2, < 1)", "5", "> 0.3333333333333333333333333333", "< 0.3333333333333333333333333334", "> a", "sum([a, 1])", "? > 2 and ? < 4", "< -1", "[5..7]", "not([2..4])",
    ];

    private static readonly string[] Texts = ["-", "\"x\"", "\"y\", \"z\"", "not(\"x\")", "not(\"x\", \"y\")", "null", "\"\"", "> \"m\"", "string length(?) > 1"];
    private static readonly string[] Names = ["a", "b", "c", "e"];
    private static readonly string[] Booleans = ["-", "true", "false", "not(true)", "null"];

    private static readonly FeelValue[] Values =
    [
        FeelValue.Null, FeelValue.Of(0), FeelValue.Of(1), FeelValue.Of(1.0m), FeelValue.Of(2), FeelValue.Of(2.5m), FeelValue.Of(2.5000000000000000000000000001m), FeelValue.Of(3), FeelValue.Of(3.7m), FeelValue.Of(4), FeelValue.Of(5),
        FeelValue.Of(6), FeelValue.Of(-1), FeelValue.Of(-2), FeelValue.Of(0.1m), FeelValue.Of(decimal.MaxValue), FeelValue.Of(decimal.MinValue), FeelValue.Of(0.0000000000000000000000000001m), FeelValue.Of(1m / 3), FeelValue.Of(1m / 3 + 0.0000000000000000000000000001m),
        FeelValue.Of("x"), FeelValue.Of("y"), FeelValue.Of("z"), FeelValue.Of("xyz"), FeelValue.Of(""), FeelValue.Of("yz\uFFFF"), FeelValue.Of(true), FeelValue.Of(false), FeelValue.Of([FeelValue.Of(1)]),
    ];

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    public void Table_OfRandomTests_HoldsWhereEachRuleHoldsAlone(int length)
    {
        var random = new Random(length);
        var isHeld = 0;
        for (var round = 0; round < 12; round++)
        {
            string[][] columns = [Numbers, Numbers, Texts, Booleans];
            // Some tables have only tests that an index can settle.
            var simple = round % 3 == 0;
            string Draw(string[] tests) => tests[simple ? random.Next(4) : random.Next(tests.Length)];
            var rules = Enumerable.Range(0, length).Select(_ => columns.Select(tests => random.Next(3) == 0 ? "-" : Draw(tests)).ToArray()).ToArray();
            var whole = Policy.Read(Table("COLLECT", rules)).Prepare("d");
            var first = Policy.Read(Table("FIRST", rules)).Prepare("d");
            var alone = rules.Select(rule => Policy.Read(Table("FIRST", [rule])).Prepare("d")).ToArray();
            for (var i = 0; i < 60; i++)
            {
                var values = columns.Select(_ => Values[random.Next(Values.Length)]).ToArray();
                var expected = Enumerable.Range(0, length).Where(r => !Decide(alone[r], values).IsNull).ToArray();
                isHeld += expected.Length;
                Assert.Equal(expected.Length == 0 ? "null" : $"[{string.Join(", ", expected)}]", Decide(whole, values).ToString());
                Assert.Equal(expected.Length == 0 ? "null" : $"{expected[0]}", Decide(first, values).ToString());
            }
        }

        Assert.True(isHeld > 100, "rules must hold, or nothing is tested");
    }

    private static FeelValue Decide(PolicySession session, FeelValue[] values)
    {
        for (var i = 0; i < session.Inputs.Count; i++) session.Set(i, values[Array.IndexOf(Names, session.Inputs[i])]);
        return session.Decide();
    }

    private static string Table(string policy, string[][] rules)
    {
        static string Text(string text) => $"<text>{System.Security.SecurityElement.Escape(text)}</text>";
        var inputs = string.Concat(Names.Take(rules[0].Length).Select(name => $"<input><inputExpression>{Text(name)}</inputExpression></input>"));
        var rows = string.Concat(rules.Select((rule, i) => $"<rule id='r{i}'>{string.Concat(rule.Select(test => $"<inputEntry>{Text(test)}</inputEntry>"))}<outputEntry>{Text($"{(rules.Length == 1 ? "1" : $"{i}")}")}</outputEntry></rule>"));
        return $"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='t' id='t' namespace='n'><decision id='d' name='d'><decisionTable hitPolicy='{policy}'>{inputs}<output/>{rows}</decisionTable></decision></definitions>";
    }
}
