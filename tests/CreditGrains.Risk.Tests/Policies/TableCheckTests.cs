using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Tests.Policies;

/// <summary>What is said of tables that leave something out or say it twice.</summary>
public sealed class TableCheckTests
{
    [Theory]
    [InlineData("UNIQUE", "< 10|>= 10", "")]
    [InlineData("UNIQUE", "< 10|> 10", "no rule holds for a: 10")]
    [InlineData("UNIQUE", "<= 10|>= 10", "rule 1 (r1) and rule 2 (r2) overlap, such as for a: 10")]
    [InlineData("UNIQUE", "[0..10)|[20..30]", "no rule holds for a: < 0;no rule holds for a: [10..20);no rule holds for a: > 30")]
    [InlineData("UNIQUE", "-|> 10", "rule 1 (r1) and rule 2 (r2) overlap, such as for a: > 10")]
    [InlineData("FIRST", "> 10|> 20|-", "rule 2 (r2) is never reached: rule 1 (r1) holds wherever it does")]
    [InlineData("FIRST", "> 20|> 10|-", "")]
    [InlineData("ANY", "-|> 10", "rule 1 (r1) and rule 2 (r2) overlap and give different outputs, such as for a: > 10")]
    [InlineData("COLLECT", "> 10|> 20", "")]
    [InlineData("UNIQUE", "[10..5]|-", "rule 1 (r1) never holds: no value of 'a' passes its test")]
    [InlineData("UNIQUE", "null|-", "")]
    [InlineData("UNIQUE", "not(1, 2)|1|2", "")]
    [InlineData("UNIQUE", "sum([a])|1", "")]
    public void Column_OfNumbers(string policy, string tests, string expected) => Says(Table(policy, [("a", "number", "")], tests.Split('|').Select(test => new[] { test })), expected);

    [Theory]
    [InlineData("\"x\"|\"y\"", "", "no rule holds for a: any other")]
    [InlineData("\"x\"|\"y\"", "\"x\", \"y\"", "")]
    [InlineData("\"x\"", "\"x\", \"y\", \"z\"", "no rule holds for a: \"y\" or \"z\"")]
    [InlineData("not(\"x\")|\"x\"", "", "")]
    public void Column_OfTexts(string tests, string values, string expected) => Says(Table("UNIQUE", [("a", "string", values)], tests.Split('|').Select(test => new[] { test })), expected);

    [Fact]
    public void Columns_Together_NameTheRegion() => Says(
        Table("UNIQUE", [("a", "number", ""), ("b", "boolean", "")], [["< 18", "-"], [">= 18", "true"]]), "no rule holds for a: >= 18, b: false");

    [Fact]
    public void Columns_Dates_AreWholeDays() => Says(
        Table("UNIQUE", [("a", "date", "")], [["< date(\"2026-01-01\")"], [">= date(\"2026-01-02\")"]]), "no rule holds for a: @\"2026-01-01\"");

    [Fact]
    public void Table_WithDefaultOrTooLarge_IsLeftAloneOrSaid()
    {
        Says(Table("UNIQUE", [("a", "number", "")], [["> 10"]], otherwise: "0"), "");
        Assert.Contains("at most 1000", Policy.Read(Table("UNIQUE", [("a", "number", "")], Enumerable.Range(0, 1_001).Select(i => new[] { $"{i}" }))).Warnings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_OfManyColumns_IsGivenUpInBoundedTime()
    {
        // Each rule tests one column: the sweep would double with every column.
        var columns = Enumerable.Range(0, 40).Select(i => ($"c{i}", "number", "")).ToArray();
        var rules = Enumerable.Range(0, 40).Select(r => columns.Select((_, c) => c == r ? $"> {r}" : c == (r + 7) % 40 ? $"< {r + 3}" : "-").ToArray());
        Assert.Contains(Policy.Read(Table("PRIORITY", columns, rules, values: string.Join(", ", Enumerable.Range(0, 40)))).Warnings, warning => warning.Text.Contains("given up", StringComparison.Ordinal) || warning.Text.Contains("no rule holds", StringComparison.Ordinal));
    }

    private static void Says(string model, string expected) => Assert.Equal(expected, string.Join(';', Policy.Read(model).Warnings.Select(warning => warning.Text)));

    private static string Table(string policy, (string Name, string Type, string Values)[] columns, IEnumerable<string[]> rules, string otherwise = "", string values = "")
    {
        static string Text(string text) => $"<text>{System.Security.SecurityElement.Escape(text)}</text>";
        var inputs = string.Concat(columns.Select(one => $"<input><inputExpression typeRef='{one.Type}'>{Text(one.Name)}</inputExpression>{(one.Values.Length > 0 ? $"<inputValues>{Text(one.Values)}</inputValues>" : "")}</input>"));
        var rows = string.Concat(rules.Select((rule, i) => $"<rule id='r{i + 1}'>{string.Concat(rule.Select(test => $"<inputEntry>{Text(test)}</inputEntry>"))}<outputEntry>{Text($"{i}")}</outputEntry></rule>"));
        return $"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='t' id='t' namespace='n'><decision id='d' name='d'><decisionTable hitPolicy='{policy}'>{inputs}<output>{(values.Length > 0 ? $"<outputValues>{Text(values)}</outputValues>" : "")}{(otherwise.Length > 0 ? $"<defaultOutputEntry>{Text(otherwise)}</defaultOutputEntry>" : "")}</output>{rows}</decisionTable></decision></definitions>";
    }
}
