using System.Buffers;
using CreditGrains.Api.Metering;
using CreditGrains.Api.Services;
using CreditGrains.Api.Steps;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;

namespace CreditGrains.Api.Tests.Steps;

/// <summary>Outcomes on their way to those who wait.</summary>
public sealed class OutcomeStepTests
{
    private static readonly Command Asked = new() { Kind = CommandKind.Authorize, Facility = NodeKey.Facility(7, 1, 42) };
    private readonly DecisionMeter meter = new();
    private int made;

    [Fact]
    public async Task MeteredStep_ManyUnderWay_CountsEachWhenItIsTaken_AndIsUsedAgain()
    {
        var steps = MeteredSteps();
        for (var round = 0; round < 3; round++)
        {
            var asked = Enumerable.Range(0, 300).Select(_ => new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
            var waiting = asked.Select(one => WaitAsync(steps.Rent().After(new ValueTask<Outcome>(one.Task), Asked, 0))).ToArray();
            for (var i = 0; i < asked.Length; i++) asked[i].SetResult(new Outcome { Kind = OutcomeKind.Approved, Sequence = i + 1 });
            Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), (await Task.WhenAll(waiting)).Select(outcome => outcome.Sequence));
        }

        Assert.Equal(300, made);
        Assert.Equal(900, meter.Read(7).Commands);
    }

    [Fact]
    public async Task MeteredStep_WhoseOutcomeCameBefore_GivesIt()
    {
        var step = MeteredSteps().Rent().After(new ValueTask<Outcome>(Task.FromResult(new Outcome { Sequence = 5 })), Asked, 0);
        Assert.True(step.IsCompletedSuccessfully);
        Assert.Equal(5, (await step).Sequence);
    }

    [Fact]
    public async Task MeteredStep_ThatFails_CountsNothing_AndIsUsedAgain()
    {
        var steps = MeteredSteps();
        for (var i = 0; i < 2; i++)
        {
            var asked = new TaskCompletionSource<Outcome>();
            var waiting = WaitAsync(steps.Rent().After(new ValueTask<Outcome>(asked.Task), Asked, 0));
            asked.SetException(new EngineFaultException("The engine has failed.", null));
            await Assert.ThrowsAsync<EngineFaultException>(() => waiting);
        }

        Assert.Equal(1, made);
        Assert.Equal(0, meter.Read(7).Commands);
    }

    [Fact]
    public async Task MeteredStep_TakenTwice_IsRefused()
    {
        var asked = new TaskCompletionSource<Outcome>();
        var step = MeteredSteps().Rent().After(new ValueTask<Outcome>(asked.Task), Asked, 0);
        asked.SetResult(new Outcome());
        await step;
#pragma warning disable CA2012 // What must not be done is what is tested.
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await step);
#pragma warning restore CA2012
    }

    [Fact]
    public async Task AnswerStep_WritesTheAnswer_AndTurnsFaultsIntoStatuses()
    {
        var steps = new StepPool<AnswerStep>(pool => new AnswerStep(pool));
        var output = new ArrayBufferWriter<byte>();
        var asked = new TaskCompletionSource<Outcome>();
        var waiting = WaitAsync(steps.Rent().After(new ValueTask<Outcome>(asked.Task), output));
        Assert.Equal(0, output.WrittenCount);
        asked.SetResult(new Outcome { Kind = OutcomeKind.Approved, Sequence = 9 });
        await waiting;
        Assert.Equal(9, V1.Decision.Parser.ParseFrom(output.WrittenSpan).DecisionId);

        var failing = new TaskCompletionSource<Outcome>();
        var failed = WaitAsync(steps.Rent().After(new ValueTask<Outcome>(failing.Task), output));
        failing.SetException(new EngineFaultException("The engine has failed.", null));
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => failed)).Code);
    }

    private StepPool<MeteredStep> MeteredSteps() => new(pool =>
    {
        made++;
        return new MeteredStep(meter, pool);
    });

    private static async Task<Outcome> WaitAsync(ValueTask<Outcome> step) => await step;

    private static async Task WaitAsync(ValueTask step) => await step;
}
