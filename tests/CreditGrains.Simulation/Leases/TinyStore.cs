using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Simulation.Leases;

/// <summary>What of one partition survives a crash: the epoch row, and what the journal adds up to. Amounts by node.</summary>
internal sealed class TinyStore
{
    public TinyStore(int nodes)
    {
        Limit = new long[nodes];
        Usage = new long[nodes];
        Facts = new long[nodes];
    }

    private TinyStore(TinyStore from)
    {
        Epoch = from.Epoch;
        Limit = (long[])from.Limit.Clone();
        Usage = (long[])from.Usage.Clone();
        Facts = (long[])from.Facts.Clone();
    }

    public long Epoch { get; set; }

    public long[] Limit { get; }

    public long[] Usage { get; }

    /// <summary>Usage above the limit that facts brought and nothing has covered or repaid since.</summary>
    public long[] Facts { get; }

    public TinyStore Clone() => new(this);

    public void Apply(TinyEvent happened)
    {
        if (happened.Limit >= 0) Limit[happened.Node] = happened.Limit;
        Usage[happened.Node] += happened.Change;
        if (happened.IsFact) Facts[happened.Node] = Math.Max(0, Facts[happened.Node] + happened.Change);
        Facts[happened.Node] = Math.Min(Facts[happened.Node], Math.Max(0, Usage[happened.Node] - Limit[happened.Node]));
    }

    public static NodeKey Key(int node) => new(node + 1, 1, 1, NodeKind.Enterprise);

    public static int Index(NodeKey node) => (int)node.Id - 1;
}

/// <summary>A journaled event: a limit of a node's row (−1 none), or a change of usage, approved (with its request) or as a fact.</summary>
internal readonly record struct TinyEvent(int Node, long Limit, long Change, bool IsFact, long Request);

/// <summary>Something a batch holds back until it is durable, in order: an event, a message, or an answer to a caller.</summary>
internal readonly record struct TinyEntry(TinyEvent? Event, LeaseReport? Report, TinyAnswer? Answer);

/// <summary>How a request ended.</summary>
internal enum TinyOutcome
{
    Approved,
    Declined,
    Refused,
}

/// <summary>An answer to a caller, with the figures it rests on.</summary>
internal readonly record struct TinyAnswer(long Request, TinyOutcome Outcome, int Node, long NodeLimit);
