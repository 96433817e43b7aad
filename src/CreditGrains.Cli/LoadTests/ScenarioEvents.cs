using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What happened at which second of a run.</summary>
internal sealed class ScenarioEvents
{
    /// <summary>Latencies before rule-breakers joined, nanoseconds.</summary>
    public LatencyHistogram Quiet { get; set; } = new();

    /// <summary>Rule-breakers and the others; null: they did not come.</summary>
    public AbuseTotals? Abuse { get; set; }

    /// <summary>Queries beside the decisions, ended; null: there were none.</summary>
    public QueryTotals? Queries { get; set; }

    /// <summary>When the server was killed; 0: never.</summary>
    public double KilledAtSeconds { get; set; }

    /// <summary>Stopwatch ticks at which the new server was started.</summary>
    public long RestartedAt { get; set; }

    /// <summary>The newest requests answered before the kill.</summary>
    public IReadOnlyList<AnsweredRequest> AnsweredBeforeKill { get; set; } = [];

    /// <summary>What became of decisions over the restart; null: the server was not killed.</summary>
    public RestartTotals? Restart { get; set; }

    /// <summary>Why the server ended without being asked to; empty: it did not.</summary>
    public string ServerEndedText { get; set; } = "";
}
