using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>A run goes on the book it asks for, or not at all.</summary>
public sealed class OtherPopulationTest : IAsyncLifetime
{
    private static readonly PopulationShape Shape = new(2_000, 500, 10, 2);
    private readonly ServerFixture server = new();

    public Task InitializeAsync() => server.InitializeAsync();

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Ensure_OnAnotherBook_IsRefusedByNameAndLeavesItAlone()
    {
        await using var target = await OpenAsync();
        Assert.Equal(2_000, await PopulationImport.EnsureAsync(target, Shape));
        var before = (await target.StatusAsync()).LastDecisionId;
        Assert.Equal(2_000, await PopulationImport.EnsureAsync(target, Shape));
        foreach (var other in (PopulationShape[])[
            Shape with { Facilities = 1_999 }, Shape with { Facilities = 2_001 }, Shape with { Borrowers = 499 }, Shape with { Enterprises = 11 }, Shape with { Enterprises = 1, Products = 1 },
            Shape with { Products = 1 }, Shape with { Products = 4 }])
        {
            var fault = await Assert.ThrowsAsync<BenchFault>(() => PopulationImport.EnsureAsync(target, other));
            Assert.Equal("OtherPopulation", fault.Name);
            Assert.Contains("it has 2,000 facilities", fault.Message, StringComparison.Ordinal);
            Assert.Contains("give another --data", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, (await target.StatusAsync()).LastDecisionId);
    }

    [Fact]
    public async Task Ensure_AfterAnImportThatWasInterrupted_GoesOnWithIt()
    {
        await using var target = await OpenAsync();
        using (var call = target.Channel.ClientStreaming(RpcMethod.Raw("/creditgrains.v1.ControlService/Import")))
        {
            await call.WriteAsync(PopulationWire.Header(Shape));
            Assert.True(new PopulationWire(Shape, 1_000).TryWriteBatch(out var batch));
            await call.WriteAsync(batch);
            await call.CompleteAsync();
        }

        Assert.InRange((await target.StatusAsync()).FacilityCount, 1, 999);
        Assert.Equal("OtherPopulation", (await Assert.ThrowsAsync<BenchFault>(() => PopulationImport.EnsureAsync(target, Shape with { Borrowers = 499 }))).Name);
        await Assert.ThrowsAsync<OperationCanceledException>(() => PopulationImport.RunAsync(target.Channel, Shape, cancellation: new CancellationToken(canceled: true)));
        Assert.Equal(2_000, await PopulationImport.EnsureAsync(target, Shape));
    }

    [Fact]
    public async Task Loans_MoreThanAskedFor_AreAnotherBook()
    {
        await using var target = await OpenAsync();
        await PopulationImport.EnsureAsync(target, Shape);
        Assert.Equal(0, await PopulationLoans.EnsureAsync(target.Channel, Shape, 0, CancellationToken.None));
        Assert.Equal(1_237, await PopulationLoans.EnsureAsync(target.Channel, Shape, 1_237, CancellationToken.None));
        Assert.Equal(1_237, await PopulationLoans.EnsureAsync(target.Channel, Shape, 1_237, CancellationToken.None));
        foreach (var asked in (long[])[0, 1_236])
        {
            var fault = await Assert.ThrowsAsync<BenchFault>(() => PopulationLoans.EnsureAsync(target.Channel, Shape, asked, CancellationToken.None));
            Assert.Equal("OtherPopulation", fault.Name);
            Assert.Contains("give --loans 1237", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2_000, await PopulationLoans.EnsureAsync(target.Channel, Shape, 2_000, CancellationToken.None));
    }

    [Fact]
    public async Task Hot_OnTheBookOfDecide_IsRefusedWithTheFix()
    {
        await using (var target = await OpenAsync()) await PopulationImport.EnsureAsync(target, Shape);
        var directory = Path.Combine(server.DataDirectory, "..", "report");
        var run = await CliRun.OfAsync("load", "hot", "--accounts", "2000", "--rate", "100", "--minutes", "0.01", "--out", directory, "--address", server.Address);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("OtherPopulation", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(directory));
    }

    private Task<ServerTarget> OpenAsync() => ServerTarget.OpenAsync(ScenarioRunTest.BenchOf(server, Shape));
}
