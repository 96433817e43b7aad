using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Standalone;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Tests.Pools;

/// <summary>A standalone engine beside a cluster: both get the same commands, and what pools say of themselves must have the same bits.</summary>
internal sealed class PoolTwins : IAsyncDisposable
{
    private static readonly PoolAssumptions[] Assumptions =
    [
        new PoolAssumptions.ByPlan(),
        new PoolAssumptions.OwnPast(6, ByRates: true),
        new PoolAssumptions.OwnPast(6, ByRates: false),
        new PoolAssumptions.Scenarios("""
            { "scenarios": [{ "name": "fast", "prepayment": { "cpr": 0.2 }, "default": { "cdr": 0.03 }, "recovery": { "severity": 0.37, "lagMonths": 5, "timing": [0.5, 0.3, 0.2] } },
              { "name": "by age", "prepayment": { "psa": 150 }, "default": { "mdr": 0.004 } }] }
            """u8.ToArray()),
    ];

    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-pools-").FullName;
    private readonly CreditEngine standalone;

    public PoolTwins(ICreditEngine cluster)
    {
        Cluster = cluster;
        standalone = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
    }

    /// <summary>The cluster, by any of its front doors.</summary>
    public ICreditEngine Cluster { get; set; }

    /// <summary>Sends commands to both, again and again to a cluster that does not answer.</summary>
    public async Task DoAsync(params Command[] commands)
    {
        var (one, other) = (new Outcome[commands.Length], new Outcome[commands.Length]);
        await standalone.ExecuteAsync(commands, one);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await Cluster.ExecuteAsync(commands, other);
                break;
            }
            catch (EngineFaultException) when (tries < 5)
            {
                // The same ids: what took effect is told again.
            }
        }

        for (var i = 0; i < commands.Length; i++)
            Assert.True(
                (one[i].Kind, one[i].Reason, one[i].Balances) == (other[i].Kind, other[i].Reason, other[i].Balances),
                $"{i}: {commands[i].Kind} is {one[i].Kind} {one[i].Reason} {one[i].Message}, in the cluster {other[i].Kind} {other[i].Reason} {other[i].Message}");
    }

    /// <summary>Everything a pool says of itself.</summary>
    public async Task AssertSameAsync(NodeKey pool)
    {
        var (one, other) = (await standalone.GetPoolAsync(pool), await ((IPoolSource)Cluster).GetPoolAsync(pool));
        // A sum of one: codes and vintages in the order of the cluster's.
        var whole = PoolLedger.AddUp([one!.Ledger]);
        Assert.Equal(Convert.ToHexString(whole.SaveWhole()), Convert.ToHexString(other!.Ledger.SaveWhole()));
        Assert.Equal(whole.Triggers(), other.Ledger.Triggers());
        Assert.Equal(one.TermsHash, other.TermsHash);
    }

    /// <summary>What it pays, by columns and by lines, and the lines a deal runs on.</summary>
    public async Task AssertSameProjectionsAsync(NodeKey pool)
    {
        foreach (var assumptions in Assumptions)
        {
            foreach (var conventions in (string[])["", "china"])
            {
                if (conventions.Length > 0 && assumptions is not PoolAssumptions.ByPlan) continue;
                var one = await standalone.ProjectPoolAsync(pool, assumptions, conventions, progress: null, CancellationToken.None);
                var other = await ((IPoolSource)Cluster).ProjectPoolAsync(pool, assumptions, conventions, progress: null, CancellationToken.None);
                Assert.Equal(one!.Lines, other!.Lines);
                for (var s = 0; s < one.Tables.Count; s++) AssertSame(one.Tables[s], other.Tables[s], $"{assumptions.GetType().Name} {one.Scenarios[s].Name} {conventions}");
            }
        }

        var lines = await standalone.ReadLinesAsync(pool, progress: null, CancellationToken.None);
        var others = await ((IPoolSource)Cluster).ReadLinesAsync(pool, progress: null, CancellationToken.None);
        // As texts, in which numbers are whole: two empty arrays in a line are not equal to each other.
        Assert.Equal(lines!.Lines.Select(line => line.ToString()), others!.Lines.Select(line => line.ToString()));
        Assert.True(lines.Lines.Length > 10, "there are hardly any loans: this tests nothing");
    }

    private static void AssertSame(CashflowTable one, CashflowTable other, string of)
    {
        Assert.Equal(one.Periods, other.Periods);
        foreach (var column in Enum.GetValues<CashflowColumn>())
            for (var i = 0; i < one.Periods; i++)
                Assert.True(BitConverter.DoubleToInt64Bits(one[column][i]) == BitConverter.DoubleToInt64Bits(other[column][i]), $"{of}, {column} of period {i + 1}: {one[column][i]:R}, in the cluster {other[column][i]:R}");
    }

    public async ValueTask DisposeAsync()
    {
        await standalone.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
