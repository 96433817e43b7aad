using System.Security.Cryptography;
using System.Text;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>What a policy asks for.</summary>
/// <param name="Name">As in the model.</param>
/// <param name="TypeName">Name of its type.</param>
public sealed record PolicyInput(string Name, string TypeName)
{
    internal PolicyType Type { get; init; } = PolicyType.Any;

    /// <summary>A text as a value of this input: a date where one is meant, else the text.</summary>
    public FeelValue ReadText(string text) => Type.Kind switch
    {
        FeelKind.Date or FeelKind.DateTime or FeelKind.Time or FeelKind.DaysDuration or FeelKind.MonthsDuration => FeelCalendar.Read(text),
        FeelKind.Number => TextFunctions.Number([FeelValue.Of(text)]),
        FeelKind.Boolean => text switch { "true" => FeelValue.Of(true), "false" => FeelValue.Of(false), _ => FeelValue.Null },
        _ => FeelValue.Of(text),
    };
}

/// <summary>A decision that can be asked for.</summary>
/// <param name="Name">As in the model.</param>
/// <param name="TypeName">Name of the type it gives.</param>
/// <param name="Logic">Kind of its logic, with the hit policy and size of a table.</param>
/// <param name="Inputs">Names of the inputs it rests on, itself or through other decisions.</param>
public sealed record PolicyDecision(string Name, string TypeName, string Logic, IReadOnlyList<string> Inputs);

/// <summary>
/// A decision model, compiled from a DMN file. It never changes and may be used by several threads; each decision works out what it requires once. Money stays
/// decimal throughout. The same inputs always give the same: there is no clock, no chance, nothing outside.
/// </summary>
public sealed class Policy
{
    private readonly PolicyNode[] nodes;
    private readonly Dictionary<string, int> byName;
    private readonly IReadOnlyList<PolicyService> services;
    private readonly Lazy<IReadOnlyList<PolicyWarning>> warnings;

    internal Policy(string name, byte[] hash, PolicyNode[] nodes, IReadOnlyList<PolicyService> services, IReadOnlyList<PolicyWarning> warnings, IReadOnlyList<(int Line, string Owner, DecisionTable Table)> tables)
    {
        this.services = services;
        this.warnings = new(() => [.. warnings, .. tables.SelectMany(one => TableCheck.Of(one.Table).Select(text => new PolicyWarning(one.Line, one.Owner, text)))]);
        Name = name;
        Hash = Convert.ToHexStringLower(hash);
        this.nodes = nodes;
        byName = nodes.Index().Where(node => node.Item.Logic is not null).ToDictionary(node => node.Item.Name, node => node.Index, StringComparer.Ordinal);
        Inputs = [.. nodes.Where(node => node.Logic is null).Select(node => new PolicyInput(node.Name, node.Type.Name) { Type = node.Type })];
        Decisions = [.. nodes.Where(node => node.Logic is not null).Select(node => new PolicyDecision(node.Name, node.Type.Name, node.LogicText, InputsOf(node)))];
    }

    /// <summary>Name of the model.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the file, which names this version; 64 hexadecimal digits.</summary>
    public string Hash { get; }

    public IReadOnlyList<PolicyInput> Inputs { get; }

    public IReadOnlyList<PolicyDecision> Decisions { get; }

    /// <summary>What the model may say but hardly means; looked for when first asked.</summary>
    public IReadOnlyList<PolicyWarning> Warnings => warnings.Value;

    /// <summary>Reads and compiles a DMN file, version 1.1 to 1.5.</summary>
    /// <param name="text">Its content.</param>
    /// <exception cref="PolicyFault">The file is refused; the message says where and why. What is not supported is refused by name, never passed over.</exception>
    public static Policy Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return DmnCompiler.Compile(DmnXml.Read(new StringReader(text)), SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Makes a decision.</summary>
    /// <param name="decision">Its name.</param>
    /// <param name="inputs">Values by name; what is left out is null.</param>
    /// <param name="trace">Where the rules that held are noted; null for nowhere.</param>
    /// <returns>What the model says; null when it says nothing.</returns>
    /// <exception cref="PolicyFault">There is no such decision, or it takes more work than any policy needs.</exception>
    public FeelValue Decide(string decision, FeelContext inputs, PolicyTrace? trace = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        FeelBudget.Begin();
        try
        {
            if (byName.TryGetValue(decision, out var node)) return PolicyNode.Evaluate(nodes, node, new FeelValue?[nodes.Length], inputs, trace);
            if (services.FirstOrDefault(known => known.Name == decision) is { } service) return service.Decide(inputs, trace);
        }
        catch (FeelOverrunException overrun)
        {
            throw new PolicyFault("TooMuchWork", overrun.Message, 0, decision);
        }

        throw new PolicyFault("UnknownDecision", $"there is no decision '{decision}'; the model has {string.Join(", ", Decisions.Select(known => $"'{known.Name}'"))}");
    }

    /// <summary>Prepares a decision for being made again and again without allocation, by one thread at a time.</summary>
    /// <param name="decision">Its name.</param>
    /// <exception cref="PolicyFault">There is no such decision.</exception>
    public PolicySession Prepare(string decision)
    {
        if (!byName.TryGetValue(decision, out var node))
            throw new PolicyFault("UnknownDecision", $"there is no decision '{decision}'; the model has {string.Join(", ", Decisions.Select(known => $"'{known.Name}'"))}");
        return new PolicySession(nodes, node);
    }

    private List<string> InputsOf(PolicyNode node)
    {
        var isSeen = new bool[nodes.Length];
        var waiting = new Queue<PolicyNode>([node]);
        var inputs = new List<string>();
        while (waiting.TryDequeue(out var next))
        {
            foreach (var (_, required) in next.Requirements)
            {
                if (isSeen[required]) continue;
                isSeen[required] = true;
                if (nodes[required].Logic is null) inputs.Add(nodes[required].Name);
                else waiting.Enqueue(nodes[required]);
            }
        }

        return inputs;
    }
}
