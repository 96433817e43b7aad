using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>
/// One decision of a policy with its places of memory: inputs are set by number, then it is decided. What it requires is worked out once each, in an order fixed
/// beforehand. Allocates nothing where the logic itself does not. One thread at a time.
/// </summary>
public sealed class PolicySession
{
    private readonly PolicyNode[] nodes;
    private readonly int[] steps;
    private readonly int[] inputs;
    private readonly FeelValue[][] frames;
    private readonly FeelValue[] values;
    private readonly int decision;

    internal PolicySession(PolicyNode[] nodes, int decision)
    {
        this.nodes = nodes;
        this.decision = decision;
        var order = new List<int>();
        Visit(decision, order, new bool[nodes.Length]);
        steps = [.. order.Where(node => nodes[node].Logic is not null)];
        inputs = [.. order.Where(node => nodes[node].Logic is null)];
        frames = [.. nodes.Select(node => new FeelValue[node.PlaceCount])];
        values = new FeelValue[nodes.Length];
        Inputs = [.. inputs.Select(node => nodes[node].Name)];
    }

    /// <summary>Names of the inputs it rests on; their numbers are their places here.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>What led to the decision made last.</summary>
    public PolicyTrace Trace { get; } = new();

    /// <summary>Sets an input for the decisions to come, until it is set again.</summary>
    /// <param name="input">Its number, 0 to the count of <see cref="Inputs"/> less one.</param>
    /// <param name="value">A value of another type than the model asks for counts as null.</param>
    public void Set(int input, in FeelValue value) => values[inputs[input]] = nodes[inputs[input]].Type.Conform(value);

    /// <summary>Decides.</summary>
    /// <returns>What the model says; null when it says nothing.</returns>
    /// <exception cref="FeelOverrunException">It takes more work than any policy needs.</exception>
    public FeelValue Decide()
    {
        Trace.Clear();
        FeelBudget.Begin(FeelBudget.SessionStepsMax);
        foreach (var step in steps)
        {
            var node = nodes[step];
            var frame = frames[step];
            var requirements = node.Requirements;
            for (var i = 0; i < requirements.Count; i++) frame[requirements[i].Place] = values[requirements[i].Node];
            values[step] = node.Type.Conform(node.Logic is DecisionTable table ? table.Evaluate(frame, Trace) : node.Logic!.Evaluate(frame));
        }

        return values[decision];
    }

    private void Visit(int node, List<int> order, bool[] isSeen)
    {
        if (isSeen[node]) return;
        isSeen[node] = true;
        foreach (var (_, required) in nodes[node].Requirements) Visit(required, order, isSeen);
        order.Add(node);
    }
}
