using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>Ids that have left memory: looked for by their callers, not by the writer; and a disk that takes or gives none.</summary>
public sealed class OldRequestIdTests
{
    private const int IdsInMemoryMax = 10;

    private static readonly PartitionOptions Options = new()
    {
        SegmentBytes = 16 << 20,
        FrameBytesMax = 1 << 20,
        RequestIds = new RequestIdOptions { MemoryEntriesMax = IdsInMemoryMax },
    };

    [Fact]
    public async Task Repeat_OfAnIdMovedToDisk_GetsTheFirstAnswerAndTheWriterReadsNoDisk()
    {
        await using var fixture = new EngineFixture { Options = Options };
        var (command, first) = await MoveToDisk(fixture);

        Assert.Equal(first with { Duplicate = true }, await fixture.Do(command));
        var outcomes = new Outcome[2];
        await fixture.Engine.ExecuteAsync(new[] { command, fixture.Authorize(1, 1) }, outcomes);
        Assert.Equal((first with { Duplicate = true }, false), (outcomes[0], outcomes[1].Duplicate));
        Assert.Equal(Reason.RequestIdReused, (await fixture.Do(command with { Amount = 2 })).Reason);
        Assert.Equal(first.Sequence, (await fixture.Engine.GetDecisionAsync(1, command.Id))!.Sequence);
        var undone = await fixture.Do(new Command { Kind = CommandKind.Reverse, Facility = EngineFixture.Facility(1), Original = command.Id });
        Assert.Equal((OutcomeKind.Posted, 1L), (undone.Kind, undone.Amount));

        Assert.True(fixture.Disk.IdReads >= 5);
        Assert.Equal(0, fixture.Disk.IdReadsByWriter);
    }

    [Fact]
    public async Task Command_OfAnIdThatNoFileHolds_ReadsNoDisk()
    {
        await using var fixture = new EngineFixture { Options = Options };
        await MoveToDisk(fixture);
        fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        await fixture.Engine.ConfirmClockAsync();
        Assert.Equal(OutcomeKind.Approved, (await fixture.Do(fixture.Authorize(1, 1))).Kind);
        Assert.Equal(0, fixture.Disk.IdReads);
    }

    [Fact]
    public async Task Repeat_WhileItsFileCannotBeRead_IsRefusedByNameAndTheEngineGoesOn()
    {
        await using var fixture = new EngineFixture { Options = Options };
        var (command, first) = await MoveToDisk(fixture);
        fixture.Disk.RefusesIds = true;
        await Assert.ThrowsAsync<StoreReadFailedException>(async () => await fixture.Do(command));
        await Assert.ThrowsAsync<StoreReadFailedException>(async () => await fixture.Engine.ExecuteAsync(new[] { command }, new Outcome[1]));
        fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        await fixture.Engine.ConfirmClockAsync();
        Assert.Equal(OutcomeKind.Approved, (await fixture.Do(fixture.Authorize(1, 1))).Kind);
        fixture.Disk.RefusesIds = false;
        Assert.Equal(first with { Duplicate = true }, await fixture.Do(command));
    }

    [Fact]
    public async Task Commands_WhenTheDiskTakesNoIds_AreRefusedAsOverloadedUntilItDoes()
    {
        await using var fixture = new EngineFixture { Options = Options };
        await fixture.OpenFourNodes();
        fixture.Disk.RefusesIds = true;
        for (var id = 5; id <= IdsInMemoryMax * 3 / 2; id++) Assert.Equal(OutcomeKind.Approved, (await fixture.Do(fixture.Authorize(1, 1))).Kind);
        Assert.False(await fixture.Engine.LatestSpill);

        var refused = await fixture.Do(fixture.Authorize(1, 1));
        Assert.Equal((OutcomeKind.Refused, Reason.Overloaded, 0L), (refused.Kind, refused.Reason, refused.Sequence));
        Assert.Contains("memory for them is full", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await fixture.Engine.GetFacilityAsync(EngineFixture.Facility(1)));

        fixture.Disk.RefusesIds = false;
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await fixture.Engine.GetStatusAsync();
        Assert.True(await fixture.Engine.LatestSpill);
        Assert.Equal(OutcomeKind.Approved, (await fixture.Do(fixture.Authorize(1, 1))).Kind);
    }

    /// <summary>Fills memory until its ids go to disk.</summary>
    /// <returns>A command whose id is there, with its answer.</returns>
    private static async Task<(Command Command, Outcome First)> MoveToDisk(EngineFixture fixture)
    {
        await fixture.OpenFourNodes();
        var command = fixture.Authorize(1, 1);
        var first = await fixture.Do(command);
        for (var id = 0; id <= IdsInMemoryMax; id++) await fixture.Do(fixture.Authorize(1, 1));
        Assert.True(await fixture.Engine.LatestSpill);
        return (command, first);
    }
}
