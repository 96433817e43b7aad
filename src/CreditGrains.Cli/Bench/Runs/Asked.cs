using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>The figures that were asked for, by name and bound. Two cores, load generator on the same machine, every flush real.</summary>
internal static class Asked
{
    private const string Rate = "decisions/s";

    public static Figure Batches(double value, string note = "") => new("in process, batches of 1,000", Rate, value, Demand.AtLeast, 1_000_000, note);

    public static Figure Singles(double value, string note = "") => new("in process, 512 single callers", Rate, value, Demand.AtLeast, 400_000, note);

    public static Figure Unary(double value, string note = "") => new("gRPC unary, 16 connections × 16 streams", Rate, value, Demand.AtLeast, 45_000, note);

    public static Figure UnaryTail(double value, string note = "") => new("gRPC unary, p99", "ms", value, Demand.Below, 10, note);

    public static Figure UnaryRatio(double value, string note = "") => new("gRPC unary ÷ PostgreSQL single", "times", value, Demand.AtLeast, 4, note);

    public static Figure Retries(double value, string note = "") => new("gRPC unary by h2load, one body (retries)", Rate, value, Demand.AtLeast, 60_000, note);

    public static Figure Stream(double value, string note = "") => new("gRPC stream, batches of 100", Rate, value, Demand.AtLeast, 400_000, note);

    public static Figure StreamRatio(double value, string note = "") => new("gRPC stream ÷ PostgreSQL batches of 100", "times", value, Demand.AtLeast, 5, note);

    public static Figure Single(double value, string note = "") => new("one client, one request at a time, p50", "ms", value, Demand.AtMost, 1, note);

    public static Figure EventBytes(double value, string note = "") => new("journal bytes of a four-node approval", "bytes", value, Demand.AtMost, 160, note);

    public static Figure Memory(double value, string note = "") => new("resident memory", "GiB", value, Demand.AtMost, 6, note);

    public static Figure Restart(double value, string note = "") => new("restart to first decision", "s", value, Demand.AtMost, 30, note);

    public static Figure Import(double value, string note = "") => new("bulk import", "rows/s", value, Demand.AtLeast, 200_000, note);

    public static Figure Pause(double value, string note = "") => new("longest pause while a snapshot is written, half load", "ms", value, Demand.AtMost, 50, note);

    public static Figure PostgresSingle(double value, string note = "") => new("PostgreSQL, single", Rate, value, Note: note);

    public static Figure PostgresBatch(double value, string note = "") => new("PostgreSQL, batches of 100", Rate, value, Note: note);

    public static Figure ClusterStream(double value, string note = "") => new("cluster of three silos, stream, batches of 100", Rate, value, Demand.AtLeast, 60_000, note);

    public static Figure ClusterRatio(double value, string note = "") => new("cluster stream ÷ PostgreSQL single", "times", value, Demand.AtLeast, 4, note);

    public static Figure ClusterUnary(double value, string note = "") => new("cluster of three silos, unary", Rate, value, Demand.AtLeast, 15_000, note);

    public static Figure ClusterHot(double value, string note = "") => new("all under one enterprise ÷ spread, stream", "times", value, Demand.AtLeast, 0.7, note);

    public static Figure ClusterFailover(double value, string note = "") => new("kill -9 of one silo of three, to a decision on each of its accounts", "s", value, Demand.AtMost, 20, note);

    public static Figure ClusterPause(double value, string note = "") => new("longest collection pause of a silo under load", "ms", value, Demand.AtMost, 200, note);

    public static Figure ClusterMemory(double value, string note = "") => new("resident memory of three silos together", "GiB", value, Demand.AtMost, 9, note);

    public static Figure RiskScorecard(double value, string note = "") => new("Authorize with features, scorecard and policy, batches of 1,000", Rate, value, Demand.AtLeast, 300_000, note);

    public static Figure RiskTrees(double value, string note = "") => new("Authorize with features, 200 trees × 6 and policy, batches of 1,000", Rate, value, Demand.AtLeast, 120_000, note);

    public static Figure ShadowRate(double value, string note = "") => new("100 shadow models behind the journal, half 200 trees × 6, half scorecards, one core", "events/s", value, Demand.AtLeast, 3_000, note);

    public static Figure ShadowCost(double value, string note = "") => new("decisions with 100 shadows beside ÷ without, one batch at a time", "times", value, Demand.AtLeast, 0.95, note);

    public static Figure RiskNone(double value, string note = "") => new("Authorize without model or policy, batches of 1,000", Rate, value, Note: note);

    public static Figure SecuredUnary(double value, string note = "") => new("with API key, roles, tenant limits, audit and signed heads ÷ open, unary", "times", value, Demand.AtLeast, 0.9, note);

    public static Figure SecuredStream(double value, string note = "") => new("with API key, roles, tenant limits, audit and signed heads ÷ open, stream", "times", value, Demand.AtLeast, 0.9, note);

    public static Figure TreeScore(double value, string note = "") => new("200 trees × 6, one event, one core", "µs", value, Demand.AtMost, 4, note);

    public static Figure TreeShapley(double value, string note = "") => new("Shapley values of 200 trees × 6", "ms", value, Demand.AtMost, 1, note);

    public static Figure TreeShapleySum(double value, string note = "") => new("Shapley values: sum less margin, in millionths", "10⁻⁶", value * 1e6, Demand.AtMost, 1, note);

    public static Figure TreeRatio(double value, string note = "") => new("ONNX Runtime, a row at a time ÷ ours", "times", value, Demand.AtLeast, 1, note);
}
