using CreditGrains.Cli.Bench.Cluster;
using CreditGrains.Cli.Bench.ClusterReplay;
using CreditGrains.Cli.Tests.EndToEnd;
using CreditGrains.Cli.Tests.Uci;
using CreditGrains.Orleans.Tests.Servers;
using Xunit.Abstractions;

namespace CreditGrains.Orleans.Tests.Replay;

/// <summary>The replay of the limit engine's card accounts, unchanged, against three silos of which one is killed half-way (kill -9).</summary>
[Collection("faults")]
public sealed class ClusterReplayTests(ITestOutputHelper output)
{
    [ClusterFact]
    public async Task Replay_OfCrowdedAccountsWhileASiloIsKilled_EndsAsStandaloneAndDeclinesWithinTheBound()
    {
        using var file = new TwinFile(UciTwin.TextOf(CardAccounts.Crowded(800, seed: 7)));
        var compared = await RunAsync(file.Path);
        Assert.True(compared.Alone.Tally.DeclinedByShared > 100 && compared.Audit.Declines > 100, "no shared node ran out: the replay tests nothing");
    }

    [RealAccountsFact]
    public async Task Replay_OfThe30000RealAccountsWhileASiloIsKilled_EndsAsStandalone()
    {
        var compared = await RunAsync(UciFactAttribute.File!);
        Assert.Equal((30_000, 7_404), (compared.Accounts, compared.Together.Tally.Declined));
    }

    private async Task<ReplayComparison> RunAsync(string file)
    {
        var compared = await ReplayRuns.RunAsync(file, new ClusterShape(Path.Combine(AppContext.BaseDirectory, "CreditGrains.Silo.dll"), Partitions: 9, StreamConnections: 0));
        var (alone, together) = (compared.Alone.Tally, compared.Together.Tally);
        output.WriteLine($"{compared.Accounts} accounts in {compared.Time.TotalSeconds:F1} s; declined by shared nodes: standalone {alone.DeclinedByShared}, cluster {together.DeclinedByShared}; repeated {together.Repeated}");
        Assert.Equal((0, 0L, 0), (compared.FacilitiesThatDiffer, compared.Together.MismatchCount, compared.NodesThatDiffer));
        Assert.Equal((alone.Commands + together.Forced - alone.Forced, alone.Requests, alone.Opened), (together.Commands, together.Requests, together.Opened));
        Assert.Equal((together.DeclinedByShared, 0), (compared.Audit.Declines, compared.Audit.OutsideBound));
        return compared;
    }

    /// <summary>A file that goes with the test.</summary>
    private sealed class TwinFile : IDisposable
    {
        public TwinFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}

/// <summary>A long test on the real accounts; skipped without them, without the servers, or without CREDITGRAINS_LONG=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealAccountsFactAttribute : FactAttribute
{
    public RealAccountsFactAttribute() => Skip = new LongClusterFactAttribute().Skip ?? new UciFactAttribute().Skip;
}
