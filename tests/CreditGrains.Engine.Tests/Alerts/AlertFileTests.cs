using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CreditGrains.Engine.Alerts;
using CreditGrains.Securitisation;
using static CreditGrains.Engine.Tests.Alerts.WatchedWorld;

namespace CreditGrains.Engine.Tests.Alerts;

/// <summary>Files of rules: what is taken, and what a wrong one is told.</summary>
public sealed class AlertFileTests
{
    private const string Good = "\"raise\": 0.9, \"clear\": 0.8";

    [Fact]
    public void Example_OfTheDocuments_IsTaken()
    {
        var rules = AlertFile.Parse(File.ReadAllBytes(Path.Combine(Docs(), "examples", "alerts.json")));
        Assert.Equal(9, rules.Rules.Length);
        Assert.Equal(Enum.GetValues<AlertFigure>().Except([AlertFigure.Decisions]).Order(), rules.Rules.Select(rule => rule.Figure).Distinct().Order());
    }

    [Fact]
    public void Schema_KnowsTheWordsOfTheReader()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Docs(), "alerts.schema.json")));
        var rule = schema.RootElement.GetProperty("$defs").GetProperty("rule").GetProperty("properties");
        string[] Words(JsonElement part) => [.. part.GetProperty("enum").EnumerateArray().Select(word => word.GetString()!)];
        string[] Camel<T>()
            where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..])];
        Assert.Equal(Camel<AlertFigure>(), Words(rule.GetProperty("figure")));
        Assert.Equal(Camel<AlertSeverity>(), Words(rule.GetProperty("severity")));
        Assert.Equal(Camel<Domain.Limits.NodeKind>().Except(["none"]), Words(schema.RootElement.GetProperty("$defs").GetProperty("scope").GetProperty("properties").GetProperty("kind")));
    }

    [Theory]
    [InlineData("utilisation", """{ "tenant": 1 }""", Good, "", "rules[0].of.tenant: a tenant has no limit of its own; write kind or node")]
    [InlineData("utilisation", """{ "kind": "castle" }""", Good, "", "rules[0].of.kind: 'castle' is not known; write one of")]
    [InlineData("utilisation", """{ "node": "Enterprise/1/601" }""", Good, "", "rules[0].of.node: 'Enterprise/1/601' is no node; write KIND/TENANT/ENTITY/ID")]
    [InlineData("utilisation", """{ "node": "3/1/1/601" }""", Good, "", "rules[0].of.node: '3/1/1/601' is no node")]
    [InlineData("utilisation", """{ "node": "Enterprise/1/1/601", "kind": "pool" }""", Good, "", "rules[0].of: write exactly one of tenant, kind and node")]
    [InlineData("utilisation", """{ }""", Good, "", "rules[0].of: write exactly one of tenant, kind and node")]
    [InlineData("utilisation", """{ "kind": "enterprise" }""", "\"raise\": 0.8, \"clear\": 0.9", "", "rules[0].clear: clear lies above raise")]
    [InlineData("utilisation", """{ "kind": "enterprise" }""", "\"raise\": 0", "", "rules[0].raise: every figure is at or above this")]
    [InlineData("utilisation", """{ "kind": "enterprise" }""", Good, "\"window\": \"1m\"", "rules[0].window: this figure is of one moment and has no window")]
    [InlineData("utilisation", """{ "kind": "enterprise" }""", Good, "\"trigger\": \"x\"", "rules[0].trigger: only triggerDistance looks at a trigger")]
    [InlineData("utilisation", """{ "kind": "enterprise" }""", Good, "\"per\": \"loan\"", "rules[0].per: only daysPastDue and bucket")]
    [InlineData("utilisation", """{ "kind": "enterprise" }""", Good, "\"colour\": 1", "rules[0].colour: the field is not known; here belong")]
    [InlineData("load", """{ "kind": "enterprise" }""", Good, "", "rules[0].figure: 'load' is not known; write one of utilisation")]
    [InlineData("declines", """{ "tenant": 0 }""", "\"raise\": 3", "\"window\": \"1m\"", "rules[0].of.tenant: write a tenant, 1 to 65535")]
    [InlineData("declines", """{ "tenant": 1 }""", "\"raise\": 3", "", "rules[0].window: the field is missing")]
    [InlineData("declines", """{ "tenant": 1 }""", "\"raise\": 3", "\"window\": \"32d\"", "rules[0].window: '32d' is no window")]
    [InlineData("declines", """{ "tenant": 1 }""", "\"raise\": 3", "\"window\": \"-1m\"", "rules[0].window: '-1m' is no window")]
    [InlineData("exposureGrowth", """{ "kind": "borrower" }""", "\"raise\": 3", "\"window\": \"1m\"", "rules[0].of.kind: growth is kept for nodes above borrowers")]
    [InlineData("triggerDistance", """{ "kind": "enterprise" }""", "\"raise\": 0.01", "", "rules[0].of.kind: only pools have triggers")]
    [InlineData("triggerDistance", """{ "kind": "pool" }""", "\"raise\": 0.02, \"clear\": 0.01", "", "rules[0].clear: clear lies below raise")]
    [InlineData("bucket", """{ "kind": "facility" }""", "\"raise\": 2", "", "rules[0].of.kind: lateness is looked at loan by loan")]
    public void Rule_ThatIsWrong_IsRefusedWithPathAndFix(string figure, string of, string levels, string more, string expected)
    {
        var fault = Assert.Throws<InvalidInputException>(() => RulesOf(Rule("r", figure, of, levels, more)));
        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "this is no JSON")]
    [InlineData("[]", "an object in { } belongs here")]
    [InlineData("""{ "name": "t", "rules": [] }""", "rules: there are 0 rules; write 1 to 256")]
    [InlineData("""{ "name": "t", "rules": 7 }""", "rules: an array in [ ] belongs here")]
    public void File_ThatIsWrong_IsRefused(string json, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<InvalidInputException>(() => AlertFile.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_GivenTwice_AndPlacesUnknown_AreRefused()
    {
        var rule = Rule("r", "utilisation", """{ "kind": "enterprise" }""", Good);
        Assert.StartsWith("rules[1].name: 'r' is the name of an earlier rule", Assert.Throws<InvalidInputException>(() => RulesOf(rule, rule)).Message, StringComparison.Ordinal);
        Assert.StartsWith("rules[0].text.en: what stands in { } is not known", Assert.Throws<InvalidInputException>(() => RulesOf(rule.Replace("{subject}: {figure}", "{who}", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    private static string Docs([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs"));
}
