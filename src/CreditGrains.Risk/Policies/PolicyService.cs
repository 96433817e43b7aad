using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>A decision service (DMN 1.3 §10.4): decisions as a function of its inputs. What it rests on besides them is null.</summary>
internal sealed class PolicyService(string name, int[] inputs, IReadOnlyList<FeelParameter> parameters, int[] outputs, PolicyType type) : FeelCallable(name)
{
    /// <summary>The model's inputs and decisions, once compiled.</summary>
    public PolicyNode[] Graph { get; set; } = [];

    public override PolicyType Type => PolicyType.FunctionOf([.. parameters.Select(parameter => parameter.Type)], type);

    /// <summary>Names of its inputs.</summary>
    public IReadOnlyList<FeelParameter> Parameters => parameters;

    public override bool Takes(int count) => count == parameters.Count;

    public override int[]? Arrange(IReadOnlyList<string> names) => Arrange([.. parameters.Select(parameter => parameter.Name)], names);

    public override FeelValue Call(FeelValue[] arguments)
    {
        if (arguments.Length != parameters.Count) return FeelValue.Null;
        FeelBudget.Enter();
        try
        {
            var known = new FeelValue?[Graph.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                var argument = parameters[i].Type.Conform(arguments[i]);
                if (argument.IsNull && !arguments[i].IsNull) return FeelValue.Null;
                known[inputs[i]] = argument;
            }

            return Evaluate(known, null);
        }
        finally
        {
            FeelBudget.Leave();
        }
    }

    /// <summary>What it gives: of several decisions a context.</summary>
    public FeelValue Evaluate(FeelValue?[] known, PolicyTrace? trace)
    {
        if (outputs.Length == 1) return type.Conform(PolicyNode.Evaluate(Graph, outputs[0], known, null, trace));
        var all = new FeelContext();
        foreach (var output in outputs) all.Set(Graph[output].Name, PolicyNode.Evaluate(Graph, output, known, null, trace));
        return type.Conform(FeelValue.Of(all));
    }

    /// <summary>As asked from outside, with inputs by name.</summary>
    public FeelValue Decide(FeelContext given, PolicyTrace? trace)
    {
        var known = new FeelValue?[Graph.Length];
        for (var i = 0; i < inputs.Length; i++) known[inputs[i]] = parameters[i].Type.Conform(given[parameters[i].Name]);
        return Evaluate(known, trace);
    }
}
