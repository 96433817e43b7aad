using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Tests.Pools;

/// <summary>Two pools in euro with rules, and the words to bring loans in.</summary>
internal sealed class PoolWorld : IDisposable
{
    public static readonly DateOnly CutOff = new(2026, 1, 31);
    public const string Terms = """
        { "name": "consumer", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-06-30", "buckets": [0, 30, 60, 90],
          "eligibility": [{ "name": "not too long", "field": "remainingMonths", "max": 60 }],
          "concentrations": [{ "name": "one region", "by": "region", "max": 0.5, "base": 1000000 }],
          "triggers": [{ "name": "defaults", "measure": "cumulativeDefault", "level": 0.05 }] }
        """;

    public PoolWorld(int pools = 2)
    {
        for (var id = 1; id <= pools; id++)
        {
            World.Open(NodeKind.Pool, id, 1L << 60);
            World.Set(new DefinePool(Pool(id), Encoding.UTF8.GetBytes(Terms)));
        }
    }

    public World World { get; } = new();

    public static NodeKey Pool(long id) => World.Node(NodeKind.Pool, id);

    public static LoanCandidate Loan(long principal, int region = 1) => new()
    {
        Currency = World.Eur, Principal = principal, RatePpm = 60_000, RemainingMonths = 24, Region = region, Industry = 1, Obligor = 7, Origination = new DateOnly(2025, 11, 30),
    };

    public static PutLoanInPool Put(long loan, long principal, long pool = 1, int region = 1) => new(Pool(pool), loan, TransferKind.Purchase, CutOff, Loan(principal, region));

    public static LoanMovement Paid(DateOnly date, long owed, long scheduled) => new() { Date = date, Cause = MovementCause.Paid, Principal = owed, Scheduled = scheduled, Interest = 5, RemainingMonths = 23, RatePpm = 60_000 };

    public LivePool Live(long id = 1) => World.Partition.State.Pools.Find(Pool(id))!;

    public PoolLedger Ledger(long id = 1) => Live(id).Ledger;

    public void AssertDeclined(Reason reason, ControlCommand command, string? says = null)
    {
        var digest = World.Digest;
        var outcome = World.Do(command);
        Assert.Equal((OutcomeKind.Declined, reason), (outcome.Kind, outcome.Reason));
        if (says is not null) Assert.Contains(says, outcome.Message, StringComparison.Ordinal);
        Assert.Equal(digest, World.Digest);
    }

    public void AssertAddsUp() => Assert.Null(PoolConservation.FindBreach(World.Partition.State));

    public void Dispose() => World.Dispose();
}
