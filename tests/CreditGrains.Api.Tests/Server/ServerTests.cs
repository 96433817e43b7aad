using System.Net;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Server;
using CreditGrains.Server.Demo;
using CreditGrains.Api.Transport.Health.V1;

namespace CreditGrains.Api.Tests.Server;

/// <summary>The host around an engine: addresses, hints, health, ends and failures by name.</summary>
public sealed class ServerTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-server-").FullName;
    private readonly FakeEngine engine = new();
    private readonly StringWriter output = new();

    [Fact]
    public async Task Start_OnPortZero_ListensOnFreePortsAndAnswersBothWays()
    {
        await using var server = await CreditGrainsServer.StartAsync(Options());
        using var http = new HttpClient();
        Assert.Equal("serving", await http.GetStringAsync(new Uri(server.HttpAddress, "/healthz")));
        using var channel = new RpcChannel(server.GrpcAddress);
        var status = await channel.UnaryAsync(ApiHost.Method<V1.GetStatusRequest, V1.GetStatusReply>("QueryService", "GetStatus"), new V1.GetStatusRequest());
        Assert.Equal(0, status.LastDecisionId);
    }

    [Fact]
    public async Task Page_ThatIsNone_SaysWhatIsServed()
    {
        await using var server = await CreditGrainsServer.StartAsync(Options());
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(server.HttpAddress, "/nowhere"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Calls are POST /creditgrains.v1.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_FollowsTheEngine()
    {
        await using var server = await CreditGrainsServer.StartAsync(Options());
        using var channel = new RpcChannel(server.GrpcAddress);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(channel, "creditgrains.v1.LimitService"));
        engine.Refuse = Reason.ClockStepUnconfirmed;
        await foreach (var update in channel.ServerStreamingAsync(
            RpcMethod.Of<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Watch"), new HealthCheckRequest { Service = "creditgrains.v1.LimitService" }))
            if (update.Status == HealthCheckResponse.Types.ServingStatus.NotServing) break;
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(channel, "creditgrains.v1.QueryService"));
    }

    [Fact]
    public async Task Run_ToldToStop_DrainsAndClosesTheEngine()
    {
        using var stop = new CancellationTokenSource();
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = CreditGrainsServer.RunAsync(Options() with { OpenEngine = (_, _) => { opened.SetResult(); return Task.FromResult<ICreditEngine>(engine); } }, stop.Token);
        await opened.Task;
        await engine.StatusAsked.Task;
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Ok, await running);
        Assert.True(engine.IsDisposed);
        Assert.Contains("curl -s http://127.0.0.1:", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("grpcurl -plaintext", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenTheEngineFails_EndsWithItsFault()
    {
        engine.Fault = "SyncFailed: the disk is gone";
        Assert.Equal(ExitCodes.EngineFault, await CreditGrainsServer.RunAsync(Options()));
        Assert.Contains("EngineFault: SyncFailed: the disk is gone", output.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, int, Exception> Failures => new()
    {
        { "Locked: ", ExitCodes.Locked, new StoreLockedException("/data", "process 12 on host") },
        { "ForeignContent: ", ExitCodes.BadData, new StoreDirectoryException(StoreErrorCode.ForeignContent, "holds a file of somebody else") },
        { "NotADirectory: ", ExitCodes.Usage, new StoreDirectoryException(StoreErrorCode.NotADirectory, "is a file") },
        { "DirectoryMissing: ", ExitCodes.Usage, new StoreDirectoryException(StoreErrorCode.DirectoryMissing, "cannot be made") },
        { "ReadOnly: ", ExitCodes.ReadOnly, new StoreReadOnlyException("/data") },
        { "ReadOnly: ", ExitCodes.ReadOnly, new UnauthorizedAccessException("denied") },
        { "Full: ", ExitCodes.Disk, new StoreFullException("/data") },
        { "Damaged: ", ExitCodes.BadData, new CreditGrains.Engine.Journal.JournalException(CreditGrains.Engine.Journal.JournalErrorCode.Damaged, "byte 7") },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Run_OnADirectoryThatCannotBeUsed_SaysWhyByName(string name, int exitCode, Exception failure)
    {
        var options = Options() with { OpenEngine = (_, _) => Task.FromException<ICreditEngine>(failure) };
        Assert.Equal(exitCode, await CreditGrainsServer.RunAsync(options));
        Assert.StartsWith(name, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnATakenPort_SaysSoAndClosesTheEngine()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Assert.Equal(ExitCodes.PortUnavailable, await CreditGrainsServer.RunAsync(Options() with { HttpPort = ((IPEndPoint)taken.LocalEndpoint).Port }));
        Assert.StartsWith("AddressInUse: ", output.ToString(), StringComparison.Ordinal);
        Assert.True(engine.IsDisposed);
    }

    [Fact]
    public async Task Demo_SeededTwice_IsTheSameBook()
    {
        await using (await CreditGrainsServer.StartAsync(Options() with { Demo = true })) Assert.NotEqual(0, engine.Count);
        var count = engine.Count;
        await using (await CreditGrainsServer.StartAsync(Options() with { Demo = true })) Assert.Equal(count, engine.Count);
    }

    [Fact]
    public async Task Demo_OnAnotherBook_EndsByNameWithAdvice()
    {
        await engine.ExecuteAsync(new Command { Kind = CommandKind.Reverse, Id = DemoPlace(1), Facility = new NodeKey(0, 1, 0, NodeKind.None), Original = DemoPlace(9) });
        Assert.Equal(1, engine.Count);
        Assert.Equal(ExitCodes.Usage, await CreditGrainsServer.RunAsync(Options() with { Demo = true }));
        Assert.StartsWith("DemoRefused: OpenNode of Product/1/1/1 was answered RequestIdReused", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("without --demo", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OnAnEngineThatCannotDecide_EndsByNameToBeStartedAgain()
    {
        engine.Refuse = Reason.DiskFull;
        Assert.Equal(ExitCodes.EngineFault, await CreditGrainsServer.RunAsync(Options() with { Demo = true }));
        Assert.Contains("was answered DiskFull", output.ToString(), StringComparison.Ordinal);
        Assert.True(engine.IsDisposed);
    }

    public void Dispose()
    {
        output.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static RequestId DemoPlace(long place) => RequestId.ForSession(DemoPortfolio.Session, place);

    private ServerOptions Options() => new()
    {
        DataDirectory = directory, Open = true, GrpcPort = 0, HttpPort = 0, Output = output, HealthEvery = TimeSpan.FromMilliseconds(20),
        OpenEngine = (_, _) => Task.FromResult<ICreditEngine>(engine),
    };

    private static async Task<HealthCheckResponse.Types.ServingStatus> CheckAsync(RpcChannel channel, string service) => (await channel.UnaryAsync(
        RpcMethod.Of<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Check"), new HealthCheckRequest { Service = service })).Status;
}
