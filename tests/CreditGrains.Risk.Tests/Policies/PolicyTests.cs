using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Tests.Policies;

/// <summary>Decision models: hit policies, requirements, types, and what is refused.</summary>
public sealed class PolicyTests
{
    private const string Head = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="test" id="t" namespace="n">""";

    [Theory]
    [InlineData("UNIQUE", "", 15, "null")]
    [InlineData("UNIQUE", "", 5, "\"low\"")]
    [InlineData("ANY", "", 15, "null")]
    [InlineData("FIRST", "", 15, "\"low\"")]
    [InlineData("PRIORITY", "", 15, "\"high\"")]
    [InlineData("RULE ORDER", "", 25, "[\"low\", \"high\", \"middle\"]")]
    [InlineData("OUTPUT ORDER", "", 25, "[\"high\", \"middle\", \"low\"]")]
    [InlineData("COLLECT", "", 15, "[\"low\", \"high\"]")]
    [InlineData("COLLECT", "COUNT", 25, "3")]
    [InlineData("COLLECT", "MIN", 25, "\"high\"")]
    [InlineData("COLLECT", "COUNT", -1, "0")]
    [InlineData("FIRST", "", -1, "null")]
    public void Table_SeveralRulesHold_IsByItsHitPolicy(string policy, string aggregation, int amount, string expected)
    {
        var model = Policy.Read(Table(policy, aggregation));
        Assert.Equal(expected, model.Decide("band", new FeelContext().Set("amount", FeelValue.Of(amount))).ToString());
    }

    [Fact]
    public void Decide_WithTrace_NamesTheRulesThatHeld()
    {
        var trace = new PolicyTrace();
        Policy.Read(Table("COLLECT", "")).Decide("band", new FeelContext().Set("amount", FeelValue.Of(15)), trace);
        Assert.Equal([("band", "r1"), ("band", "r2")], trace.Hits);
    }

    [Fact]
    public void Decide_ThroughRequirements_WorksThemOutFromTheInputs()
    {
        var model = Policy.Read($"""
            {Head}
              <inputData id="i" name="Monthly Income"><variable name="Monthly Income" typeRef="number"/></inputData>
              <businessKnowledgeModel id="k" name="share">
                <encapsulatedLogic><formalParameter name="of"/><formalParameter name="part"/><literalExpression><text>of * part / 100</text></literalExpression></encapsulatedLogic>
              </businessKnowledgeModel>
              <decision id="a" name="Affordable"><variable name="Affordable" typeRef="number"/>
                <informationRequirement><requiredInput href="#i"/></informationRequirement><knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
                <literalExpression><text>share(Monthly Income, 35)</text></literalExpression></decision>
              <decision id="b" name="Limit"><informationRequirement><requiredDecision href="#a"/></informationRequirement>
                <literalExpression><text>Affordable * 12</text></literalExpression></decision>
            </definitions>
            """);
        Assert.Equal("4200", model.Decide("Limit", new FeelContext().Set("Monthly Income", FeelValue.Of(1_000))).ToString());
        Assert.Equal(["Monthly Income"], model.Decisions.Single(decision => decision.Name == "Limit").Inputs);
        Assert.Equal("UnknownDecision", Assert.Throws<PolicyFault>(() => model.Decide("limit", new FeelContext())).Name);
    }

    [Fact]
    public void Decide_InputOfAnotherType_IsNullAndNoted()
    {
        var trace = new PolicyTrace();
        Assert.True(Policy.Read(Table("FIRST", "")).Decide("band", new FeelContext().Set("amount", FeelValue.Of("5")), trace).IsNull);
        Assert.Contains(trace.Notes, note => note.Decision == "amount");
    }

    [Fact]
    public void Read_TableWithoutDrawnInputs_TakesItsColumnsAsInputs()
    {
        var model = Policy.Read($"""
            {Head}<decision id="d" name="Dish"><decisionTable id="x"><input id="c"><inputExpression typeRef="string"><text>season</text></inputExpression></input>
              <output id="o" name="dish" typeRef="string"/><rule id="r"><inputEntry><text>"Fall"</text></inputEntry><outputEntry><text>"Spareribs"</text></outputEntry></rule></decisionTable></decision></definitions>
            """);
        Assert.Equal(["season"], model.Inputs.Select(input => input.Name));
        Assert.Equal("\"Spareribs\"", model.Decide("Dish", new FeelContext().Set("season", FeelValue.Of("Fall"))).ToString());
    }

    [Theory]
    [InlineData("", "MalformedXml")]
    [InlineData("<definitions", "MalformedXml")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><definitions/>", "DocumentTypeRefused")]
    [InlineData("<model/>", "NoDmn")]
    [InlineData("<definitions xmlns=\"urn:other\"/>", "UnknownVersion")]
    public void Read_NoModel_IsRefusedByName(string text, string name) => Assert.Equal(name, Assert.Throws<PolicyFault>(() => Policy.Read(text)).Name);

    [Theory]
    [InlineData("", "NoDecision")]
    [InlineData("<decision id='d' name='D'><literalExpression><text>x + 1</text></literalExpression></decision>", "UnknownName")]
    [InlineData("<decision id='d' name='D'><variable name='D' typeRef='tNone'/><literalExpression><text>1</text></literalExpression></decision>", "UnknownType")]
    [InlineData("<decision id='d' name='D'><functionDefinition/></decision>", "NoLogic")]
    [InlineData("<decision id='d' name='D'><functionDefinition kind='Java'/></decision>", "UnsupportedLanguage")]
    [InlineData("<decision id='d' name='D'><conditional/></decision>", "MissingPart")]
    [InlineData("<decision id='d' name='D'><literalExpression><text>count(for i in 1..99999 return 1) + max(for i in 1..99999 return i) in [sum(2), x]</text></literalExpression></decision>", "UnknownName")]
    [InlineData("<decision id='d' name='D'><informationRequirement><requiredDecision href='#d'/></informationRequirement><literalExpression><text>1</text></literalExpression></decision>", "RequirementLoop")]
    [InlineData("<decision id='d' name='D'><informationRequirement><requiredInput href='#none'/></informationRequirement><literalExpression><text>1</text></literalExpression></decision>", "UnknownReference")]
    [InlineData("<decision id='d' name='D'><decisionTable hitPolicy='SOME'><output/></decisionTable></decision>", "UnknownHitPolicy")]
    [InlineData("<decision id='d' name='D'><decisionTable/></decision>", "NoOutput")]
    [InlineData("<decision id='d' name='D'><decisionTable hitPolicy='PRIORITY'><output/></decisionTable></decision>", "NoOutputValues")]
    [InlineData("<decision id='d' name='D'><decisionTable><output/><rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>", "WrongEntries")]
    [InlineData("<import name='x'/><decision id='d' name='D'><literalExpression><text>1</text></literalExpression></decision>", "UnsupportedImport")]
    [InlineData("<itemDefinition name='t'><typeRef>t</typeRef></itemDefinition><decision id='d' name='D'><variable name='D' typeRef='t'/><literalExpression><text>1</text></literalExpression></decision>", "TypeWithoutEnd")]
    public void Read_WrongModel_IsRefusedByNameWithItsLine(string body, string name)
    {
        var fault = Assert.Throws<PolicyFault>(() => Policy.Read($"{Head}\n{body}</definitions>"));
        Assert.Equal(name, fault.Name);
        Assert.InRange(fault.Line, 1, 2);
    }

    [Theory]
    [InlineData("customer.age", "customer.age")]
    [InlineData("Monthly  Income", "Monthly Income")]
    [InlineData("date of birth", "date of birth")]
    [InlineData("count", "count")]
    [InlineData("客户 年收入", "客户 年收入")]
    [InlineData("einkommen.brutto monat", "einkommen.brutto monat")]
    public void Read_ColumnNamedWithDotsOrBlanks_IsAnInput(string column, string name)
    {
        var model = Policy.Read($"""{Head}<decision id="d" name="D"><decisionTable><input><inputExpression typeRef="number"><text>{column}</text></inputExpression></input><output/><rule><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>{column} + 1</text></outputEntry></rule></decisionTable></decision></definitions>""");
        Assert.Equal([name], model.Inputs.Select(input => input.Name));
        Assert.Equal("6", model.Decide("D", new FeelContext().Set(name, FeelValue.Of(5))).ToString());
    }

    [Fact]
    public void Table_ConditionsInSeveralColumns_EachAsksForItsOwnValue()
    {
        var model = Policy.Read($"""
            {Head}<decision id="d" name="D"><decisionTable><input><inputExpression typeRef="number"><text>a</text></inputExpression></input><input><inputExpression typeRef="number"><text>b</text></inputExpression></input><output/>
            <rule><inputEntry><text>? &gt; 10</text></inputEntry><inputEntry><text>? &lt; 10</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>
            """);
        Assert.Equal("1", model.Decide("D", new FeelContext().Set("a", FeelValue.Of(11)).Set("b", FeelValue.Of(1))).ToString());
        Assert.Equal("null", model.Decide("D", new FeelContext().Set("a", FeelValue.Of(1)).Set("b", FeelValue.Of(1))).ToString());
    }

    [Theory]
    [InlineData("<conditional><if><literalExpression><text>1 &gt; 2</text></literalExpression></if><then><literalExpression><text>1</text></literalExpression></then><else><literalExpression><text>2</text></literalExpression></else></conditional>", "2")]
    [InlineData("<for iteratorVariable='i'><in><literalExpression><text>[1, 2]</text></literalExpression></in><return><literalExpression><text>i * 2 + count(partial)</text></literalExpression></return></for>", "[2, 5]")]
    [InlineData("<some iteratorVariable='i'><in><literalExpression><text>[1, 2]</text></literalExpression></in><satisfies><literalExpression><text>i &gt; 1</text></literalExpression></satisfies></some>", "true")]
    [InlineData("<filter><in><literalExpression><text>[{a: 1}, {a: 2}]</text></literalExpression></in><match><literalExpression><text>a &gt; 1</text></literalExpression></match></filter>", "[{a: 2}]")]
    [InlineData("<literalExpression><text>date(1, 2)</text></literalExpression>", "null")]
    public void Logic_InBoxes_GivesWhatItSays(string logic, string expected) =>
        Assert.Equal(expected, Policy.Read($"{Head}<decision id='d' name='D'>{logic}</decision></definitions>").Decide("D", new FeelContext()).ToString());

    [Fact]
    public void Warnings_NameCallsThatAreAlwaysNullAndDecisionsWithoutLogic()
    {
        var model = Policy.Read($"{Head}\n<decision id='d' name='D'><literalExpression><text>substring(\"a\")</text></literalExpression></decision>\n<decision id='e' name='E'/></definitions>");
        Assert.Equal([2, 3], model.Warnings.Select(warning => warning.Line));
        Assert.Contains("substring(string, start position, length?)", model.Warnings[0].Text, StringComparison.Ordinal);
        Assert.Contains("no logic", model.Warnings[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Service_Called_SeesItsInputsOnly()
    {
        var model = Policy.Read($"""
            {Head}<inputData id="i" name="x"/><inputData id="j" name="y"/>
            <decision id="in" name="In"><informationRequirement><requiredInput href="#i"/></informationRequirement><informationRequirement><requiredInput href="#j"/></informationRequirement><literalExpression><text>if y = null then x + 1 else 0</text></literalExpression></decision>
            <decisionService id="s" name="S"><outputDecision href="#in"/><inputData href="#i"/></decisionService>
            <decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement><literalExpression><text>S(4) + S(x: 1)</text></literalExpression></decision></definitions>
            """);
        Assert.Equal("7", model.Decide("D", new FeelContext().Set("y", FeelValue.Of(5))).ToString());
        Assert.Equal("5", model.Decide("S", new FeelContext().Set("x", FeelValue.Of(4))).ToString());
    }

    [Fact]
    public void Decide_WorkWithoutEnd_IsGivenUpByName()
    {
        var model = Policy.Read($"{Head}<decision id='d' name='D'><literalExpression><text>count(for i in 1..9999 return for j in 1..9999 return j)</text></literalExpression></decision></definitions>");
        Assert.Equal("TooMuchWork", Assert.Throws<PolicyFault>(() => model.Decide("D", new FeelContext())).Name);
    }

    [Fact]
    public void Read_NestedTooDeep_IsRefused()
    {
        var text = Head + string.Concat(Enumerable.Repeat("<list>", 10_000)) + string.Concat(Enumerable.Repeat("</list>", 10_000)) + "</definitions>";
        Assert.Equal("TooDeep", Assert.Throws<PolicyFault>(() => Policy.Read(text)).Name);
    }

    [Fact]
    public void Read_DecisionsInDiamonds_TakeNoLongerThanTheirNumber()
    {
        // Each of 60 layers requires the one before twice: 2^60 ways through.
        var layers = string.Concat(Enumerable.Range(1, 60).Select(i => $"""
            <decision id="a{i}" name="A{i}"><informationRequirement><requiredDecision href="#a{i - 1}"/></informationRequirement><informationRequirement><requiredDecision href="#b{i - 1}"/></informationRequirement><literalExpression><text>A{i - 1} + B{i - 1}</text></literalExpression></decision>
            <decision id="b{i}" name="B{i}"><informationRequirement><requiredDecision href="#a{i - 1}"/></informationRequirement><informationRequirement><requiredDecision href="#b{i - 1}"/></informationRequirement><literalExpression><text>A{i - 1} + B{i - 1}</text></literalExpression></decision>
            """));
        var model = Policy.Read($"""{Head}<decision id="a0" name="A0"><literalExpression><text>1</text></literalExpression></decision><decision id="b0" name="B0"><literalExpression><text>1</text></literalExpression></decision>{layers}</definitions>""");
        Assert.Equal((1L << 60).ToString(System.Globalization.CultureInfo.InvariantCulture), model.Decide("A60", new FeelContext()).ToString());
    }

    private static string Table(string policy, string aggregation) => $"""
        {Head}
          <inputData id="i" name="amount"><variable name="amount" typeRef="number"/></inputData>
          <decision id="d" name="band"><informationRequirement><requiredInput href="#i"/></informationRequirement>
            <decisionTable hitPolicy="{policy}" {(aggregation.Length > 0 ? $"aggregation=\"{aggregation}\"" : "")}>
              <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
              <output><outputValues><text>"high", "middle", "low"</text></outputValues></output>
              <rule id="r1"><inputEntry><text>&gt;= 0</text></inputEntry><outputEntry><text>"low"</text></outputEntry></rule>
              <rule id="r2"><inputEntry><text>[10..30]</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule>
              <rule id="r3"><inputEntry><text>&gt; 20</text></inputEntry><outputEntry><text>"middle"</text></outputEntry></rule>
            </decisionTable></decision>
        </definitions>
        """;
}
