using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Uci;

namespace CreditGrains.Cli.Bench.ClusterReplay;

/// <summary>What two replays of one file came to.</summary>
/// <param name="Accounts">Accounts of the file.</param>
/// <param name="Alone">On the standalone engine.</param>
/// <param name="Together">On the cluster.</param>
/// <param name="Audit">Of the cluster's declines.</param>
/// <param name="Nodes">Shared nodes as the cluster tells them, with the exposure counted from the feed.</param>
/// <param name="Time">Of the cluster's replay.</param>
internal sealed record ReplayComparison(
    int Accounts, UciReplay Alone, UciReplay Together, LeaseBoundAudit Audit, IReadOnlyList<(string Label, NodeUse Use, long Counted)> Nodes, TimeSpan Time)
{
    /// <summary>Facilities whose balances differ between the two, as read from the engines at the end.</summary>
    public int FacilitiesThatDiffer { get; } = Enumerable.Range(0, Accounts).Count(i => Alone.Held[i] != Together.Held[i]);

    /// <summary>Shared nodes whose exposure is not the sum of what the feed says.</summary>
    public int NodesThatDiffer { get; } = Nodes.Count(node => node.Use.Exposure != node.Counted);

    /// <summary>Prints it.</summary>
    public void Print(Report report, List<Figure> figures)
    {
        var (alone, together) = (Alone.Tally, Together.Tally);
        report.Detail($"accounts {Accounts:N0}; commands standalone {alone.Commands:N0}, cluster {together.Commands:N0} in {Time.TotalSeconds:F1} s with one silo killed half-way");
        report.Detail($"balances equal to the bill: standalone {Alone.Compared - Alone.MismatchCount:N0} of {Alone.Compared:N0}, cluster {Together.Compared - Together.MismatchCount:N0} of {Together.Compared:N0}");
        report.Detail($"drawdowns asked {alone.Requests:N0}: approved standalone {alone.Approved:N0}, cluster {together.Approved:N0}; declined {alone.Declined:N0}, {together.Declined:N0}; of them by shared nodes {alone.DeclinedByShared:N0}, {together.DeclinedByShared:N0}");
        report.Detail($"answered again under the same id, after a failure: {together.Repeated:N0}");
        report.Detail($"the cluster's feed: {Audit.Events:N0} events, {Audit.Declines:N0} declines by shared nodes");
        foreach (var (label, use, counted) in Nodes)
            report.Detail($"  {label}: limit {use.Limit:N0}, exposure {use.Exposure:N0}, counted from the feed {counted:N0}, {use.FacilityCount:N0} facilities");
        figures.Add(new Figure("facilities whose balances differ from the standalone engine's", "facilities", FacilitiesThatDiffer, Demand.AtMost, 0));
        figures.Add(new Figure("balances that are not the file's bill", "balances", Together.MismatchCount, Demand.AtMost, 0));
        figures.Add(new Figure("shared nodes whose exposure is not the sum of the feed", "nodes", NodesThatDiffer, Demand.AtMost, 0));
        figures.Add(new Figure("declines by shared nodes outside the stated bound", "declines", Audit.OutsideBound, Demand.AtMost, 0, $"of {Audit.Declines}"));
    }
}
