using System.Globalization;
using System.Text.Json.Serialization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What a run of a scenario was and saw: the JSON twin of the page.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Description">What it does, one sentence.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Machine">Where.</param>
/// <param name="Accounts">Facilities of the population.</param>
/// <param name="Transport">How requests were sent: unary, or streamed batches, over how many connections.</param>
/// <param name="PeakPerSecond">The closed loop's rate measured before, which the offered rate is a part of; 0 when the rate was given.</param>
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
    /// <summary>Accounts with a loan; 0 also in reports from before loans could be asked for.</summary>
    public long Loans { get; init; }

    /// <summary>The population in words.</summary>
    [JsonIgnore]
    public string Population => Loans == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Accounts:N0} accounts")
        : string.Create(CultureInfo.InvariantCulture, $"{Accounts:N0} accounts, {Loans:N0} of them with a loan");
}

/// <summary>A number with a name.</summary>
internal readonly record struct NamedValue(string Name, double Value);
