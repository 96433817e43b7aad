using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Dashboard.Tests.Pages;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Dashboard.Tests.Pools;

/// <summary>Live pools as the pages see them.</summary>
public sealed class EnginePoolsTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-pools-").FullName;
    private CreditEngine engine = null!;

    public Task InitializeAsync()
    {
        engine = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
        return LivePool.SeedAsync(engine);
    }

    public async Task DisposeAsync()
    {
        await engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Pool_Unchanged_IsTheSameObject_AndAnotherOnceItMoved()
    {
        // No time passes but what the engine takes: with an interval of nothing each read looks at the engine.
        var desk = new EnginePools(engine, new DashboardOptions { Every = TimeSpan.Zero }, Principal.Local);
        Assert.Equal(new PoolEntry(LivePool.Id, "site (2/1)"), Assert.Single(await desk.ListAsync()));
        var first = (await desk.ReadAsync(LivePool.Id))!;
        while (first.IsReading) first = (await desk.ReadAsync(LivePool.Id))!;
        Assert.Equal(40, first.Ledger!.Loans);
        Assert.Equal(first.Ledger.Balance, (long)first.Lines.Sum(line => line.Balance));
        Assert.Same(first, await desk.ReadAsync(LivePool.Id));
        await LivePool.PayAsync(engine, 3);
        var second = (await desk.ReadAsync(LivePool.Id))!;
        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(first.Ledger.Balance - 100_000_00, second.Ledger!.Balance);
    }

    [Theory]
    [InlineData("live-2-2")]
    [InlineData("live-0-1")]
    [InlineData("live-2--1")]
    [InlineData("live-70000-1")]
    [InlineData("demo")]
    [InlineData("")]
    public async Task Pool_ThatIsNone_IsNull(string id) => Assert.Null(await new EnginePools(engine, new DashboardOptions(), Principal.Local).ReadAsync(id));

    [Fact]
    public async Task Deal_ThatDoesNotFit_IsSaidWhy()
    {
        var deal = SamplePool.Sight.Deal!;
        var desk = new EnginePools(engine, new DashboardOptions { LiveDeal = _ => deal with { Currency = Domain.Money.Currency.Parse("JPY") } }, Principal.Local);
        var pool = (await desk.ReadAsync(LivePool.Id))!;
        while (pool.IsReading) pool = (await desk.ReadAsync(LivePool.Id))!;
        Assert.Null(pool.Deal);
        Assert.Contains("the deal is in JPY, the pool in EUR", pool.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_OfAMonthThatHasBegun_SayThatItIsNotOver()
    {
        var desk = new EnginePools(engine, new DashboardOptions { Every = TimeSpan.Zero, LiveDeal = _ => SamplePool.Sight.Deal! }, Principal.Local);
        Assert.DoesNotContain(LabelsOf(await ReadAsync(desk)), label => label.Contains("so far", StringComparison.Ordinal));
        await LivePool.PayAsync(engine, 3);
        var pool = await ReadAsync(desk);
        // Loans are copied now and then.
        while (pool.Deal!.Actuals.IsEmpty) pool = await ReadAsync(desk);
        var labels = LabelsOf(pool);
        Assert.Equal([pool.Deal.Actuals.Length - 1], Enumerable.Range(0, labels.Count).Where(i => labels[i].EndsWith(", so far", StringComparison.Ordinal)));
        Assert.Equal(pool.Ledger!.Open.Scheduled, pool.Deal.Actuals[^1].Scheduled);
        var loansAlone = pool with { Deal = null };
        Assert.Equal(PoolCharts.MonthText(pool.Ledger.Open.Period + 1), PoolCharts.Labels(loansAlone, PoolStudy.Run(loansAlone, new PoolAssumption(0, 0, 0)))[0]);
    }

    private static IReadOnlyList<string> LabelsOf(PoolSight pool) => PoolCharts.WithOpenMonth(PoolCharts.Labels(pool, PoolStudy.Run(pool, new PoolAssumption(0, 0, 0))), pool, Words.In("en"));

    private static async Task<PoolSight> ReadAsync(EnginePools desk)
    {
        while (true)
        {
            if (await desk.ReadAsync(LivePool.Id) is { IsReading: false } pool) return pool;
        }
    }
}
