using CreditGrains.Api.Security;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Server.Security;

/// <summary>Maker and checker as the security file says it.</summary>
public sealed record ApprovalSettings
{
    /// <summary>See <see cref="ApprovalRules.SetLimitAbove"/>.</summary>
    public long? SetLimitAbove { get; init; }

    /// <summary>See <see cref="ApprovalRules.OpenAbove"/>.</summary>
    public long? OpenAbove { get; init; }

    /// <summary>Names of the control commands that always need approval; left out: SetSubLimit and SetVelocityLimit.</summary>
    public IReadOnlyList<string>? Always { get; init; }

    /// <summary>How long a proposal may wait, seconds, 60 to 30 days; default 3 days.</summary>
    public long LifetimeSeconds { get; init; } = new ApprovalRules().LifetimeSeconds;

    /// <summary>The rules.</summary>
    /// <exception cref="SecurityFileException">SecurityFileInvalid: a kind is none, or a threshold negative.</exception>
    public ApprovalRules ToRules()
    {
        if (SetLimitAbove < 0 || OpenAbove < 0) throw new SecurityFileException("SecurityFileInvalid", "approvals.setLimitAbove and openAbove must be 0 or more minor units.");
        var rules = new ApprovalRules { SetLimitAbove = SetLimitAbove, OpenAbove = OpenAbove, LifetimeSeconds = LifetimeSeconds };
        return Always is null ? rules : rules with { Always = Always.Select(KindOf).ToHashSet() };
    }

    private static CommandKind KindOf(string name) =>
        Enum.TryParse<CommandKind>(name, ignoreCase: false, out var kind) && kind.IsForCallers() && !kind.IsAccount()
            ? kind
            : throw new SecurityFileException("SecurityFileInvalid", $"approvals.always has '{name}', which is no control command; use names such as SetLimit or Unfreeze.");
}

/// <summary>Signed heads as the security file says them.</summary>
public sealed record HeadSettings
{
    /// <summary>The file they are appended to, of a silo with its address and port behind the name; copy it where the administrator of this machine cannot write.</summary>
    public required string File { get; init; }

    /// <summary>The private key ('creditgrains keys signing FILE').</summary>
    public required string SigningKey { get; init; }

    /// <summary>How often, seconds, 1 to 86,400, when anything has changed; default 60.</summary>
    public int EverySeconds { get; init; } = 60;
}
