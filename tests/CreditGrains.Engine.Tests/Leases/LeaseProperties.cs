using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using FsCheck;
using FsCheck.Fluent;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>What holds of sizing and of a book for any input, sensible or not.</summary>
public sealed class LeaseProperties
{
    private static readonly NodeKey Node = new(1, 1, 1, NodeKind.Product);

    private static readonly Gen<long> Small = Gen.Choose(0, 40).Select(v => (long)v);

    private static readonly Gen<LeasePolicy> Policies =
        from growth in Gen.Choose(0, 10)
        from usage in Gen.Choose(1, 10)
        from free in Gen.Choose(1, 4)
        from share in Gen.Choose(0, 4)
        from stranded in Gen.Choose(0, 20)
        from open in Gen.Choose(1, 3)
        select new LeasePolicy { GrowthFactor = growth, UsageDivisor = usage, FreeDivisor = free, ShareDivisor = share, StrandedDivisor = stranded, RecallsOpenMax = open };

    [Fact]
    public void Size_OfAnyDemand_StaysBetweenLeastAndRoomAndGrowsWithRoom() => Holds(
        from policy in Policies
        from room in Gen.OneOf(Small, Gen.Choose(0, int.MaxValue).Select(v => (long)v << 28))
        from usage in Small
        from added in Gen.Choose(1, 40)
        from more in Small
        from others in Small
        from holders in Gen.Choose(1, 40)
        select (Policy: policy, Room: room, Usage: usage, Added: added, More: more, Others: others, Holders: holders),
        c =>
        {
            long Of(long room, bool isContended) => c.Policy.Size(
                room, c.Usage, c.Usage + c.Added, c.Usage + c.Added + c.More, c.Added + c.More, c.Added + c.More + c.Others, isContended, c.Holders);
            var least = c.Usage + c.Added;
            Assert.InRange(Of(c.Room, false), least, least + c.Room);
            Assert.True(Of(c.Room / 2, false) <= Of(c.Room, false));
            Assert.Equal(least, Of(c.Room, true));
            // Half of what is free at most, by the part of demand: what shrinks near the limit.
            Assert.True(Of(c.Room, false) - least <= c.Room / c.Policy.FreeDivisor);
        });

    [Fact]
    public void Tolerances_OfAllHolders_StayWithinTheStatedBound() => Holds(
        from policy in Policies
        from limit in Gen.Choose(0, int.MaxValue)
        from holders in Gen.Choose(1, 1_000)
        select (policy, limit, holders),
        c => Assert.True((Int128)c.policy.Tolerance(c.limit, c.holders) * c.holders <= c.policy.StrandedMax(c.limit)));

    [Fact]
    public void Book_UnderAnyCommands_KeepsItsInvariants() => Holds(Scripts, script =>
    {
        var book = new LeaseBook(script.Policy);
        var state = LeaseBookState.Open(Node, 50);
        foreach (var command in script.Commands)
        {
            var before = LeaseBookCodec.Write(state);
            var decision = book.Decide(state, command);
            Assert.Equal(before, LeaseBookCodec.Write(state));
            if (decision.Rejection != LeaseRejection.None) Assert.Empty(decision.Events);
            var replayed = decision.Events.Aggregate(state, (s, e) => s.Apply(e));
            Assert.Equal(LeaseBookCodec.Write(decision.State), LeaseBookCodec.Write(replayed));
            var canGrow = state.ChargeSum <= state.Limit || state.IsCutting;
            state = decision.State;
            Sound(state);
            Assert.True(canGrow || !decision.Events.OfType<LeaseEvent.Granted>().Any() || state.ChargeSum <= state.Limit);
        }
    });

    [Fact]
    public void Book_HearingEverythingTwice_GrantsTheSame() => Holds(Scripts, script =>
    {
        var book = new LeaseBook(script.Policy);
        var once = LeaseBookState.Open(Node, 50);
        var twice = once;
        foreach (var command in script.Commands.Where(c => c is not LeaseCommand.Remind))
        {
            once = book.Decide(once, command).State;
            twice = book.Decide(book.Decide(twice, command).State, command).State;
        }
        Assert.Equal(LeaseBookCodec.Write(once), LeaseBookCodec.Write(twice));
    });

    private static Gen<(LeasePolicy Policy, LeaseCommand[] Commands)> Scripts =>
        from policy in Policies
        from commands in Commands.ArrayOf()
        select (policy, commands);

    private static Gen<LeaseCommand> Commands => Gen.Frequency(
        (12, Reports),
        (1, from p in Gen.Choose(1, 3) from epoch in Gen.Choose(1, 3) from usage in Small
            select (LeaseCommand)new LeaseCommand.Reclaim(new PartitionId(p), epoch, usage)),
        (1, from order in Gen.Choose(1, 9) from limit in Small select (LeaseCommand)new LeaseCommand.SetLimit(order, limit)),
        (1, Gen.Constant<LeaseCommand>(new LeaseCommand.Remind())));

    private static Gen<LeaseCommand> Reports =>
        from p in Gen.Choose(1, 3)
        from epoch in Gen.Frequency((6, Gen.Constant(1)), (1, Gen.Choose(0, 3)))
        from sequence in Gen.Choose(1, 12)
        from held in Gen.OneOf(Gen.Constant(0L), Small)
        from usage in Small
        from least in Gen.OneOf(Gen.Constant(0L), Small)
        from more in Small
        from answered in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 30)))
        select (LeaseCommand)new LeaseCommand.Receive(
            new LeaseReport(Node, new PartitionId(p), epoch, sequence, held, usage, least, least == 0 ? 0 : least + more, answered));

    private static void Sound(LeaseBookState state)
    {
        Assert.True(state.GrantSum <= state.Limit);
        Assert.Equal(state.GrantSum, Sum(state, e => e.Grant));
        Assert.Equal(state.ChargeSum, Sum(state, e => e.Charge));
        Assert.Equal(state.UsageSum, Sum(state, e => e.Usage));
        Assert.Equal(state.AskedSum, Sum(state, e => e.Asked));
        Assert.Equal(state.Queue.Values.Order(), state.Entries.Values.Where(e => e.Arrived != 0).Select(e => e.Partition).Order());
        Assert.True(state.CutTo < state.Limit);
    }

    private static Int128 Sum(LeaseBookState state, Func<LeaseEntry, long> part) => state.Entries.Values.Aggregate((Int128)0, (sum, e) => sum + part(e));

    private static void Holds<T>(Gen<T> cases, Action<T> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(cases.ToArbitrary(), check));
}
