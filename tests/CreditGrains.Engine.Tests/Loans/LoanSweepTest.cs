using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>A month end goes on in slices: some at the start of each batch, and more while a batch waits for the disk.</summary>
public sealed class LoanSweepTest : LoanTest
{
    private const int Loans = 1_200;
    private const int Slice = 1_000;

    public LoanSweepTest()
    {
        var lines = Enumerable.Range(2, Loans);
        World.DoAll([.. lines.Select(id => Command.Of(World.NextId(), new OpenFacility(World.F(id), World.Eur, Line, default, false, 0, [new ParentShare(World.Node(NodeKind.Borrower))])))]);
        var offer = new LoanFigures(new RateAnnual(60_000_000), 12);
        var drawn = World.DoAll([.. lines.Select(id => World.Of(CommandKind.Drawdown, 12_000, 0, id) with { Control = new LoanOffer(World.F(id), SealedProduct.Of(Level), offer) })]);
        Assert.All(drawn, outcome => Assert.Equal(OutcomeKind.Approved, outcome.Kind));
        Date(Start.AddMonths(1));
    }

    [Fact]
    public void WorkMeanwhile_WithLoansBehind_AgesThemInTheOpenBatchAndEnds()
    {
        var partition = World.Partition;
        Assert.True(partition.TryReserve(out _));
        partition.Begin(World.Now);
        Assert.Equal(Slice, partition.Executor.EventCount);
        while (partition.WorkMeanwhile()) Assert.InRange(partition.Executor.EventCount, Slice + 1, Loans);
        Assert.Equal(Loans, partition.Executor.EventCount);
        Assert.False(partition.Executor.HasOwnWork(World.Now));
        partition.Flush(partition.End());
        Assert.All([2L, 600L, Loans + 1L], id => Assert.Equal((Start.AddMonths(1), 11), (Loan(0, id).AsOf, Loan(0, id).Remaining)));
    }

    [Fact]
    public void Command_BetweenSlices_FindsItsLoansAtTheDate()
    {
        var partition = World.Partition;
        Assert.True(partition.TryReserve(out _));
        partition.Begin(World.Now);
        // Loans hang in their day's list newest first: that of facility 2 comes last.
        var (commands, outcomes) = (new[] { World.Of(CommandKind.Repay, 100, 0, 2) }, new Outcome[1]);
        Assert.Equal(1, partition.Execute(commands, outcomes));
        Assert.Equal(Slice + 2, partition.Executor.EventCount);
        while (partition.WorkMeanwhile())
        {
        }
        partition.Flush(partition.End());
        Assert.Equal((OutcomeKind.Posted, Loans + 1), (outcomes[0].Kind, partition.Executor.EventCount));
        var unpaid = Assert.Single(Loan(0, 2).Dues);
        Assert.Equal(Assert.Single(Loan(0, 3).Dues).Interest + Loan(0, 3).Dues[0].Principal - 100, unpaid.Interest + unpaid.Principal);
    }
}
