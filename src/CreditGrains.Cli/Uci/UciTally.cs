using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Uci;

/// <summary>Counts of a replay, by movement and in all. One thread.</summary>
internal sealed class UciTally
{
    private readonly SortedDictionary<Reason, long> declines = [];
    private readonly SortedDictionary<string, long> failing = new(StringComparer.Ordinal);

    /// <summary>Commands answered.</summary>
    public long Commands { get; private set; }

    /// <summary>Of them, answered from an earlier run.</summary>
    public long Repeated { get; private set; }

    /// <summary>Nodes and facilities opened.</summary>
    public long Opened { get; set; }

    /// <summary>Repayments that make the credits with which accounts began.</summary>
    public long OpeningCredits { get; set; }

    public long Requests { get; set; }

    public long Approved { get; set; }

    public long Declined { get; private set; }

    public long Refunds { get; set; }

    public long Payments { get; set; }

    /// <summary>Declined drawdowns, posted as facts.</summary>
    public long Forced { get; private set; }

    /// <summary>Facts that left the account above its limit.</summary>
    public long Excesses { get; private set; }

    /// <summary>Sum of those excesses, minor units.</summary>
    public Int128 ExcessAmount { get; private set; }

    /// <summary>Declines by reason.</summary>
    public IReadOnlyDictionary<Reason, long> Declines => declines;

    /// <summary>Declines by the kind of node whose limit stood in the way.</summary>
    public IReadOnlyDictionary<string, long> FailingLimits => failing;

    /// <summary>Drawdowns declined for want of headroom on a node that accounts share, whatever else stood in the way.</summary>
    public long DeclinedByShared { get; private set; }

    public void Add(in Outcome outcome)
    {
        Commands++;
        if (outcome.Duplicate) Repeated++;
    }

    public void AddDecline(in Outcome outcome)
    {
        Declined++;
        declines[outcome.Reason] = declines.GetValueOrDefault(outcome.Reason) + 1;
        if (Array.Exists(outcome.Limits ?? [], limit => limit.Node.Kind is not (NodeKind.Facility or NodeKind.Borrower))) DeclinedByShared++;
        foreach (var limit in outcome.Limits ?? [])
        {
            var name = limit.Node.Kind == NodeKind.Facility ? "facility" : limit.Node.ToString();
            failing[name] = failing.GetValueOrDefault(name) + 1;
        }
    }

    public void AddForced(in Outcome outcome)
    {
        Forced++;
        foreach (var limit in outcome.Limits ?? [])
        {
            if (limit.Node.Kind != NodeKind.Facility) continue;
            Excesses++;
            ExcessAmount -= limit.Headroom;
        }
    }
}
