using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Engine.Scoring;

/// <summary>Who does what in a scope at a moment, folded from its activations in the order of their dates.</summary>
internal sealed class PlanRoles
{
    public VersionName? ActingModel { get; private set; }
    public List<Activation> Challengers { get; } = [];
    public List<VersionName> ShadowModels { get; } = [];
    public VersionName? ActingPolicy { get; private set; }
    public List<VersionName> ShadowPolicies { get; } = [];

    /// <summary>When the next activation takes effect; <see cref="long.MaxValue"/> when none waits.</summary>
    public long UntilMicros { get; private set; } = long.MaxValue;

    public static PlanRoles At(IReadOnlyList<Activation> activations, long nowMicros)
    {
        var roles = new PlanRoles();
        foreach (var activation in activations.OrderBy(one => one.FromMicros).ThenBy(one => one.Sequence))
        {
            if (activation.FromMicros > nowMicros) roles.UntilMicros = Math.Min(roles.UntilMicros, activation.FromMicros);
            else roles.Apply(activation);
        }
        return roles;
    }

    private void Apply(Activation activation)
    {
        var name = activation.Name;
        if (activation.IsPolicy)
        {
            ShadowPolicies.Remove(name);
            if (activation.Role == VersionRole.Acting) ActingPolicy = name;
            else if (ActingPolicy == name) ActingPolicy = null;
            if (activation.Role == VersionRole.Shadow) ShadowPolicies.Add(name);
            return;
        }
        Challengers.RemoveAll(one => one.Name == name);
        ShadowModels.Remove(name);
        if (activation.Role == VersionRole.Acting) ActingModel = name;
        else if (ActingModel == name) ActingModel = null;
        if (activation.Role == VersionRole.Challenger) Challengers.Add(activation);
        else if (activation.Role == VersionRole.Shadow) ShadowModels.Add(name);
    }
}
