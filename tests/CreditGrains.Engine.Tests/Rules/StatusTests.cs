using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Active, frozen, closing, closed.</summary>
public sealed class StatusTests : RulesTest
{
    private NodeStatus Status => World.View().Node.Status;

    /// <summary>What remains, and what clears the last of it.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("ClearWithoutHold 10", "Repay 10")]
    [InlineData("PostFee 10", "WriteOff 10")]
    [InlineData("PostInterest 10", "Reverse")]
    [InlineData("Refund 10", "ClearWithoutHold 10")]
    [InlineData("Authorize 10", "Void")]
    [InlineData("Authorize 10", "expire")]
    [InlineData("Repay uncleared 10", "ReverseRepayment")]
    [InlineData("Authorize 700", "turn down")]
    [InlineData("Authorize 700", "expire")]
    public void Close_WithWhatRemains_IsClosingUntilTheLastIsCleared(string remains, string clears)
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(F(1), 500));
        var first = remains == "" ? default : Command(remains, 0);
        var reference = remains == "" ? 0 : World.Do(first).Sequence;
        World.Set(new Close(F(1)));
        if (remains == "")
        {
            Assert.Equal(NodeStatus.Closed, Status);
            return;
        }
        Assert.Equal(NodeStatus.Closing, Status);
        AssertDeclined(Reason.FacilityClosed, World.Authorize(1));
        AssertDeclined(Reason.NoChange, World.Do(new Close(F(1))));
        switch (clears)
        {
            case "expire":
                World.Pass(7 * World.Day);
                World.Idle();
                break;
            case "turn down":
                World.Do(World.Accept(reference, accept: false));
                break;
            case "Reverse":
                World.Reverse(first.Id);
                break;
            default:
                World.Do(Command(clears, reference));
                break;
        }
        Assert.Equal(NodeStatus.Closed, Status);
    }

    private Command Command(string text, long reference)
    {
        var words = text.Split(' ');
        var kind = Enum.Parse<CommandKind>(words[0]);
        var takes = kind is CommandKind.Void or CommandKind.ReverseRepayment;
        var command = World.Of(kind, takes ? 0 : long.Parse(words[^1]), takes ? reference : 0);
        return words.Contains("uncleared") ? With(command, "uncleared") : command;
    }

    [Fact]
    public void Fact_OnAClosedFacility_PostsAndMakesItClosingWhileAnythingRemains()
    {
        World.WithOneLine();
        World.Set(new Close(F(1)));
        AssertPosted(10, World.Do(CommandKind.ClearWithoutHold, 10));
        Assert.Equal(NodeStatus.Closing, Status);
        AssertPosted(10, World.Do(CommandKind.Repay, 10));
        Assert.Equal(NodeStatus.Closed, Status);
        AssertDeclined(Reason.BalanceNegative, World.Do(CommandKind.WriteOff, 1));
        Assert.Equal(NodeStatus.Closed, Status);
    }

    [Fact]
    public void Repayment_PartlyClearingAClosingFacility_LeavesItClosing()
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 10);
        World.Set(new Close(F(1)));
        World.Do(CommandKind.Repay, 9);
        Assert.Equal(NodeStatus.Closing, Status);
    }

    [Theory]
    [InlineData("", "freeze", Reason.None)]
    [InlineData("", "unfreeze", Reason.NoChange)]
    [InlineData("freeze", "freeze", Reason.NoChange)]
    [InlineData("freeze", "unfreeze", Reason.None)]
    [InlineData("freeze", "close", Reason.None)]
    [InlineData("owe close", "freeze", Reason.FacilityClosed)]
    [InlineData("owe close", "unfreeze", Reason.FacilityClosed)]
    [InlineData("close", "freeze", Reason.FacilityClosed)]
    [InlineData("close", "unfreeze", Reason.FacilityClosed)]
    [InlineData("close", "close", Reason.NoChange)]
    public void Control_OfAFacilityInAStatus_IsTakenOrDeclined(string before, string control, Reason reason)
    {
        World.WithOneLine();
        foreach (var step in before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "owe") World.Do(CommandKind.PostFee, 1);
            else World.Set(Control(step, F(1)));
        }
        var outcome = World.Do(Control(control, F(1)));
        Assert.Equal(reason, outcome.Reason);
    }

    private static ControlCommand Control(string name, NodeKey key) => name switch
    {
        "freeze" => new Freeze(key),
        "unfreeze" => new Unfreeze(key),
        _ => new Close(key),
    };

    [Theory]
    [InlineData(CommandKind.Authorize)]
    [InlineData(CommandKind.Drawdown)]
    [InlineData(CommandKind.IncreaseHold)]
    public void Frozen_Facility_DeclinesEveryRequestUntilUnfrozen(CommandKind kind)
    {
        World.WithOneLine();
        var hold = World.Hold(10);
        var reference = kind == CommandKind.IncreaseHold ? hold.Sequence : 0;
        World.Set(new Freeze(F(1)));
        AssertDeclined(Reason.FacilityFrozen, World.Do(kind, 1, reference));
        World.Set(new Unfreeze(F(1)));
        AssertApproved(1, World.Do(kind, 1, reference));
        World.Set(new Close(F(1)));
        AssertDeclined(Reason.FacilityClosed, World.Do(kind, 1, reference));
    }

    [Fact]
    public void Frozen_Node_DeclinesRequestsEverywhereBelowAndNowhereElse()
    {
        World.WithOneLine();
        World.OpenLine(2, 1_000, World.Open(NodeKind.Borrower, 2, 2_000));
        World.Set(new Freeze(Node(NodeKind.Portfolio)));
        AssertDeclined(Reason.NodeFrozen, World.Authorize(1));
        AssertApproved(1, World.Authorize(1, facility: 2));
        World.Set(new Unfreeze(Node(NodeKind.Portfolio)));
        AssertApproved(1, World.Authorize(1));
    }

    [Fact]
    public void Node_WithChildren_IsNotClosed()
    {
        World.WithOneLine();
        AssertDeclined(Reason.NodeNotEmpty, World.Do(new Close(Node(NodeKind.Borrower))));
        World.Set(new Close(F(1)));
        AssertDeclined(Reason.NodeNotEmpty, World.Do(new Close(Node(NodeKind.Borrower)))); // a closed facility is still a child
        World.Open(NodeKind.Product, 1, 10);
        World.Set(new Close(Node(NodeKind.Product)));
        AssertDeclined(Reason.NoChange, World.Do(new Close(Node(NodeKind.Product))));
        AssertDeclined(Reason.InvalidParent, World.Do(new LinkNode(F(1), new ParentShare(Node(NodeKind.Product)))));
        AssertDeclined(Reason.InvalidParent, World.Do(new OpenFacility(F(9), World.Eur, 1, default, false, 0, [new ParentShare(Node(NodeKind.Product))])));
    }

    [Fact]
    public void Control_OfWhatIsUnknown_Declines()
    {
        ControlCommand[] onFacility =
        [
            new Freeze(F(9)), new Unfreeze(F(9)), new Close(F(9)), new SetLimit(F(9), 1), new SetVelocityLimit(F(9), 1, 1, 1), new SetReviewThreshold(F(9), 1),
            new SetSubLimit(F(9), Channel.Cash, 0, 1, 1), new LinkNode(F(9), new ParentShare(Node(NodeKind.Pool))), new UnlinkNode(F(9), Node(NodeKind.Pool)),
            new MoveFacility(F(9), Node(NodeKind.Product), new ParentShare(Node(NodeKind.Pool))), new TransferToPool(F(9), Node(NodeKind.Pool)),
        ];
        Assert.All(onFacility, control => AssertDeclined(Reason.UnknownFacility, World.Do(control)));
        var node = Node(NodeKind.Borrower, 9);
        ControlCommand[] onNode =
        [
            new Freeze(node), new Unfreeze(node), new Close(node), new SetLimit(node, 1), new SetVelocityLimit(node, 1, 1, 1), new SetReviewThreshold(node, 1),
            new LinkNode(node, new ParentShare(Node(NodeKind.Pool))), new UnlinkNode(node, Node(NodeKind.Pool)),
        ];
        Assert.All(onNode, control => AssertDeclined(Reason.UnknownNode, World.Do(control)));
    }

    [Fact]
    public void BusinessDate_MovesForwardOnly()
    {
        World.Set(new AdvanceBusinessDate(World.Scope, 100));
        AssertDeclined(Reason.DateNotLater, World.Do(new AdvanceBusinessDate(World.Scope, 100)));
        AssertDeclined(Reason.DateNotLater, World.Do(new AdvanceBusinessDate(World.Scope, 99)));
        World.Set(new AdvanceBusinessDate(new NodeKey(0, 1, 2, NodeKind.None), 5)); // each entity its own
        World.Set(new AdvanceBusinessDate(World.Scope, 101));
    }
}
