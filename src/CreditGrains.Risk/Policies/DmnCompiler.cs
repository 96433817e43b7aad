using System.Xml.Linq;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>Compiles a model: its types, inputs, knowledge models, decision services and decisions, each with exactly the names it requires.</summary>
internal sealed class DmnCompiler
{
    private const int NodesMax = 10_000;
    private const int DepthMax = 200;
    private readonly XElement root;
    private readonly TypeBook types;
    private readonly List<PolicyNode> nodes = [];
    private readonly List<PolicyWarning> warnings = [];
    private readonly Dictionary<string, int> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, XElement> models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FeelCallable> made = new(StringComparer.Ordinal);
    private readonly HashSet<string> beingMade = new(StringComparer.Ordinal);
    private readonly List<PolicyService> services = [];
    private readonly List<(int Line, string Owner, DecisionTable Table)> tables = [];

    private DmnCompiler(XElement root)
    {
        this.root = root;
        types = new TypeBook(root);
    }

    /// <summary>Compiles.</summary>
    /// <exception cref="PolicyFault">The model is refused.</exception>
    public static Policy Compile(XElement root, byte[] hash)
    {
        if (root.Children("import").FirstOrDefault() is { } import) throw DmnXml.Fault(import, "UnsupportedImport", "imports are not supported; put everything into one model");
        var compiler = new DmnCompiler(root);
        compiler.Declare();
        compiler.Build();
        PolicyNode[] nodes = [.. compiler.nodes];
        foreach (var service in compiler.services) service.Graph = nodes;
        return new Policy(root.Get("name") ?? root.Get("id") ?? "", hash, nodes, compiler.services, compiler.warnings, compiler.tables);
    }

    private void Declare()
    {
        foreach (var input in root.Children("inputData")) Add(input);
        foreach (var model in root.Children("businessKnowledgeModel").Concat(root.Children("decisionService")))
            if (!models.TryAdd(model.Need("id"), model)) throw DmnXml.Fault(model, "IdTwice", $"two elements have the id '{model.Get("id")}'");
        foreach (var decision in root.Children("decision")) Add(decision);
        if (!root.Children("decision").Any()) throw DmnXml.Fault(root, "NoDecision", "the model has no decision");
    }

    private void Add(XElement element)
    {
        if (nodes.Count == NodesMax) throw DmnXml.Fault(element, "TooManyNodes", $"a model may have {NodesMax} inputs and decisions");
        var id = element.Get("id") ?? element.Need("name");
        if (!byId.TryAdd(id, nodes.Count)) throw DmnXml.Fault(element, "IdTwice", $"two elements have the id '{id}'");
        var name = NameOf(element);
        if (nodes.Exists(node => node.Name == name)) throw DmnXml.Fault(element, "NameTwice", $"two elements are called '{name}'; rename one");
        nodes.Add(new PolicyNode(name, types.Of(element.Child("variable"))));
    }

    private void Build()
    {
        foreach (var service in root.Children("decisionService")) Callable(service.Need("id"), service);
        var decisions = root.Children("decision").Select(decision => (Element: decision, Node: byId[decision.Get("id") ?? decision.Need("name")])).ToList();
        foreach (var (element, node) in decisions) Compile(element, nodes[node]);
        var isDone = new bool[nodes.Count];
        foreach (var (element, node) in decisions) CheckLoops(element, node, [], isDone);
    }

    private void Compile(XElement decision, PolicyNode node)
    {
        var compiler = new LogicCompiler(types, FunctionsOf(decision), warnings, tables);
        var scope = compiler.NewScope();
        foreach (var requirement in decision.Children("informationRequirement"))
        {
            var reference = requirement.Child("requiredInput") ?? requirement.Child("requiredDecision") ?? throw DmnXml.Fault(requirement, "EmptyRequirement", "the requirement names nothing");
            if (!byId.TryGetValue(reference.Target(), out var required)) throw DmnXml.Fault(reference, "UnknownReference", $"there is no element '{reference.Target()}'");
            node.Requirements.Add((scope.Add(nodes[required].Name), required));
        }

        if (LogicCompiler.LogicOf(decision) is not { } logic)
        {
            warnings.Add(new PolicyWarning(DmnXml.LineOf(decision), node.Name, "the decision has no logic, so it always gives null; give it a decision table or an expression"));
            (node.Logic, node.LogicText, node.PlaceCount) = (new ConstantExpression(FeelValue.Null), "none", scope.PlaceCount);
            return;
        }

        AddColumnsNotDrawn(logic, node, scope);
        node.Logic = compiler.Compile(logic, scope, node.Name, node.Type);
        node.LogicText = node.Logic is DecisionTable table ? $"decision table, {table.Policy}, {table.Rules.Count} rules, {table.InputCount} inputs, {table.OutputCount} outputs" : logic.Name.LocalName;
        node.PlaceCount = scope.PlaceCount;
    }

    /// <summary>A modeler writes tables whose inputs are no elements of the diagram: a column that tests nothing but a name, also one of several words or with dots, makes it an input.</summary>
    private void AddColumnsNotDrawn(XElement logic, PolicyNode node, FeelScope scope)
    {
        if (logic.Name.LocalName != "decisionTable") return;
        foreach (var expression in logic.Children("input").Select(input => input.Child("inputExpression")).OfType<XElement>())
        {
            var name = FeelScope.Normal(expression.Child("text")?.Value ?? "");
            if (!UndrawnName.IsOne(name) || scope.PlaceOf(name) >= 0 || scope.BeginsWithName(name)) continue;
            var known = nodes.FindIndex(other => other.Name == name);
            if (known >= 0 && (nodes[known].Logic is not null || root.Children("decision").Any(decision => NameOf(decision) == name)))
                throw DmnXml.Fault(expression, "UnknownName", $"'{name}' is a decision that this one does not require; draw the requirement");
            if (known < 0)
            {
                known = nodes.Count;
                nodes.Add(new PolicyNode(name, types.Of(expression)));
            }

            node.Requirements.Add((scope.Add(name), known));
        }
    }

    private Dictionary<string, FeelCallable> FunctionsOf(XElement element)
    {
        var functions = new Dictionary<string, FeelCallable>(StringComparer.Ordinal);
        foreach (var requirement in element.Children("knowledgeRequirement"))
        {
            var reference = requirement.Child("requiredKnowledge") ?? throw DmnXml.Fault(requirement, "EmptyRequirement", "the requirement names nothing");
            var function = Callable(reference.Target(), reference);
            functions[function.Name] = function;
        }

        return functions;
    }

    private FeelCallable Callable(string id, XElement at)
    {
        if (made.TryGetValue(id, out var known)) return known;
        if (!models.TryGetValue(id, out var model)) throw DmnXml.Fault(at, "UnknownReference", $"there is no business knowledge model or decision service '{id}'");
        if (model.Name.LocalName == "decisionService") return made[id] = Service(model);
        if (beingMade.Count > DepthMax) throw DmnXml.Fault(model, "TooDeep", $"more than {DepthMax} knowledge models rest on each other in a row");
        if (!beingMade.Add(id)) throw DmnXml.Fault(model, "RequirementLoop", "the knowledge models require each other in a loop; take one requirement out");
        var logic = model.Child("encapsulatedLogic") ?? throw DmnXml.Fault(model, "NoLogic", "the knowledge model has no logic");
        if (logic.Get("kind") is { } kind && kind != "FEEL") throw DmnXml.Fault(logic, "UnsupportedLanguage", $"functions of kind '{kind}' are not supported; write FEEL");
        var function = new FeelFunction(NameOf(model), [.. logic.Children("formalParameter").Select(parameter => new FeelParameter(FeelScope.Normal(parameter.Need("name")), types.Of(parameter)))]);
        var compiler = new LogicCompiler(types, FunctionsOf(model), warnings, tables);
        var scope = compiler.NewScope();
        foreach (var parameter in function.Parameters) scope.Add(parameter.Name);
        var body = LogicCompiler.LogicOf(logic) ?? throw DmnXml.Fault(logic, "NoLogic", "the knowledge model has no expression");
        var gives = types.Of(model.Child("variable")) is { Kind: not FeelKind.Function } declared && declared != PolicyType.Any ? declared : types.Of(body);
        var compiled = compiler.CompileAs(body, scope, function.Name, types.Of(body));
        beingMade.Remove(id);
        return made[id] = function.With(compiled, gives, 0, scope.PlaceCount);
    }

    private PolicyService Service(XElement element)
    {
        int[] Nodes(string name) => [.. element.Children(name).Select(reference => byId.TryGetValue(reference.Target(), out var node) ? node : throw DmnXml.Fault(reference, "UnknownReference", $"there is no element '{reference.Target()}'"))];
        var outputs = Nodes("outputDecision");
        if (outputs.Length == 0) throw DmnXml.Fault(element, "NoDecision", "the decision service gives nothing; name its output decisions");
        int[] inputs = [.. Nodes("inputData"), .. Nodes("inputDecision")];
        var service = new PolicyService(NameOf(element), inputs, [.. inputs.Select(node => new FeelParameter(nodes[node].Name, nodes[node].Type))], outputs, types.Of(element.Child("variable")));
        services.Add(service);
        return service;
    }

    private void CheckLoops(XElement element, int node, List<int> path, bool[] isDone)
    {
        if (isDone[node]) return;
        if (path.Contains(node)) throw DmnXml.Fault(element, "RequirementLoop", $"the decisions require each other in a loop: {string.Join(", ", path.Select(step => $"'{nodes[step].Name}'"))}");
        if (path.Count > DepthMax) throw DmnXml.Fault(element, "TooDeep", $"more than {DepthMax} decisions rest on each other in a row");
        path.Add(node);
        foreach (var (_, required) in nodes[node].Requirements) CheckLoops(element, required, path, isDone);
        path.RemoveAt(path.Count - 1);
        isDone[node] = true;
    }

    private static string NameOf(XElement element) => FeelScope.Normal(element.Child("variable")?.Get("name") ?? element.Need("name"));
}
