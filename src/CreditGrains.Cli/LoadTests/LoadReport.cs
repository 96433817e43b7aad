using System.Globalization;
using System.Text.Json.Serialization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What a run of a scenario was and saw: the JSON twin of the page.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Description">What it does, one sentence.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Machine">Where.</param>
/// <param name="Accounts">Facilities the server had.</param>
/// <param name="Transport">How requests were sent: unary, or streamed batches, over how many connections.</param>
/// <param name="PeakPerSecond">The closed loop's rate measured before, which the offered rate is a part of unless a rate was given; 0 when it was not measured.</param>
/// <param name="Seconds">Second by second.</param>
/// <param name="Percentiles">Latency of the whole run by name, milliseconds.</param>
/// <param name="Outcomes">Decisions by outcome.</param>
/// <param name="Reasons">Declines and refusals by reason.</param>
/// <param name="Errors">Requests without a decision, by what went wrong.</param>
/// <param name="Figures">What is asked of the scenario beside what was measured, and what else is worth a number.</param>
internal sealed record LoadReport(
    string Scenario, string Description, DateTimeOffset StartedAt, Machine Machine, long Accounts, string Transport, double PeakPerSecond,
    IReadOnlyList<LoadSecond> Seconds, IReadOnlyList<NamedValue> Percentiles, IReadOnlyList<NamedValue> Outcomes, IReadOnlyList<NamedValue> Reasons,
    IReadOnlyList<NamedValue> Errors, IReadOnlyList<Figure> Figures)
{
    /// <summary>Requests a second that were asked for; 0: a part of the peak, also in reports from before this was said.</summary>
    public double AskedPerSecond { get; init; }

    /// <summary>What else was asked for, by name; empty in reports from before this was said.</summary>
    public IReadOnlyList<NamedText> Settings { get; init; } = [];

    /// <summary>Commit of the server, which may be another build than the generator's; empty in reports from before this was said.</summary>
    public string ServerCommit { get; init; } = "";

    /// <summary>Whether the run was stopped before its end: its figures are those of a part, and are not judged.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Accounts with a loan; 0 also in reports from before loans could be asked for.</summary>
    public long Loans { get; init; }

    /// <summary>The population in words.</summary>
    [JsonIgnore]
    public string Population => Loans == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Accounts:N0} accounts")
        : string.Create(CultureInfo.InvariantCulture, $"{Accounts:N0} accounts, {Loans:N0} of them with a loan");

    /// <summary>Whose commits, in words.</summary>
    [JsonIgnore]
    public string Commits => ServerCommit.Length == 0 ? $"commit of the generator {Machine.Commit}"
        : ServerCommit == Machine.Commit ? $"commit {Machine.Commit}"
        : $"commit of the server {ServerCommit}, of the generator {Machine.Commit}";

    /// <summary>The same of a run that was stopped: what was seen stays, and nothing is judged by a part.</summary>
    public LoadReport Interrupted() => this with { IsInterrupted = true, Figures = [.. Figures.Select(figure => figure with { Demand = Demand.None, Asked = 0 })] };
}

/// <summary>A text with a name.</summary>
internal readonly record struct NamedText(string Name, string Value);

/// <summary>A number with a name.</summary>
internal readonly record struct NamedValue(string Name, double Value);
