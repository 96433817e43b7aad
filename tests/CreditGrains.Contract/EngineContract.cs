using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;

namespace CreditGrains.Contract;

/// <summary>What any host of the engine keeps: its tests run against the standalone engine and against a cluster. No test here moves a clock or restarts anything.</summary>
public abstract class EngineContract
{
    private readonly Lazy<Book> book;

    /// <param name="engine">The engine; opened already.</param>
    protected EngineContract(Func<ICreditEngine> engine) => book = new Lazy<Book>(() => new Book(engine()));

    private protected Book Book => book.Value;

    private protected static void AssertDeclined(Reason reason, in Outcome outcome)
    {
        Assert.Equal((OutcomeKind.Declined, reason), (outcome.Kind, outcome.Reason));
        Assert.NotEqual(0, outcome.Sequence);
    }

    private protected static void AssertRefused(Reason reason, in Outcome outcome)
    {
        Assert.Equal((OutcomeKind.Refused, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(0, outcome.Sequence);
        Assert.False(string.IsNullOrEmpty(outcome.Message));
    }

    private protected static void AssertApproved(long amount, in Outcome outcome) =>
        Assert.Equal((OutcomeKind.Approved, Reason.None, amount), (outcome.Kind, outcome.Reason, outcome.Amount));

    private protected static void AssertPosted(long amount, in Outcome outcome) =>
        Assert.Equal((OutcomeKind.Posted, Reason.None, amount), (outcome.Kind, outcome.Reason, outcome.Amount));

    private protected static FacilityBalances Balances(
        long principal = 0, long interest = 0, long fees = 0, long credit = 0, long held = 0, long released = 0, long writtenOff = 0, long uncleared = 0) =>
        new(principal, interest, fees, credit, held, released, writtenOff, uncleared);

    /// <summary>The nodes whose limits failed, in order. Their figures are the host's: in a cluster those of a shared node are its partition's.</summary>
    private protected static NodeKind[] Failing(in Outcome outcome) => [.. (outcome.Limits ?? []).Select(l => l.Node.Kind)];
}
