using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>A deadline counts until the writer takes the submission up, and not after. One command a frame, and a disk that waits.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Command_WhoseDeadlinePassedBeforeItWasSent_IsRefusedAndItsIdStaysFree()
    {
        await using var fixture = new EngineFixture { FrameCommandsMax = 1 };
        await fixture.OpenFourNodes();
        var command = fixture.Authorize(1, 100);
        var late = await fixture.Engine.ExecuteAsync(command, fixture.Micros(TimeSpan.Zero));
        Assert.Equal((OutcomeKind.Refused, Reason.DeadlineExceeded, 0L), (late.Kind, late.Reason, late.Sequence));
        Assert.Contains("same id again", late.Message, StringComparison.Ordinal);

        var again = await fixture.Engine.ExecuteAsync(command, fixture.Micros(TimeSpan.FromMicroseconds(1)));
        Assert.Equal((OutcomeKind.Approved, false, 900L), (again.Kind, again.Duplicate, again.Headroom));
    }

    [Fact]
    public async Task Command_WhoseDeadlinePassesWhileItWaitsBehindOthers_IsRefusedAndItsIdStaysFree()
    {
        await using var fixture = new EngineFixture { FrameCommandsMax = 1 };
        await fixture.OpenFourNodes();
        var command = fixture.Authorize(1, 100);
        var gate = fixture.Disk.Shut();
        var flushing = fixture.Engine.ExecuteAsync(fixture.Authorize(1, 1));
        await gate.Reached;
        // The first is being flushed; the second fills the frame after it; the third waits for either.
        var next = fixture.Engine.ExecuteAsync(fixture.Authorize(1, 2));
        var waiting = fixture.Engine.ExecuteAsync(command, fixture.Micros(Second));
        fixture.Clock.Advance(Second);
        gate.Open();
        Assert.Equal(OutcomeKind.Approved, (await flushing).Kind);
        Assert.Equal(OutcomeKind.Approved, (await next).Kind);
        Assert.Equal(Reason.DeadlineExceeded, (await waiting).Reason);
        Assert.Equal(3, (await fixture.Engine.GetFacilityAsync(EngineFixture.Facility(1)))!.Balances.Held);
        var again = await fixture.Do(command);
        Assert.Equal((OutcomeKind.Approved, false), (again.Kind, again.Duplicate));
    }

    [Fact]
    public async Task Command_WhoseDeadlinePassesDuringItsFlush_IsDecided()
    {
        await using var fixture = new EngineFixture { FrameCommandsMax = 1 };
        await fixture.OpenFourNodes();
        var gate = fixture.Disk.Shut();
        var decided = fixture.Engine.ExecuteAsync(fixture.Authorize(1, 100), fixture.Micros(Second));
        await gate.Reached;
        fixture.Clock.Advance(2 * Second);
        gate.Open();
        var outcome = await decided;
        Assert.Equal((OutcomeKind.Approved, 900L), (outcome.Kind, outcome.Headroom));
    }

    [Fact]
    public async Task Batch_WhoseDeadlinePassesWhileItWaits_IsRefusedItemByItem()
    {
        await using var fixture = new EngineFixture { FrameCommandsMax = 1 };
        await fixture.OpenFourNodes();
        Command[] commands = [fixture.Authorize(1, 1), fixture.Authorize(1, 2), fixture.Authorize(1, 3)];
        var outcomes = new Outcome[commands.Length];
        var gate = fixture.Disk.Shut();
        List<Task<Outcome>> others = [fixture.Engine.ExecuteAsync(fixture.Authorize(1, 1)).AsTask()];
        await gate.Reached;
        others.Add(fixture.Engine.ExecuteAsync(fixture.Authorize(1, 2)).AsTask());
        var waiting = fixture.Engine.ExecuteAsync(commands, outcomes, fixture.Micros(Second));
        fixture.Clock.Advance(Second);
        gate.Open();
        await waiting;
        Assert.All(await Task.WhenAll(others), outcome => Assert.Equal(OutcomeKind.Approved, outcome.Kind));
        Assert.All(outcomes, outcome => Assert.Equal((OutcomeKind.Refused, Reason.DeadlineExceeded), (outcome.Kind, outcome.Reason)));
        await fixture.Engine.ExecuteAsync(commands, outcomes);
        Assert.All(outcomes, outcome => Assert.Equal((OutcomeKind.Approved, false), (outcome.Kind, outcome.Duplicate)));
    }

    [Fact]
    public async Task Batch_TakenUpInTimeAndLongerThanAFrame_IsDecidedWhole()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        // Attributes fill the frame of 1 MiB long before the commands are all in it.
        var commands = Enumerable.Range(0, 6_000).Select(_ => fixture.Authorize(1, 1) with { Attributes = Attributes }).ToArray();
        var outcomes = new Outcome[commands.Length];
        var gate = fixture.Disk.Shut();
        var decided = fixture.Engine.ExecuteAsync(commands, outcomes, fixture.Micros(Second));
        await gate.Reached;
        fixture.Clock.Advance(2 * Second);
        gate.Open();
        await decided;
        Assert.DoesNotContain(outcomes, outcome => outcome.Kind == OutcomeKind.Refused);
        Assert.True(outcomes[^1].RecordedAtMicros > outcomes[0].RecordedAtMicros, "the batch went into one frame, which shows nothing");
        Assert.Equal(1_000, outcomes.Count(outcome => outcome.Kind == OutcomeKind.Approved));
    }

    private static byte[] Attributes { get; } = [.. Enumerable.Repeat((byte)1, Command.AttributesLengthMax)];
}
