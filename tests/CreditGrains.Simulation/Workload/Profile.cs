using CreditGrains.Domain.Commands;

namespace CreditGrains.Simulation.Workload;

/// <summary>How often each kind of command comes, and how often things go wrong. Each seed leans another way.</summary>
internal sealed class Profile
{
    private static readonly (CommandKind Kind, int Weight)[] Usual =
    [
        (CommandKind.Authorize, 40), (CommandKind.IncreaseHold, 9), (CommandKind.Drawdown, 14), (CommandKind.Capture, 20),
        (CommandKind.ClearWithoutHold, 6), (CommandKind.Repay, 20), (CommandKind.ClearRepayment, 4), (CommandKind.ReverseRepayment, 4),
        (CommandKind.Refund, 3), (CommandKind.Chargeback, 2), (CommandKind.PostInterest, 3), (CommandKind.PostFee, 3),
        (CommandKind.WriteOff, 2), (CommandKind.Recover, 2), (CommandKind.Adjust, 2), (CommandKind.Void, 5),
        (CommandKind.Reverse, 10), (CommandKind.ResolveReferral, 6), (CommandKind.OpenNode, 1), (CommandKind.OpenFacility, 2),
        (CommandKind.LinkNode, 2), (CommandKind.UnlinkNode, 2), (CommandKind.MoveFacility, 2), (CommandKind.SetLimit, 7),
        (CommandKind.SetSubLimit, 3), (CommandKind.SetVelocityLimit, 3), (CommandKind.SetReviewThreshold, 3), (CommandKind.Freeze, 1),
        (CommandKind.Unfreeze, 5), (CommandKind.Close, 1), (CommandKind.SetFxRate, 4), (CommandKind.AdvanceBusinessDate, 6),
        (CommandKind.TransferToPool, 2), (CommandKind.ActivateFeatures, 1), (CommandKind.ImportLoan, 3), (CommandKind.ReportBankDebt, 3),
    ];

    private readonly int[] _weights;

    public Profile(Dice dice)
    {
        _weights = [.. Usual.Select(usual => usual.Weight * dice.Pick<int>([1, 3, 3, 3, 9]))];
        RetryPercent = dice.Between(2, 12);
        ReusePercent = dice.Between(0, 4);
        BadPercent = dice.Between(0, 8);
        SessionPercent = dice.Pick<int>([0, 20, 60]);
    }

    /// <summary>Commands of a hundred that repeat one answered before.</summary>
    public long RetryPercent { get; }

    /// <summary>Commands of a hundred that use an old id for another command.</summary>
    public long ReusePercent { get; }

    /// <summary>Commands of a hundred with bad input.</summary>
    public long BadPercent { get; }

    /// <summary>Clients of a hundred that number their commands in a session.</summary>
    public int SessionPercent { get; }

    public CommandKind NextKind(Dice dice) => Usual[dice.Weighted(_weights)].Kind;
}
