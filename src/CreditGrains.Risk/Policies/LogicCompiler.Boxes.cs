using System.Xml.Linq;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <content>Functions, conditionals, iterations and filters in boxes (DMN 1.4 §10.2).</content>
internal sealed partial class LogicCompiler
{
    private FunctionExpression Function(XElement element, FeelScope scope, string owner)
    {
        if (element.Get("kind") is { } kind && kind != "FEEL") throw DmnXml.Fault(element, "UnsupportedLanguage", $"functions of kind '{kind}' are not supported; write FEEL");
        List<FeelParameter> parameters = [.. element.Children("formalParameter").Select(parameter => new FeelParameter(FeelScope.Normal(parameter.Need("name")), types.Of(parameter)))];
        var first = scope.PlaceCount;
        foreach (var parameter in parameters) scope.Add(parameter.Name);
        var logic = LogicOf(element) ?? throw DmnXml.Fault(element, "NoLogic", "the function has no expression");
        var body = Compile(logic, scope, owner, PolicyType.Any);
        scope.Remove(parameters.Count);
        return new FunctionExpression(new FeelFunction(owner, parameters).With(body, types.Of(logic), first, 0));
    }

    private FeelExpression Part(XElement element, string name, FeelScope scope, string owner)
    {
        var part = element.Child(name) ?? throw DmnXml.Fault(element, "MissingPart", $"'{element.Name.LocalName}' has no '{name}'; add it");
        return Compile(LogicOf(part) ?? throw DmnXml.Fault(part, "NoLogic", $"'{name}' has no expression"), scope, owner, PolicyType.Any);
    }

    private IterationExpression Iteration(XElement element, FeelQuantifier quantifier, string bodyName, FeelScope scope, string owner)
    {
        var source = Part(element, "in", scope, owner);
        var iterator = new FeelIterator(scope.Add(element.Need("iteratorVariable")), source, null);
        var partial = scope.Add("partial");
        var body = Part(element, bodyName, scope, owner);
        scope.Remove(2);
        return new IterationExpression(quantifier, [iterator], body, quantifier == FeelQuantifier.Each ? partial : -1);
    }

    private FilterExpression Filter(XElement element, FeelScope scope, string owner)
    {
        var source = Part(element, "in", scope, owner);
        var place = scope.Add("item");
        scope.EnterFilter(place);
        var match = Part(element, "match", scope, owner);
        scope.LeaveFilter();
        scope.Remove(1);
        return new FilterExpression(source, place, match);
    }

    /// <summary>A conditional in boxes: a condition that is no boolean makes it null.</summary>
    private sealed class BoxedIfExpression(FeelExpression condition, FeelExpression then, FeelExpression otherwise) : FeelExpression
    {
        public override FeelValue Evaluate(FeelValue[] frame)
        {
            var holds = condition.Evaluate(frame);
            if (holds.Kind is not (FeelKind.Boolean or FeelKind.Null)) return FeelValue.Null;
            return holds.IsTrue ? then.Evaluate(frame) : otherwise.Evaluate(frame);
        }
    }
}
