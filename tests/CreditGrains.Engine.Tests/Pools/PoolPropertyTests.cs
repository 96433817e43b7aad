using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Draws;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Pools;

/// <summary>Any commands about pools, sound and hostile: after every batch all adds up, and replay and snapshots give the same state.</summary>
public sealed class PoolPropertyTests
{
    private const int Loans = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyCommands_KeepThePoolsAddedUp_AndReplayTheSame(int seed)
    {
        using var pools = new PoolWorld();
        var random = new Xoshiro256((ulong)seed);
        var date = PoolWorld.CutOff;
        var posted = 0;
        for (var batch = 0; batch < 60; batch++)
        {
            date = date.AddDays((int)random.Below(6));
            var commands = new Command[20];
            for (var i = 0; i < commands.Length; i++) commands[i] = Command.Of(default, Any(ref random, pools, date));
            posted += pools.World.DoAll(commands).Count(outcome => outcome.Kind == OutcomeKind.Posted);
            pools.AssertAddsUp();
            if (batch == 25) pools.World.Snapshot();
            if (batch is 20 or 40) pools.World.AssertReplaysTheSame();
        }

        pools.World.AssertReplaysTheSame();
        pools.World.Snapshot();
        pools.World.AssertReplaysTheSame();
        Assert.Equal(pools.World.LastSequence, pools.World.Partition.SnapshotSequence);
        pools.AssertAddsUp();
        Assert.True(posted > 200, $"only {posted} commands had an effect");
        Assert.True(pools.Ledger().History.Count > 2);
    }

    private static ControlCommand Any(ref Xoshiro256 random, PoolWorld pools, DateOnly date)
    {
        var pool = PoolWorld.Pool(1 + random.Below(2));
        var loan = 1 + random.Below(Loans);
        if (random.Below(40) == 0) return new AdvanceBusinessDate(World.Scope, PoolDates.Of(date));
        var row = pools.World.Partition.State.Pools.FindLoan(pool, loan);
        var member = row == 0 ? default : pools.World.Partition.State.PoolLoans.Read(row).Member;
        if (member.Pool == 0) return new PutLoanInPool(pool, loan, random.Below(3) == 0 ? TransferKind.SubstituteIn : TransferKind.Purchase, date, Candidate(ref random));
        // Mostly of the pool it is in.
        if (random.Below(10) > 0) pool = PoolWorld.Pool(member.Pool);
        if (random.Below(12) == 0) return new TakeLoanFromPool(pool, loan, (TransferKind)(2 + random.Below(4)), date);
        return new ReportLoan(pool, loan, Movement(ref random, date, member.Principal));
    }

    private static LoanCandidate Candidate(ref Xoshiro256 random) => PoolWorld.Loan(Amount(ref random), (int)random.Below(5)) with
    {
        Obligor = random.Below(9),
        Industry = (int)random.Below(4),
        DaysPastDue = (int)random.Below(95),
        RemainingMonths = (int)random.Below(62),
        Origination = PoolWorld.CutOff.AddMonths(-(int)random.Below(24)),
    };

    private static LoanMovement Movement(ref Xoshiro256 random, DateOnly date, long owed)
    {
        var scheduled = random.Below(3) == 0 ? 0 : random.Below(Math.Min(owed, 1L << 40) + 1);
        var prepaid = random.Below(5) > 0 ? 0 : owed - scheduled;
        var cause = (MovementCause)random.Below(13);
        var after = owed - scheduled - prepaid;
        if (random.Below(6) == 0) after = Amount(ref random);
        return new LoanMovement
        {
            Date = date.AddDays(-(int)random.Below(3)),
            Cause = cause,
            Principal = Math.Max(0, after),
            Scheduled = scheduled,
            Prepaid = prepaid,
            Interest = Amount(ref random) - Amount(ref random),
            Recovery = random.Below(4) == 0 ? Amount(ref random) : 0,
            DaysPastDue = (int)random.Below(120),
            RemainingMonths = (int)random.Below(60),
            RatePpm = (int)random.Below(200_000),
        };
    }

    /// <summary>Usual sizes, and now and then one at the edge of what fits.</summary>
    private static long Amount(ref Xoshiro256 random) => random.Below(25) == 0 ? (1L << 60) - random.Below(3) : 1 + random.Below(100_000);
}
