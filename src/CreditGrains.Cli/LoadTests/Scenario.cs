using CreditGrains.Cli.Bench.Arrivals;

namespace CreditGrains.Cli.LoadTests;

/// <summary>How requests are sent.</summary>
internal enum Transport
{
    /// <summary>One request a call.</summary>
    Unary,

    /// <summary>Batches on bidirectional streams.</summary>
    Stream,
}

/// <summary>What a load test does: how much is offered over time, and what happens meanwhile.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Description">One sentence.</param>
/// <param name="PartOfPeak">Offered rate as a part of the measured peak, when no rate is given.</param>
/// <param name="Minutes">Usual length.</param>
internal sealed record Scenario(string Name, string Description, double PartOfPeak, double Minutes)
{
    private const double BurstFactor = 10;
    private const double BurstSecondsMax = 10;

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("decide", "limit decisions at a steady rate", 0.5, 1),
        new("scored", "limit decisions scored by a card on features, and decided by a policy", 0.5, 1) { ScoredBy = ScoredBy.Card },
        new("life", "authorisations, captures, voids and repayments at a steady rate", 0.5, 1) { IsLife = true },
        new("query", "limit decisions at a steady rate, and queries beside them", 0.5, 1) { QueriesPerSecond = 500 },
        new("hot", "the same with every account under one enterprise", 0.5, 1),
        new("burst", "a steady rate, ten times of it for a while, and the rate again", 0.1, 1) { Shape = Burst, PatienceMs = 1_000 },
        new("overload", "peak, then three times the peak on streams or one and a half unary, then half of it", 1, 1) { Shape = Overload, PatienceMs = 1_000 },
        new("soak", "a steady rate for long, with memory watched", 0.5, 30),
        new("restart", "a steady rate, and the server killed in the middle and started again", 0.25, 1) { KillsServer = true },
        new("abuse", "a steady rate, and in the second half callers who break the rules", 0.25, 2) { HasAbuse = true },
    ];

    /// <summary>Rate over time.</summary>
    /// <remarks>Rate a second, length in seconds, transport.</remarks>
    public Func<double, double, Transport, RateProfile> Shape { get; init; } = (perSecond, _, _) => RateProfile.Constant(perSecond);

    /// <summary>How long a caller waits for its request to be sent, milliseconds; 0 for ever.</summary>
    public double PatienceMs { get; init; }

    /// <summary>Whether the server is killed half-way and started again.</summary>
    public bool KillsServer { get; init; }

    /// <summary>What scores the requests unless something else is asked for.</summary>
    public ScoredBy ScoredBy { get; init; }

    /// <summary>Whether what is offered is the whole life of accounts, not authorisations alone.</summary>
    public bool IsLife { get; init; }

    /// <summary>Queries a second beside the decisions.</summary>
    public double QueriesPerSecond { get; init; }

    /// <summary>Whether the second half has callers who break the rules.</summary>
    public bool HasAbuse { get; init; }

    /// <summary>The length of the middle part of a burst or an overload, and where it starts.</summary>
    public static (double From, double To) Middle(double seconds)
    {
        var length = Math.Min(BurstSecondsMax, seconds / 3);
        return ((seconds - length) / 2, (seconds + length) / 2);
    }

    private static RateProfile Burst(double perSecond, double seconds, Transport transport)
    {
        var (from, to) = Middle(seconds);
        return new(new(0, perSecond), new(from, perSecond * BurstFactor), new(to, perSecond));
    }

    private static RateProfile Overload(double perSecond, double seconds, Transport transport)
    {
        var (from, to) = Middle(seconds);
        return new(new(0, perSecond * 0.5), new(from, perSecond * (transport == Transport.Stream ? 3 : 1.5)), new(to, perSecond * 0.5));
    }
}
