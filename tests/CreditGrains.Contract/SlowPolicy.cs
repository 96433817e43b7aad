namespace CreditGrains.Contract;

/// <summary>A policy of some thousands of steps a decision, so that a backtest runs while something else happens: over twenty thousand requests it takes minutes.</summary>
internal static class SlowPolicy
{
    /// <summary>Name of its decision.</summary>
    public const string Decision = "Request";

    /// <summary>Approves whatever is asked.</summary>
    public const string Dmn = """
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
          <inputData id="a" name="amount"><variable name="amount" typeRef="number"/></inputData>
          <decision id="r" name="Request"><informationRequirement><requiredInput href="#a"/></informationRequirement><decisionTable hitPolicy="FIRST">
            <input><inputExpression typeRef="number"><text>count(for i in 1..10000 return i + amount)</text></inputExpression></input><output typeRef="string"/>
            <rule id="any"><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>
          </decisionTable></decision>
        </definitions>
        """;
}
