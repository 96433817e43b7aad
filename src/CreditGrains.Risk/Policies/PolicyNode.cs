using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>An input or a decision of a model.</summary>
/// <param name="Name">As in the model, blanks normalised.</param>
/// <param name="Type">Of its value.</param>
internal sealed record PolicyNode(string Name, PolicyType Type)
{
    /// <summary>Its logic; null of an input.</summary>
    public FeelExpression? Logic { get; set; }

    public string LogicText { get; set; } = "";

    /// <summary>Which places of its frame hold which nodes' values.</summary>
    public List<(int Place, int Node)> Requirements { get; } = [];

    public int PlaceCount { get; set; }

    /// <summary>Works a node out, with what it requires, each once.</summary>
    /// <param name="nodes">The model.</param>
    /// <param name="index">Which.</param>
    /// <param name="known">Values known so far.</param>
    /// <param name="inputs">Values of inputs by name; null for none.</param>
    /// <param name="trace">Where the rules that held are noted; null for nowhere.</param>
    public static FeelValue Evaluate(PolicyNode[] nodes, int index, FeelValue?[] known, FeelContext? inputs, PolicyTrace? trace)
    {
        if (known[index] is { } value) return value;
        var node = nodes[index];
        FeelValue made;
        if (node.Logic is null)
        {
            made = inputs is null ? FeelValue.Null : inputs[node.Name];
        }
        else
        {
            var frame = new FeelValue[node.PlaceCount];
            foreach (var (place, required) in node.Requirements) frame[place] = Evaluate(nodes, required, known, inputs, trace);
            made = node.Logic is DecisionTable table ? table.Evaluate(frame, trace) : node.Logic.Evaluate(frame);
        }

        if (trace is not null && node.Type.FaultOf(made) is { } fault) trace.Note(node.Name, fault);
        made = node.Type.Conform(made);
        known[index] = made;
        return made;
    }
}
