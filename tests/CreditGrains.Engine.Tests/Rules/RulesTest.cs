using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>A world for each test. At its end the journal is replayed into a fresh partition, which must reach the same state.</summary>
public abstract class RulesTest : IDisposable
{
    private readonly Lazy<World> world;

    private protected RulesTest(PartitionOptions? options = null) => world = new Lazy<World>(() => new World(options));

    private protected World World => world.Value;

    public void Dispose()
    {
        if (!world.IsValueCreated) return;
        using (World) World.AssertReplaysTheSame();
        GC.SuppressFinalize(this);
    }

    private protected static void AssertDeclined(Reason reason, in Outcome outcome)
    {
        Assert.Equal((OutcomeKind.Declined, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(0, outcome.Amount);
        Assert.NotEqual(0, outcome.Sequence);
    }

    private protected static void AssertRefused(Reason reason, in Outcome outcome)
    {
        Assert.Equal((OutcomeKind.Refused, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(0, outcome.Sequence);
        Assert.False(string.IsNullOrEmpty(outcome.Message));
    }

    private protected static void AssertPosted(long amount, in Outcome outcome) =>
        Assert.Equal((OutcomeKind.Posted, Reason.None, amount), (outcome.Kind, outcome.Reason, outcome.Amount));

    private protected static void AssertApproved(long amount, in Outcome outcome) =>
        Assert.Equal((OutcomeKind.Approved, Reason.None, amount), (outcome.Kind, outcome.Reason, outcome.Amount));

    private protected static FacilityBalances Balances(
        long principal = 0, long interest = 0, long fees = 0, long credit = 0, long held = 0, long released = 0, long writtenOff = 0, long uncleared = 0) =>
        new(principal, interest, fees, credit, held, released, writtenOff, uncleared);

    private protected static NodeKey Node(NodeKind kind, long id = 1) => World.Node(kind, id);

    private protected static NodeKey F(long id) => World.F(id);

    /// <summary>The limits of an outcome as "Kind/id:LimitKind:limit:headroom", in order.</summary>
    private protected static string[] Names(in Outcome outcome) =>
        [.. (outcome.Limits ?? []).Select(l => $"{l.Node.Kind}/{l.Node.Id}:{l.Kind}:{l.Limit}:{l.Headroom}")];

    private protected static Command With(Command command, string change) => change switch
    {
        "" => command,
        "final" => command with { Options = CommandOptions.Final },
        "uncleared" => command with { Options = CommandOptions.Uncleared },
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "no such change"),
    };
}
