using CreditGrains.Engine.Events;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Engine.Scoring;

/// <summary>A policy as decisions use it: its decision that decides a request. Immutable.</summary>
internal sealed class ScoringPolicy
{
    private ScoringPolicy(Policy policy, string decision) => (Policy, Decision) = (policy, decision);

    public Policy Policy { get; }

    /// <summary>Name of the decision.</summary>
    public string Decision { get; }

    /// <summary>Compiles a file.</summary>
    /// <exception cref="PolicyFault">It is refused, has no such decision, or asks for an attribute of the person.</exception>
    public static ScoringPolicy Compile(byte[] file, string decision)
    {
        var policy = Policy.Read(ScoringContent.TextOf(file));
        var session = policy.Prepare(decision);
        if (session.Inputs.FirstOrDefault(ProtectedAttributes.Includes) is { } input)
            throw new PolicyFault("ProtectedInput", $"the input is named after an attribute of the person that no policy may use (age, sex, marriage, education); decide without it", 0, input);
        if (!RiskRecordCodec.Fits(decision)) throw new PolicyFault("NameTooLong", "the decision's name is too long");
        return new ScoringPolicy(policy, decision);
    }
}
