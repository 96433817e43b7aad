using CreditGrains.Domain.Draws;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Tests.Nodes;

/// <summary>How a node deals a velocity limit to partitions: one rule a test, and a model that makes any moves.</summary>
public sealed class NodeVelocitiesTests : IDisposable
{
    private const int Seconds = 60;
    private static readonly NodeKey Enterprise = new(7, 1, 1, NodeKind.Enterprise);
    private readonly DealtPartitions partitions = new();
    private readonly NodeVelocities node;
    private readonly Dictionary<DealtPartition, long> facts = [];
    private readonly List<(DealtPartition Partition, long Question, VelocityShare Share)> late = [];
    private long limit = 1_000;
    private bool isRemoved;
    private long question;

    public NodeVelocitiesTests()
    {
        var ledger = new NodeLedger(partitions, new LeaseBook(new LeasePolicy()), (_, _) => { }, failure => throw failure);
        ledger.LoadAsync(Enterprise).GetAwaiter().GetResult();
        node = new NodeVelocities(Enterprise, ledger, partitions, () => Task.FromResult<NodeView?>(Terms()));
    }

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Ask_WithAmpleRoom_IsGivenAnEighthOfTheRestOnTop()
    {
        var share = await AskAsync(1, 200);
        Assert.Equal((300, -1, false), (share.Amount, share.Count, share.IsAllAmount));
    }

    [Fact]
    public async Task Ask_BeyondWhatIsFree_TakesBackWhatOthersDoNotUse()
    {
        await TakeAsync(1, 200);
        partitions.Of(1).Used = 150;
        var share = await AskAsync(2, 850);
        Assert.Equal((850, false), (share.Amount, share.IsAllAmount));
        Assert.Equal((150, 1), (partitions.Of(1).Allowance, partitions.Of(1).Recalls));
    }

    [Fact]
    public async Task Ask_ForMoreThanThereIs_IsGivenAllAndToldSo()
    {
        await TakeAsync(1, 200);
        partitions.Of(1).Used = 150;
        var share = await AskAsync(2, 851);
        Assert.Equal((850, 1_000, true), (share.Amount, share.AmountMax, share.IsAllAmount));
    }

    [Fact]
    public async Task Ask_AfterFactsAboveTheLimit_GivesNoRightToApproveAsMuchAgain()
    {
        partitions.Of(1).Used = 5_000;
        await node.SettleAsync(Seconds, [1, 2]);
        partitions.Of(1).Used = 0;
        Assert.Equal(1_000, (await AskAsync(1, 1_100)).Amount);
    }

    [Fact]
    public async Task Ask_WhileAPartitionIsSilent_Fails()
    {
        await TakeAsync(1, 200);
        partitions.Of(1).IsSilent = true;
        await Assert.ThrowsAsync<TimeoutException>(() => AskAsync(2, 900));
        partitions.Of(1).IsSilent = false;
        Assert.Equal(912, (await AskAsync(2, 900)).Amount);
    }

    [Fact]
    public async Task Ask_OfAWindowThatHasNoLimit_IsAnsweredWithNothing() => Assert.Null(await node.AskAsync(new VelocityAsk(Enterprise, 1, 61, 1, 5, 0)));

    [Fact]
    public async Task Settle_UnderALowerLimit_EndsAllowancesForWhatWindowsHold()
    {
        await TakeAsync(1, 600);
        partitions.Of(1).Used = 600;
        limit = 100;
        await node.SettleAsync(Seconds, [1]);
        Assert.Equal(0, partitions.Of(1).Allowance);
        Assert.Equal((0, true), await AskAsync(2, 10) is var none ? (none.Amount, none.IsAllAmount) : default);
        partitions.Of(1).Used = 0;
        Assert.Equal(10, (await AskAsync(2, 10)).Amount - ((100 - 10) / 8));
    }

    [Fact]
    public async Task Settle_OfALimitThatIsRemovedAndSetAgain_VoidsAnswersOfBefore()
    {
        var share = await AskAsync(1, 600);
        isRemoved = true;
        await node.SettleAsync(Seconds, [1]);
        (isRemoved, limit) = (false, 100);
        await node.SettleAsync(Seconds, [1]);
        partitions.Of(1).Take(question, share);
        Assert.Equal(0, partitions.Of(1).Allowance);
    }

    /// <summary>Answers are lost, come late or after a recall; windows empty by time; facts come; the limit changes. Approvals in all windows never pass the limit, and what is refused did not fit.</summary>
    [Fact]
    public async Task Deal_WithAnyMoves_NeverPassesTheLimitAndRefusesOnlyWhatDoesNotFit()
    {
        var (approved, refused) = (0, 0);
        for (var seed = 1; seed <= 200; seed++)
        {
            using var world = new NodeVelocitiesTests();
            var dice = Xoshiro256.Stream(2026, seed);
            for (var move = 0; move < 200; move++)
            {
                var partition = world.partitions.Of(1 + (int)dice.Below(4));
                if (await world.MoveAsync(partition, dice.Below(20), 1 + dice.Below(300), dice.Below(3) == 0) is not { } isApproved) continue;
                if (isApproved) approved++;
                else refused++;
            }
        }
        Assert.True(approved > 2_000 && refused > 2_000, $"{approved} approved, {refused} refused");
    }

    /// <summary>Makes a move.</summary>
    /// <returns>Whether a request was approved, or refused; null for another move.</returns>
    private async Task<bool?> MoveAsync(DealtPartition partition, long what, long amount, bool isLost)
    {
        switch (what)
        {
            case 0:
                limit = amount * 4;
                await node.SettleAsync(Seconds, partitions.All.Select(p => p.Number));
                return null;
            case 1 or 2:
                (partition.Used, facts[partition]) = (partition.Used / 2, facts.GetValueOrDefault(partition) / 2);
                return null;
            case 3:
                partition.Used += amount;
                facts[partition] = facts.GetValueOrDefault(partition) + amount;
                return null;
            case 4 when late.Count > 0:
                late[0].Partition.Take(late[0].Question, late[0].Share);
                late.RemoveAt(0);
                return null;
        }
        VelocityShare? share = null;
        if (partition.Used + amount > partition.Allowance)
        {
            share = await AskAsync(partition.Number, partition.Used + amount);
            if (isLost)
            {
                late.Add((partition, question, share));
                return null;
            }
            partition.Take(question, share);
        }
        if (partition.Used + amount > partition.Allowance)
        {
            Assert.True(partitions.All.Sum(p => p.Used) + amount > limit, "refused, and it would have fitted");
            Assert.True(share!.IsAllAmount);
            return false;
        }
        partition.Used += amount;
        Assert.True(partitions.All.Sum(p => p.Used - facts.GetValueOrDefault(p)) <= limit, "the limit is passed");
        return true;
    }

    private async Task TakeAsync(int partition, long amount)
    {
        // The question has its number only when it was asked.
        var share = await AskAsync(partition, amount);
        partitions.Of(partition).Take(question, share);
    }

    private async Task<VelocityShare> AskAsync(int partition, long amount) => (await node.AskAsync(new VelocityAsk(Enterprise, partition, Seconds, ++question, amount, 0)))!;

    private NodeView Terms() => new(Enterprise, Currency.Parse("EUR"), NodeStatus.Active, default, 0, 0, 0, 0, -1, 0, [], [], isRemoved ? [] : [new VelocityLimitView(Seconds, limit, -1, 0, 0)]);
}
