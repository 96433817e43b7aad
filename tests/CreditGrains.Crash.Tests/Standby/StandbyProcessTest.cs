using System.Diagnostics;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Health.V1;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Connection;
using CreditGrains.Crash.Tests.Processes;
using CreditGrains.Crash.Tests.Storm;
using Xunit.Abstractions;

namespace CreditGrains.Crash.Tests.Standby;

/// <summary>Writer and standby as processes of their own: what was acknowledged outlives the writer, and a cut-off writer does not go on.</summary>
public sealed class StandbyProcessTest(ITestOutputHelper output) : IDisposable
{
    private static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Watch =
        RpcMethod.Of<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Watch");

    private readonly TemporaryDirectory directory = new();

    private string Here => directory.Of("here");

    private string There => directory.Of("there");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Standby_PromotedAfterTheWriterIsKilledUnderLoad_HasEveryAcknowledgedDecision()
    {
        var ledger = new Ledger();
        var clients = new StormClients(ledger, seed: 5);
        long killed = 0;
        await using (var standby = await StandbyProcess.StartAsync(There))
        await using (var writer = await ServerProcess.StartAsync(Here, null, "--standby", standby.Address, "--standby-required"))
        {
            using var channel = writer.Connect();
            await AwaitServingAsync(channel, isServing: true);
            await StormBook.OpenAsync(channel);
            await clients.RunAsync(writer, 800, () =>
            {
                killed = Stopwatch.GetTimestamp();
                writer.Kill();
            });
            Assert.Equal(0, await standby.Process.StopAsync());
        }
        await using var promoted = await ServerProcess.StartAsync(There);
        using (var channel = promoted.Connect()) await StormClients.SendAsync(channel, StormClients.Authorize(1, 1));
        output.WriteLine($"failover, kill to first decision: {Stopwatch.GetElapsedTime(killed).TotalMilliseconds:F0} ms; {ledger.AnsweredCount} acknowledged before");
        await clients.RetryAsync(promoted);
        await StormCheck.RunAsync(promoted, ledger);
        Assert.Equal(0, await promoted.Process.StopAsync());
        var (code, report) = await CliProcess.RunAsync("verify", "--data", There, "--json");
        Assert.True(code == 0, report);
        Assert.Contains("\"epoch\":2", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequiredStandby_LostWhileIdle_StopsDecisionsByNameUntilItIsBack()
    {
        var standby = await StandbyProcess.StartAsync(There);
        try
        {
            await using var writer = await ServerProcess.StartAsync(Here, null, "--standby", standby.Address, "--standby-required");
            using var channel = writer.Connect();
            await AwaitServingAsync(channel, isServing: true);
            await StormBook.OpenAsync(channel);
            standby.Process.Kill();
            await AwaitServingAsync(channel, isServing: false);

            var one = StormClients.Authorize(1, 100);
            var refused = await Assert.ThrowsAsync<RpcException>(() => StormClients.SendAsync(channel, one));
            Assert.Equal(StatusCode.Unavailable, refused.Code);
            Assert.StartsWith("StandbyLost: ", refused.Message, StringComparison.Ordinal);
            var status = await channel.UnaryAsync(Calls.GetStatus, new GetStatusRequest());
            Assert.Equal((StandbyState.Lost, true), (status.Standby, status.StandbyRequired));

            await standby.DisposeAsync();
            standby = await StandbyProcess.StartAsync(There, standby.Address);
            await AwaitServingAsync(channel, isServing: true);
            Assert.Equal(OutcomeKind.Approved, (await StormClients.SendAsync(channel, one)).Kind);
            Assert.Equal(StandbyState.InStep, (await channel.UnaryAsync(Calls.GetStatus, new GetStatusRequest())).Standby);
        }
        finally
        {
            await standby.DisposeAsync();
        }
    }

    [Fact]
    public async Task RequiredStandby_OfAServerWithTheDemo_IsWaitedForBeforeSeeding()
    {
        await using var standby = await StandbyProcess.StartAsync(There);
        await using var writer = await ServerProcess.StartAsync(Here, null, "--standby", standby.Address, "--standby-required", "--demo");
        using var channel = writer.Connect();
        Assert.Equal(OutcomeKind.Approved, (await StormClients.SendAsync(channel, StormClients.Authorize(1_001, 100))).Kind);
    }

    [Fact]
    public async Task RequiredStandby_SilentUnderLoad_EndsTheWriterByNameAndRetriesHaveOneOutcome()
    {
        var ledger = new Ledger();
        var clients = new StormClients(ledger, seed: 6);
        var standby = await StandbyProcess.StartAsync(There);
        try
        {
            await using (var writer = await ServerProcess.StartAsync(Here, null, "--standby", standby.Address, "--standby-required"))
            {
                using var channel = writer.Connect();
                await AwaitServingAsync(channel, isServing: true);
                await StormBook.OpenAsync(channel);
                // Not killed: its end could be noticed between two frames, and then nothing would be under way that must fail.
                await clients.RunAsync(writer, 500, standby.Process.Freeze);
                // One more call makes sure that a frame needs the standby.
                await Assert.ThrowsAsync<RpcException>(() => StormClients.SendAsync(channel, StormClients.Authorize(1, 1)));
                await writer.Process.WaitForLineAsync("EngineFault");
                Assert.Equal(3, await writer.Process.WaitForExitAsync());
                Assert.Contains("The required standby did not acknowledge", writer.Process.Printed, StringComparison.Ordinal);
            }
            await standby.DisposeAsync();
            standby = await StandbyProcess.StartAsync(There, standby.Address);
            await using var again = await ServerProcess.StartAsync(Here, null, "--standby", standby.Address, "--standby-required");
            using var second = again.Connect();
            await AwaitServingAsync(second, isServing: true);
            await clients.RetryAsync(again);
            await StormCheck.RunAsync(again, ledger);
        }
        finally
        {
            await standby.DisposeAsync();
        }
    }

    [Fact]
    public async Task OldWriter_MeetingAPromotedStandby_IsFencedAndEnds()
    {
        var standby = await StandbyProcess.StartAsync(There);
        try
        {
            await using var old = await ServerProcess.StartAsync(Here, null, "--standby", standby.Address);
            await old.Process.WaitForLineAsync("StandbyInStep");
            using (var channel = old.Connect()) await StormBook.OpenAsync(channel);
            await standby.DisposeAsync();
            await using (var promoted = await ServerProcess.StartAsync(There)) Assert.Equal(0, await promoted.Process.StopAsync());
            standby = await StandbyProcess.StartAsync(There, standby.Address);

            await old.Process.WaitForLineAsync("EngineFault");
            Assert.Equal(3, await old.Process.WaitForExitAsync());
            Assert.Contains("Another writer took over", old.Process.Printed, StringComparison.Ordinal);
        }
        finally
        {
            await standby.DisposeAsync();
        }
    }

    /// <summary>Waits for health to say so; it pushes every change.</summary>
    private static async Task AwaitServingAsync(RpcChannel channel, bool isServing)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var wanted = isServing ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing;
        await foreach (var response in channel.ServerStreamingAsync(
            Watch, new HealthCheckRequest { Service = "creditgrains.v1.LimitService" }, cancellationToken: deadline.Token))
        {
            if (response.Status == wanted) return;
        }
        Assert.Fail("Health ended before it said so.");
    }
}
