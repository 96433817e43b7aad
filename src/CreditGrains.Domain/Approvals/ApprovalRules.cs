using CreditGrains.Domain.Commands;

namespace CreditGrains.Domain.Approvals;

/// <summary>Which commands need a second person (maker and checker): those below, and every activation of a model or policy that decides. Pure: it looks at the command alone.</summary>
public sealed record ApprovalRules
{
    /// <summary>Longest a proposal may wait, seconds: 30 days.</summary>
    public const long LifetimeSecondsMax = 30 * 86_400;

    /// <summary>SetLimit to more than this needs approval; minor units of the node's own currency, whatever it is. Null: never.</summary>
    public long? SetLimitAbove { get; init; }

    /// <summary>OpenNode and OpenFacility with a limit of more than this need approval; as <see cref="SetLimitAbove"/>. Null: never.</summary>
    public long? OpenAbove { get; init; }

    /// <summary>Kinds that always need approval.</summary>
    public IReadOnlySet<CommandKind> Always { get; init; } = new HashSet<CommandKind> { CommandKind.SetSubLimit, CommandKind.SetVelocityLimit };

    /// <summary>How long a proposal may wait, seconds, 60 to 30 days; default 3 days.</summary>
    public long LifetimeSeconds { get; init; } = 3 * 86_400;

    /// <summary>Whether a command needs approval.</summary>
    public bool NeedsApproval(in Command command) => Always.Contains(command.Kind) || command.Control switch
    {
        SetLimit set => set.Limit > SetLimitAbove,
        OpenNode open => open.Limit > OpenAbove,
        OpenFacility open => open.Limit > OpenAbove,
        ActivateModel activate => activate.Role is VersionRole.Acting or VersionRole.Challenger,
        ActivatePolicy activate => activate.Role is VersionRole.Acting,
        _ => false,
    };
}
