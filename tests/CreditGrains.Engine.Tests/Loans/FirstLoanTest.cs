using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Tables;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Engine.Tests.Scoring;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>Where a facility's first loan stands: in itself while it has no rules, else in its rules row. Digests do not tell which.</summary>
public sealed class FirstLoanTest : LoanTest
{
    private const int Facilities = 8;
    private static readonly string[] RuleNames = ["dated", "sub", "velocity", "review"];

    public static TheoryData<string> EachRule => [.. RuleNames];

    private PartitionState State => World.Partition.State;

    private FacilityRow Row => State.Facilities.Read(State.FindFacility(World.F(1)));

    [Fact]
    public void Loan_OfAFacilityWithoutRules_TakesNoRulesRow()
    {
        World.OpenLine(2, Line, World.Node(NodeKind.Borrower));
        World.OpenLine(3, Line, World.Node(NodeKind.Borrower));
        for (var facility = 1; facility <= 3; facility++) Draw(120_000, Level, 12, 600, facility);
        Draw(60_000, Level, 6);
        Date(Start.AddMonths(1));
        World.Idle();

        Assert.Equal(0, State.FacilityRules.Count);
        Assert.Equal([6, 12], World.View().Loans.Select(loan => loan.Remaining + loan.Dues.Count).Order());
        World.Snapshot();
        World.AssertReplaysTheSame();
        Assert.Equal((0, 2), (State.FacilityRules.Count, World.View().Loans.Count));
        Assert.Equal(-1, World.View().Node.ReviewThreshold);
    }

    [Theory]
    [MemberData(nameof(EachRule))]
    public void Rules_OfAFacilityWithLoans_TakeItsLoansOver(string rule)
    {
        var first = Draw(120_000, Level, 12);
        Draw(60_000, Level, 6);
        World.Snapshot();
        World.Reopen();
        SetRule(rule);

        AssertHasBoth(rule, loans: 2);
        Assert.Contains(World.View().Loans, loan => loan.Reference == first.Sequence);
        World.Snapshot();
        World.AssertReplaysTheSame();
        AssertHasBoth(rule, loans: 2);
    }

    [Theory]
    [MemberData(nameof(EachRule))]
    public void Loan_OfAFacilityWithRules_StandsInItsRulesRow(string rule)
    {
        SetRule(rule);
        World.Snapshot();
        World.Reopen();
        var drawn = Draw(900, Level, 12);
        AssertHasBoth(rule, loans: 1);
        World.AssertReplaysTheSame();
        AssertHasBoth(rule, loans: 1);

        World.Do(World.Of(CommandKind.RepayEarly, 900, drawn.Sequence));
        Assert.Empty(World.View().Loans);
        Assert.True(Row.HasRules);
    }

    [Fact]
    public void Loan_ThatEnds_LeavesNothingAndTheDigestOfARulesRow()
    {
        var opened = World.Digest;
        Draw(500, Level, 5, 0);
        var second = Draw(700, Level, 7, 0);
        World.Do(World.Of(CommandKind.RepayEarly, 700, second.Sequence));
        Assert.Single(World.View().Loans);
        World.Do(World.Of(CommandKind.RepayEarly, 500, World.View().Loans[0].Reference));
        Assert.Equal((0, 0, 0, false), (State.Loans.Count, State.FacilityRules.Count, FacilityRulesOf.FirstLoan(State, Row), Row.HasRules));
        World.Snapshot();
        World.AssertReplaysTheSame();

        // As layout 6 left it: a row with nothing in it. The journals of then have its digest.
        var ended = World.Digest;
        Assert.NotEqual(opened, ended);
        FacilityRulesOf.Ensure(State, State.FindFacility(World.F(1)));
        Assert.Equal((1, ended), (State.FacilityRules.Count, World.Digest));
        World.Reopen();

        Draw(900, Level, 3);
        Assert.Equal((900L, 0), (Assert.Single(World.View().Loans).Amount, State.FacilityRules.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Digest_OfRandomLoansAndRules_IsThatOfRowsAsLayout6HadThem(int seed)
    {
        using World now = NewWorld(), before = NewWorld();
        RandomHistory nowHistory = new(now, new Random(seed), Facilities), beforeHistory = new(before, new Random(seed), Facilities);
        var random = new Random(seed * 17);
        var date = Start;
        var (alone, ended) = (0, 0);
        for (var step = 0; step < 250; step++)
        {
            nowHistory.Next();
            beforeHistory.Next();
            if (random.Next(8) == 0)
            {
                var facility = random.Next(1, Facilities + 1);
                DrawAndUndo(now, facility);
                DrawAndUndo(before, facility);
            }
            ControlCommand? control = random.Next(30) switch
            {
                0 or 1 or 2 => new AdvanceBusinessDate(World.Scope, DayOf(date = date.AddDays(random.Next(1, 40)))),
                3 => RuleOf(RuleNames[random.Next(RuleNames.Length)], random.Next(1, Facilities + 1), random.Next(4) * 4_000_000L, now.Now),
                4 => new SetLimit(World.F(random.Next(1, Facilities + 1)), Line - random.Next(10)),
                _ => null,
            };
            if (control is not null) Assert.Equal(now.Do(control).Kind, before.Do(control).Kind);
            for (var facility = 1; facility < before.Partition.State.Facilities.End; facility++)
                if (before.Partition.State.Facilities.Read(facility).HadLoansAlone) FacilityRulesOf.Ensure(before.Partition.State, facility);
            Assert.Equal(now.Digest, before.Digest);
            if (step % 25 == 24)
            {
                // One from its whole journal, the other from the rows as they were and what came since.
                before.Snapshot();
                before.AssertReplaysTheSame();
                now.AssertReplaysTheSame();
            }
            for (var facility = 1; facility < now.Partition.State.Facilities.End; facility++)
            {
                ref readonly var row = ref now.Partition.State.Facilities.Read(facility);
                if (row.FirstLoanAlone != 0) alone++;
                if (row.HadLoansAlone && row.FirstLoanAlone == 0) ended++;
            }
        }
        Assert.True(alone > 0 && ended > 0, $"{alone} loans alone, {ended} times none any more: nothing was tried");
        Assert.Equal(0, now.Partition.SnapshotSequence);
        now.Snapshot();
        now.AssertReplaysTheSame();
        Assert.Equal(before.Digest, now.Digest);
    }

    private static World NewWorld()
    {
        var world = new World();
        world.Open(NodeKind.Portfolio, 1, 100 * Line);
        world.Open(NodeKind.Borrower, 1, 20 * Line, World.Node(NodeKind.Portfolio));
        for (var facility = 1; facility < Facilities; facility++) world.OpenLine(facility, Line, World.Node(NodeKind.Borrower));
        world.OpenLineAs(Facilities, Line, World.Eur, new ExposureBasis(ExposureMeasure.DrawnPlusUndrawnFactor, false, 400_000), World.Node(NodeKind.Borrower));
        world.Set(new AdvanceBusinessDate(World.Scope, DayOf(Start)));
        return world;
    }

    private static void DrawAndUndo(World world, long facility)
    {
        var drawn = world.Of(CommandKind.Drawdown, 12_000, 0, facility) with { Control = new LoanOffer(World.F(facility), SealedProduct.Of(Level), new LoanFigures(new RateAnnual(0), 12)) };
        if (world.Do(drawn).Kind == OutcomeKind.Approved) Assert.Equal(OutcomeKind.Posted, world.Reverse(drawn.Id).Kind);
    }

    private static ControlCommand RuleOf(string rule, long facility, long amount, long nowMicros) => rule switch
    {
        "dated" => new SetLimit(World.F(facility), Line - amount / 2, nowMicros + World.Day, nowMicros + 2 * World.Day),
        "sub" => new SetSubLimit(World.F(facility), Channel.Unspecified, 5_000, 5_999, amount == 0 ? -1 : amount),
        "velocity" => new SetVelocityLimit(World.F(facility), 3_600, amount == 0 ? -1 : amount, -1),
        "review" => new SetReviewThreshold(World.F(facility), amount == 0 ? -1 : amount),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "no such rule"),
    };

    private void SetRule(string rule) => World.Set(RuleOf(rule, 1, 1_000, World.Now));

    private void AssertHasBoth(string rule, int loans)
    {
        var view = World.View();
        Assert.Equal((loans, 1, true), (view.Loans.Count, State.FacilityRules.Count, Row.HasRules));
        Assert.Equal(State.FacilityRules.Read(Row.Rules).FirstLoan, FacilityRulesOf.FirstLoan(State, Row));
        Assert.Equal(
            (rule == "dated" ? 1 : 0, rule == "sub" ? 1 : 0, rule == "velocity" ? 1 : 0, rule == "review" ? 1_000L : -1),
            (view.Node.DatedLimits.Count, view.SubLimits.Count, view.Node.VelocityLimits.Count, view.Node.ReviewThreshold));
    }
}
