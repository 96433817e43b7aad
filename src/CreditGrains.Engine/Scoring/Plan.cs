using System.Text;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tables;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Engine.Scoring;

/// <summary>A model in a plan: where each of its inputs comes from.</summary>
internal sealed record BoundModel(VersionName Name, ScoringModel Scoring, int[] Sources);

/// <summary>A policy in a plan: a session of its own and where each input comes from.</summary>
internal sealed class BoundPolicy(VersionName name, PolicySession session, int[] sources)
{
    public VersionName Name => name;
    public PolicySession Session => session;
    public int[] Sources => sources;

    /// <summary>The context that the policy gave last, and what it says: a table gives the same one each time for a rule whose outputs are constants.</summary>
    public (FeelContext? Given, PolicyAnswer Answer) Last { get; set; }

    /// <summary>Reasons given before, by rule.</summary>
    public Dictionary<(string Rule, string Code), DecisionReason[]> Reasons { get; } = [];
}

/// <summary>What decides in a scope until the next activation: folded from its activations, compiled and bound. Owned by the writer.</summary>
internal sealed class Plan
{
    private readonly BoundModel?[] challengers;
    private readonly ChampionChallenger? split;
    private readonly NodeKey scope;
    private readonly PlanRoles roles;
    private readonly List<string> names;

    private Plan(NodeKey scope, PlanRoles roles, PartitionState state)
    {
        var names = new List<string>();
        UntilMicros = roles.UntilMicros;
        Catalogue = state.Catalogue;
        FeatureScales = Catalogue is null ? [] : [.. Catalogue.Features.Select(feature => feature.Scale)];
        HasShadows = roles.ShadowModels.Count + roles.ShadowPolicies.Count > 0;
        try
        {
            Acting = roles.ActingModel is { } acting ? Bind(scope, acting, names, state) : null;
            challengers = [.. roles.Challengers.Select(one => Bind(scope, one.Name, names, state))];
            if (roles.ActingPolicy is { } policy) Policy = BindPolicy(scope, policy, names, state);
        }
        catch (Exception fault) when (fault is ModelFault or PolicyFault)
        {
            // It was sound when it was registered: another version of the engine reads it otherwise. Nothing is approved on a guess.
            challengers = [];
            Fault = fault.Message;
        }
        if (challengers.Length > 0)
            split = new ChampionChallenger(scope.ToString(), "acting", [.. roles.Challengers.Select(one => new Challenger(one.Name.ToString(), one.SharePpm))]);
        this.scope = scope;
        this.roles = roles;
        this.names = names;
        AttributeNames = [.. names.Select(Encoding.UTF8.GetBytes)];
        var models = challengers.Append(Acting).OfType<BoundModel>().ToArray();
        Reading = ReadingOf(models.SelectMany(model => model.Sources).Concat(Policy?.Sources ?? []));
        InputsMax = models.Select(model => model.Sources.Length).DefaultIfEmpty().Max();
        ScratchMax = models.Select(model => model.Scoring.Model.ScratchLength).DefaultIfEmpty().Max();
    }

    /// <summary>The model of accounts that no challenger has; null for none.</summary>
    public BoundModel? Acting { get; }

    public BoundPolicy? Policy { get; }

    /// <summary>Attributes of requests that any of them asks for, UTF-8.</summary>
    public byte[][] AttributeNames { get; private set; }

    /// <summary>Writer time until which this holds.</summary>
    public long UntilMicros { get; }

    /// <summary>Longest row and scratch of its models.</summary>
    public int InputsMax { get; private set; }

    /// <inheritdoc cref="InputsMax"/>
    public int ScratchMax { get; private set; }

    /// <summary>Reads the features that any of them takes; null when none does.</summary>
    public FeatureReading? Reading { get; private set; }

    /// <summary>Digits after the point of each feature.</summary>
    public int[] FeatureScales { get; }

    /// <summary>The catalogue it was bound to; null for none.</summary>
    public FeatureCatalogue? Catalogue { get; }

    /// <summary>Why nothing can be decided by it; null when it can.</summary>
    public string? Fault { get; }

    /// <summary>Whether it decides anything.</summary>
    public bool IsIdle => Acting is null && Policy is null && challengers.Length == 0 && Fault is null && !HasShadows;

    /// <summary>Whether anything runs beside: what a request saw is then recorded for it.</summary>
    public bool HasShadows { get; }

    public static Plan Of(NodeKey scope, IReadOnlyList<Activation> activations, long nowMicros, PartitionState state) => new(scope, PlanRoles.At(activations, nowMicros), state);

    /// <summary>The model that decides for an account; null for none.</summary>
    public BoundModel? ModelOf(long account, out bool isChallenger)
    {
        isChallenger = false;
        if (split is null) return Acting;
        var place = split.ChallengerOf(unchecked((ulong)account));
        isChallenger = place >= 0;
        return isChallenger ? challengers[place] : Acting;
    }

    /// <summary>The acting model or challenger of a name; null for none.</summary>
    public BoundModel? Find(VersionName name)
    {
        if (Acting?.Name == name) return Acting;
        foreach (var challenger in challengers)
            if (challenger?.Name == name) return challenger;
        return null;
    }

    /// <summary>Models that run beside; empty until <see cref="BindShadows"/>.</summary>
    public IReadOnlyList<BoundModel> Shadows { get; private set; } = [];

    /// <summary>Policies that run beside; empty until <see cref="BindShadows"/>.</summary>
    public IReadOnlyList<BoundPolicy> ShadowPolicies { get; private set; } = [];

    /// <summary>Compiles and binds what runs beside, once; the writer never does. One that this version cannot read is left out and told.</summary>
    /// <param name="state">Has the files.</param>
    /// <param name="tell">Told of those left out.</param>
    public void BindShadows(PartitionState state, Action<string> tell)
    {
        if (Shadows.Count + ShadowPolicies.Count > 0 || !HasShadows) return;
        var models = new List<BoundModel>();
        foreach (var name in roles.ShadowModels)
        {
            try
            {
                models.Add(Bind(scope, name, names, state));
            }
            catch (ModelFault fault)
            {
                tell($"shadow {name} is left out: {fault.Message}");
            }
        }
        var policies = new List<BoundPolicy>();
        foreach (var name in roles.ShadowPolicies)
        {
            try
            {
                policies.Add(BindPolicy(scope, name, names, state));
            }
            catch (PolicyFault fault)
            {
                tell($"shadow {name} is left out: {fault.Message}");
            }
        }
        (Shadows, ShadowPolicies) = (models, policies);
        AttributeNames = [.. names.Select(Encoding.UTF8.GetBytes)];
        var deciding = challengers.Append(Acting).OfType<BoundModel>().SelectMany(model => model.Sources).Concat(Policy?.Sources ?? []);
        Reading = ReadingOf([.. deciding, .. models.SelectMany(model => model.Sources), .. policies.SelectMany(policy => policy.Sources)]);
        InputsMax = Math.Max(InputsMax, models.Select(model => model.Sources.Length).DefaultIfEmpty().Max());
        ScratchMax = Math.Max(ScratchMax, models.Select(model => model.Scoring.Model.ScratchLength).DefaultIfEmpty().Max());
    }

    private FeatureReading? ReadingOf(IEnumerable<int> sources)
    {
        int[] features = [.. sources.Where(source => source >= InputBook.Features).Select(source => source - InputBook.Features).Distinct()];
        return features.Length == 0 ? null : Catalogue!.ReadingOf(features);
    }

    private static BoundModel Bind(NodeKey scope, VersionName name, List<string> attributes, PartitionState state)
    {
        var model = RiskCatalogue.ModelOf(state, scope, name);
        return new BoundModel(name, model, [.. model.Model.Inputs.Select(input => SourceOf(input.Name, false, attributes, state))]);
    }

    private static BoundPolicy BindPolicy(NodeKey scope, VersionName name, List<string> attributes, PartitionState state)
    {
        var policy = RiskCatalogue.PolicyOf(state, scope, name);
        var session = policy.Policy.Prepare(policy.Decision);
        return new BoundPolicy(name, session, [.. session.Inputs.Select(input => SourceOf(input, true, attributes, state))]);
    }

    /// <summary>A feature of the catalogue first, so that a model sees what its training set had; then the engine's own inputs, then attributes of the request.</summary>
    private static int SourceOf(string name, bool forPolicy, List<string> attributes, PartitionState state)
    {
        if (state.Catalogue?.Find(name) is { } feature) return InputBook.Features + feature.Index;
        if (InputBook.TryFind(name, forPolicy, out var input)) return (int)input;
        var at = attributes.IndexOf(name);
        if (at >= 0) return InputBook.Attributes + at;
        attributes.Add(name);
        return InputBook.Attributes + attributes.Count - 1;
    }
}

/// <summary>Finds and compiles what is registered.</summary>
internal static class RiskCatalogue
{
    /// <exception cref="ModelFault">Its file is refused by this version.</exception>
    public static ScoringModel ModelOf(PartitionState state, NodeKey scope, VersionName name)
    {
        var entity = RiskState.EntityOf(scope);
        var version = state.Small.Risk.FindVersion(entity, false, name.Name, name.Version) ?? throw new ModelFault("NoSuchModel", $"model {name} is not registered");
        return ScoringContent.Model(version.Content, version.Reasons, () => Read(state, entity, version.Content), () => version.Reasons == default ? null : Read(state, entity, version.Reasons));
    }

    /// <exception cref="PolicyFault">Its file is refused by this version.</exception>
    public static ScoringPolicy PolicyOf(PartitionState state, NodeKey scope, VersionName name)
    {
        var entity = RiskState.EntityOf(scope);
        var version = state.Small.Risk.FindVersion(entity, true, name.Name, name.Version) ?? throw new PolicyFault("NoSuchPolicy", $"policy {name} is not registered");
        return ScoringContent.Policy(version.Content, version.Detail, () => Read(state, entity, version.Content));
    }

    private static byte[] Read(PartitionState state, NodeKey entity, Domain.Commands.ContentHash hash) =>
        ContentStore.Read(state, state.Small.Risk.FindContent(entity, hash) ?? throw new InvalidOperationException($"File {hash} of a registered version is missing."));
}
