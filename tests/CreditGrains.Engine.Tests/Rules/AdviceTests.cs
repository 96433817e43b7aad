using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Execution;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>A decline says how to mend it, unless the limits listed say it all.</summary>
public sealed class AdviceTests
{
    private static readonly Reason[] SaidByLimits = [Reason.LimitExceeded, Reason.SubLimitExceeded, Reason.VelocityExceeded];

    public static TheoryData<Reason> Declines => [.. Enum.GetValues<Reason>().Where(reason => reason >= Reason.Tombstoned)];

    [Theory]
    [MemberData(nameof(Declines))]
    public void AdviceOn_EachReasonToDecline_IsGivenUnlessLimitsSayIt(Reason reason) =>
        Assert.Equal(!SaidByLimits.Contains(reason), Outcomes.AdviceOn(reason) is { Length: > 10 });

    [Fact]
    public void Decline_AndItsRepeat_CarryTheAdvice()
    {
        using var world = new World();
        var command = new Command { Kind = CommandKind.Authorize, Id = world.NextId(), Facility = NodeKey.Facility(1, 1, 9), Amount = 1, Currency = World.Eur };
        var first = world.Do(command);
        Assert.Equal((Reason.UnknownFacility, Outcomes.AdviceOn(Reason.UnknownFacility)), (first.Reason, first.Message));
        Assert.Equal(first with { Duplicate = true }, world.Do(command));
    }
}
