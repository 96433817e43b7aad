using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>
/// A look on disk ahead of the writer's turn is exact however old it is: what was decided, moved to disk or merged since counts. Each
/// row is what happens between the look and the turn.
/// </summary>
public sealed class OldIdentityTests
{
    private static readonly PartitionOptions Options = new() { RequestIds = new RequestIdOptions { MemoryEntriesMax = 1, RunsPerSegmentMax = 1 } };

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    public void Execute_WithAnAnswerFromBefore_TakesEffectOnce(bool isDecided, bool isSpilled, bool isMerged)
    {
        using var world = NewWorld();
        Spill(world);
        var command = Drawdown(world);
        var answers = world.Partition.LookOnDisk([command]);
        if (isDecided) world.Do(command);
        if (isSpilled)
        {
            world.Do(Drawdown(world));
            Spill(world);
        }
        if (isMerged)
        {
            world.Do(Drawdown(world));
            world.Do(Drawdown(world));
            Spill(world);
        }
        var before = world.LastSequence;

        var outcome = Execute(world, command, answers);
        Assert.Equal((OutcomeKind.Approved, isDecided), (outcome.Kind, outcome.Duplicate));
        Assert.Equal(isDecided ? before : before + 1, world.LastSequence);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Execute_WithAnAnswerThatFoundTheId_IsARepeat(bool isMerged)
    {
        using var world = NewWorld();
        var command = Drawdown(world);
        var first = world.Do(command);
        Spill(world);
        var answers = world.Partition.LookOnDisk([command]);
        Assert.NotNull(answers);
        Assert.True(answers.For(1, command.Id).IsFound);
        if (isMerged)
        {
            world.Do(Drawdown(world));
            world.Do(Drawdown(world));
            Spill(world);
        }
        Assert.Equal(first with { Duplicate = true }, Execute(world, command, answers));
    }

    [Fact]
    public void Reverse_WithAnAnswerFromBeforeItsOriginalMoved_UndoesItOnce()
    {
        using var world = NewWorld();
        Spill(world);
        var original = Drawdown(world);
        var reverse = new Command { Kind = CommandKind.Reverse, Id = world.NextId(), Facility = World.F(1), Original = original.Id };
        var answers = world.Partition.LookOnDisk([reverse]);
        world.Do(original);
        world.Do(Drawdown(world));
        Spill(world);
        var undone = Execute(world, reverse, answers);
        Assert.Equal((OutcomeKind.Posted, 10L), (undone.Kind, undone.Amount));
        Assert.Equal(Reason.AlreadyReversed, world.Do(reverse with { Id = world.NextId() }).Reason);
    }

    [Fact]
    public void LateOriginal_WithAnAnswerFromBeforeItsTombstone_IsRefused()
    {
        using var world = NewWorld();
        Spill(world);
        var original = Drawdown(world);
        var answers = world.Partition.LookOnDisk([original]);
        world.Do(new Command { Kind = CommandKind.Reverse, Facility = World.F(1), Original = original.Id });
        Spill(world);
        var late = Execute(world, original, answers);
        Assert.Equal((OutcomeKind.Declined, Reason.Tombstoned), (late.Kind, late.Reason));
    }

    private static World NewWorld()
    {
        var world = new World(Options);
        world.Set(new OpenNode(World.Node(NodeKind.Borrower), World.Eur, 100_000, default, []));
        world.Set(new OpenFacility(World.F(1), World.Eur, 50_000, default, false, 0, [new ParentShare(World.Node(NodeKind.Borrower))]));
        return world;
    }

    private static Command Drawdown(World world) =>
        new() { Kind = CommandKind.Drawdown, Id = world.NextId(), Facility = World.F(1), Amount = 10, Currency = World.Eur };

    private static Outcome Execute(World world, Command command, DiskAnswers? answers)
    {
        var outcomes = new Outcome[1];
        Assert.True(world.Partition.TryReserve(out _));
        world.Partition.Begin(world.Now);
        Assert.Equal(1, world.Partition.Execute([command], outcomes, answers));
        world.Partition.Flush(world.Partition.End());
        world.Partition.Resolve(command, ref outcomes[0]);
        return outcomes[0];
    }

    /// <summary>Moves what is in memory to disk; with a run there already the two are merged.</summary>
    private static void Spill(World world)
    {
        var work = world.Partition.Ids.TakeSpillWork();
        Assert.NotNull(work);
        work.Write();
        world.Partition.Ids.CompleteSpill(work);
        Assert.Equal(0, world.Partition.Ids.EntriesInMemory);
    }
}
