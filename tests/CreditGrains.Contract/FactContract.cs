using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;

namespace CreditGrains.Contract;

/// <summary>What facts and holds do to balances and to every node of the path (docs/rules.md, "A fact").</summary>
public abstract class FactContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    /// <summary>Facts in a row on a line of 1,000, as "Kind amount", and the balances after.</summary>
    public static TheoryData<string, FacilityBalances> Effects => new()
    {
        { "ClearWithoutHold 300", Balances(principal: 300) },
        { "ClearWithoutHold 30000", Balances(principal: 30_000) }, // whatever the limits say
        { "Drawdown 300", Balances(principal: 300) },
        { "PostInterest 30", Balances(interest: 30) },
        { "PostFee 30", Balances(fees: 30) },
        { "ClearWithoutHold 20, Refund 30", Balances(credit: 10) },
        { "ClearWithoutHold 50, Chargeback 30", Balances(principal: 20) },
        { "Refund 30, Drawdown 50", Balances(principal: 20) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, Repay 70", Balances(principal: 60, released: 40) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, Repay 150", Balances(credit: 20, released: 100) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, WriteOff 70", Balances(principal: 60, released: 40, writtenOff: 70) },
        { "ClearWithoutHold 100, WriteOff 100, Recover 130", Balances(credit: 30, released: 100) },
        { "ClearWithoutHold 100, Adjust -40", Balances(principal: 60) },
    };

    [ContractTheory]
    [MemberData(nameof(Effects))]
    public async Task Facts_InARow_LeaveTheBalancesOfTheirRulesAndTheirSumAbove(string facts, FacilityBalances after)
    {
        await Book.OpenOneLine();
        foreach (var fact in facts.Split(", ").Select(f => f.Split(' ')))
        {
            var outcome = await Book.Do(Enum.Parse<CommandKind>(fact[0]), 1, long.Parse(fact[1], CultureInfo.InvariantCulture));
            Assert.True(outcome.Kind is OutcomeKind.Posted or OutcomeKind.Approved, $"{outcome.Kind} {outcome.Reason}");
        }
        Assert.Equal(after, await Book.Balances());
        Assert.Equal(after.Drawn + after.Held, (await Book.View(Book.Node(NodeKind.Portfolio))).Exposure);
    }

    [ContractFact]
    public async Task Capture_InParts_ReleasesTheRestWithTheLast()
    {
        await Book.OpenOneLine();
        var hold = await Book.Hold(300);
        AssertPosted(100, await Book.Do(CommandKind.Capture, 1, 100, hold.Sequence));
        Assert.Equal(Balances(principal: 100, held: 200), await Book.Balances());
        AssertPosted(50, await Book.Do(Book.Of(CommandKind.Capture, 1, 50, hold.Sequence) with { Options = CommandOptions.Final }));
        Assert.Equal(Balances(principal: 150), await Book.Balances());
        Assert.Equal(150, (await Book.View(Book.Node(NodeKind.Portfolio))).Exposure);
    }

    [ContractFact]
    public async Task Capture_AboveItsHold_PostsWhateverTheLimitsSay()
    {
        await Book.OpenOneLine();
        var hold = await Book.Hold(1_000);
        AssertPosted(1_200, await Book.Do(CommandKind.Capture, 1, 1_200, hold.Sequence));
        Assert.Equal(-200, (await Book.View()).Node.Headroom);
    }

    [ContractFact]
    public async Task Void_OfAHold_GivesHeadroomBackOnce()
    {
        await Book.OpenOneLine();
        var hold = await Book.Hold(1_000);
        Assert.Equal(OutcomeKind.Posted, (await Book.Do(CommandKind.Void, 1, reference: hold.Sequence)).Kind);
        AssertDeclined(Reason.ReferenceNotOpen, await Book.Do(CommandKind.Void, 1, reference: hold.Sequence));
        await Book.Hold(1_000);
    }

    [ContractFact]
    public async Task UnclearedRepayment_RestoresHeadroomWhenCleared()
    {
        await Book.OpenOneLine();
        await Book.Do(CommandKind.Drawdown, 1, 1_000);
        var paid = await Book.Do(Book.Of(CommandKind.Repay, 1, 400) with { Options = CommandOptions.Uncleared });
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 1, 1));
        Assert.Equal(OutcomeKind.Posted, (await Book.Do(CommandKind.ClearRepayment, 1, reference: paid.Sequence)).Kind);
        await Book.Hold(400);
    }

    [ContractFact]
    public async Task ReverseRepayment_Twice_IsDeclined()
    {
        await Book.OpenOneLine();
        await Book.Do(CommandKind.Drawdown, 1, 500);
        var paid = await Book.Do(CommandKind.Repay, 1, 200);
        Assert.Equal(OutcomeKind.Posted, (await Book.Do(CommandKind.ReverseRepayment, 1, reference: paid.Sequence)).Kind);
        Assert.Equal(500, (await Book.View(Book.Node(NodeKind.Portfolio))).Exposure);
        AssertDeclined(Reason.AlreadyReversed, await Book.Do(CommandKind.ReverseRepayment, 1, reference: paid.Sequence));
    }

    [ContractTheory]
    [InlineData("Authorize", "Posted 100", 0)]
    [InlineData("ClearWithoutHold", "Posted 100", 0)]
    [InlineData("Adjust", "NothingToReverse 0", 100)]
    public async Task Reverse_OfACommand_GivesWhatItsKindSays(string kind, string gives, long exposure)
    {
        await Book.OpenOneLine();
        var command = Book.Of(Enum.Parse<CommandKind>(kind), 1, 100);
        await Book.Do(command);
        var reversed = await Book.Do(new Command { Kind = CommandKind.Reverse, Facility = Book.F(1), Original = command.Id });
        Assert.Equal(gives, $"{(reversed.Reason == Reason.None ? reversed.Kind.ToString() : reversed.Reason.ToString())} {reversed.Amount}");
        Assert.Equal(exposure, (await Book.View(Book.Node(NodeKind.Portfolio))).Exposure);
    }

    [ContractTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Reverse_OfAnIdNotSeenYet_BarsTheLateOriginal(long facility)
    {
        await Book.OpenOneLine();
        var late = Contract.Book.NextId();
        await Book.Do(new Command { Kind = CommandKind.Reverse, Facility = Book.F(facility), Original = late });
        var outcome = await Book.Do(CommandKind.Authorize, 1, 10, id: late);
        Assert.Equal(Reason.Tombstoned, outcome.Reason);
        Assert.Equal(0, (await Book.Balances()).Held);
    }
}
