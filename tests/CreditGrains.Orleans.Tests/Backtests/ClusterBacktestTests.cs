using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Tests.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Tests.Backtests;

/// <summary>The front door of a backtest over partitions that answer by a script: what moves is begun again, what fails fails the whole, and what is given up is given up everywhere.</summary>
public sealed class ClusterBacktestTests
{
    private static readonly BacktestAsk Ask = new("run", new NodeKey(0, 1, 1, NodeKind.None), new VersionName("p", 2), null, 0);

    private static BacktestAnswer Running(int permille = 0) => new(BacktestState.Running, permille);

    private static BacktestAnswer Done(long requests) => new(BacktestState.Done, 1_000, Part: Parts.Of(requests));

    [Fact]
    public async Task Run_AllDone_AddsTheirPartsAndTellsProgress()
    {
        var grains = new ScriptedPartitions([Running(), Running(400), Done(3)], [Running(), Done(4)]);
        var told = new List<int>();
        var report = System.Text.Json.Nodes.JsonNode.Parse(await RunAsync(grains, told.Add))!;
        Assert.Equal((7, 2, "backtest of policy p@2"), ((int)report["requests"]!, (int)report["partitions"]!, (string)report["title"]!));
        Assert.Equal(1_000, told[^1]);
        Assert.Contains(told, permille => permille is 200 or 700);
        Assert.All(grains.All, one => Assert.True(one.IsDropped));
    }

    [Fact]
    public async Task Part_WhosePartitionMoved_IsBegunAgain()
    {
        var grains = new ScriptedPartitions([Running(), Running(900), BacktestAnswer.None, Running(), Done(3)], [Running(), Done(4)]);
        Assert.Contains("\"requests\":7,", await RunAsync(grains), StringComparison.Ordinal);
        Assert.Equal((2, 1), (grains.All[0].Starts, grains.All[1].Starts));
    }

    [Fact]
    public async Task Part_WhosePartitionMovesEachTime_FailsTheBacktestByName()
    {
        var grains = new ScriptedPartitions([.. Enumerable.Repeat<BacktestAnswer[]>([Running(), BacktestAnswer.None], ClusterBacktest.BeginsMax).SelectMany(one => one)], [Running()]);
        var failed = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(grains));
        Assert.StartsWith("PartitionMoved: partition 1 ", failed.Message, StringComparison.Ordinal);
        Assert.Equal(ClusterBacktest.BeginsMax, grains.All[0].Starts);
        Assert.All(grains.All, one => Assert.True(one.IsDropped));
    }

    [Fact]
    public async Task Part_ThatFails_FailsTheBacktestWithItsPartition_AndEndsTheOthers()
    {
        var grains = new ScriptedPartitions([Running()], [Running(), new BacktestAnswer(BacktestState.Failed, Fault: "there is no policy p@2")]);
        var failed = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(grains));
        Assert.Equal("partition 2: there is no policy p@2", failed.Message);
        Assert.All(grains.All, one => Assert.True(one.IsDropped));
    }

    [Fact]
    public async Task Partition_ThatIsAwayForAWhile_IsAskedAgain_AndTooLongFailsTheBacktest()
    {
        var grains = new ScriptedPartitions([Running(), Done(3)]) { FailuresLeft = 3 };
        Assert.Contains("\"requests\":3,", await RunAsync(grains), StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineFaultException>(() => RunAsync(new ScriptedPartitions([Running()]) { FailuresLeft = int.MaxValue }));
    }

    [Fact]
    public async Task Run_Cancelled_DropsThePartsEverywhere()
    {
        var grains = new ScriptedPartitions([Running()], [Running(), Done(1)]);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(grains, _ => stop.Cancel(), stop.Token));
        Assert.All(grains.All, one => Assert.True(one.IsDropped));
    }

    private static Task<string> RunAsync(ScriptedPartitions grains, Action<int>? progress = null, CancellationToken cancelled = default)
    {
        var clock = new InstantClock();
        return new ClusterBacktest(grains, grains.All.Length, new Patience(clock, TimeSpan.FromSeconds(15)), clock, Ask).RunAsync(progress ?? (_ => { }), cancelled);
    }

    /// <summary>Partitions that give their answers in order, the last one for ever.</summary>
    private sealed class ScriptedPartitions(params BacktestAnswer[][] scripts) : IClusterGrains
    {
        private int failuresLeft;

        public ScriptedPartition[] All { get; } = [.. scripts.Select(script => new ScriptedPartition(script))];

        /// <summary>So many questions fail first.</summary>
        public int FailuresLeft { init => failuresLeft = value; }

        public IPartitionGrain Partition(int number)
        {
            if (failuresLeft > 0 && failuresLeft-- > 0) throw new TimeoutException("It is away.");
            return All[number - 1];
        }

        public INodeGrain Node(NodeKey key) => throw new NotSupportedException();

        public IPoolGrain Pool(NodeKey key) => throw new NotSupportedException();
    }

    private sealed class ScriptedPartition(BacktestAnswer[] script) : RiskPartition
    {
        private int next;

        public int Starts { get; private set; }

        public bool IsDropped { get; private set; }

        public override Task<Payload> RiskAsync(Payload request)
        {
            using var r = PoolWire.Read(request);
            var ask = (RiskAsk)r.ReadByte();
            if (ask == RiskAsk.DropBacktest)
            {
                IsDropped = r.ReadString() == Ask.Run;
                return Task.FromResult(new Payload([]));
            }

            if (ask == RiskAsk.StartBacktest)
            {
                Assert.Equal(Ask, BacktestWire.ReadStart(r));
                Starts++;
            }

            return Task.FromResult(BacktestWire.Write(script[Math.Min(next++, script.Length - 1)]));
        }
    }
}
