using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// How one model version does: drift of its score and inputs by calendar month of the caller's time against its development rows, rates, and outcomes of accounts. Development rows
/// are the first <see cref="DevelopmentRows"/> it scored here, unless the version's metadata has them. Not thread-safe.
/// </summary>
internal sealed class ModelMonitor(VersionName name, VersionRole role, CompiledModel model, DevelopmentDeciles? development)
{
    /// <summary>Rows that make the development deciles when the metadata has none.</summary>
    public const int DevelopmentRows = 1_000;

    private const int AccountsMax = 1_000_000;
    private const int MonthsKept = 3;
    private readonly List<double[]> first = [];
    private readonly List<(int Month, double Psi, long Rows)> ended = [];
    private readonly Dictionary<NodeKey, Account> accounts = [];
    private readonly List<MonitorMonth> kept = [];
    private readonly DriftScale[]? declared = development?.ScalesOf(model);
    private DriftScale[]? scales = development?.ScalesOf(model);
    private long[][]? counts;
    private long[][]? full;
    private long rows;
    private long fullRows;
    private int month;
    private long decisions;
    private long notScored;
    private long approved;
    private DateOnly newest;

    public VersionName Name => name;

    public VersionRole Role { get; set; } = role;

    /// <summary>PSI of the score by month, in order, where a month had rows, the one under way last: for reports. Month: year × 12 + month − 1.</summary>
    public IEnumerable<(int Month, double Psi, long Rows)> Months => rows == 0 || scales is null ? ended : [.. ended, (month, scales[^1].Psi(counts![^1]), rows)];

    /// <summary>The probability of each account at its newest request.</summary>
    public IEnumerable<(NodeKey Facility, double Probability)> Latest => accounts.Select(pair => (pair.Key, pair.Value.Probability));

    /// <summary>Notes a scored request.</summary>
    public void Note(NodeKey facility, ReadOnlySpan<double> row, double score, bool isApproved, DateOnly day)
    {
        decisions++;
        if (isApproved) approved++;
        if (double.IsNaN(score)) notScored++;
        var at = day.Year * 12 + day.Month - 1;
        if (at > month) EndMonth(at);
        if (day > newest) newest = day;
        Count(row, score);
        if (accounts.Count < AccountsMax || accounts.ContainsKey(facility)) accounts[facility] = new Account(model.ProbabilityOf(score), isApproved, day, accounts.TryGetValue(facility, out var known) ? known.IsBad : null);
    }

    /// <summary>Notes what became of an account.</summary>
    /// <returns>Whether the model scored it.</returns>
    public bool NoteOutcome(NodeKey facility, bool isBad)
    {
        if (!accounts.TryGetValue(facility, out var account)) return false;
        accounts[facility] = account with { IsBad = isBad };
        return true;
    }

    /// <summary>What it has, to be added to what monitors of the same version have elsewhere.</summary>
    public MonitorPart Part() => new(
        name, Role, decisions, notScored, approved, [.. model.Inputs.Select(input => input.Name)], declared is null ? [] : [.. declared.Select(scale => scale.ToBands())],
        rows == 0 ? [.. kept] : [.. kept, new MonitorMonth(month, rows, counts!)], [.. accounts.Values.Select(one => new ScoredDecision(one.Probability, one.IsApproved, one.Day, one.IsBad))]);

    /// <summary>As it stands.</summary>
    /// <param name="asOf">Up to which day outcomes are known.</param>
    /// <param name="performanceMonths">Months over which the bad event is looked for.</param>
    public ModelMonitorView View(DateOnly asOf, int performanceMonths)
    {
        var review = ModelReview.Of([.. accounts.Values.Select(one => new ScoredDecision(one.Probability, one.IsApproved, one.Day, one.IsBad))], asOf, performanceMonths);
        var (shown, shownRows) = fullRows >= DriftScale.RowsMin ? (full, fullRows) : (counts, rows);
        var drifts = Enumerable.Range(0, model.Inputs.Length + 1).Select(i => DriftOf(i, shown, shownRows)).ToArray();
        return MonitorPart.ViewOf(name, Role, decisions, notScored, approved, drifts, review);
    }

    private Drift DriftOf(int column, long[][]? shown, long shownRows)
    {
        var label = column < model.Inputs.Length ? model.Inputs[column].Name : "";
        if (scales is null || shown is null || shownRows == 0) return new Drift(label, double.NaN, DriftLevel.TooFew);
        var psi = scales[column].Psi(shown[column]);
        return new Drift(label, psi, DriftScale.LevelOf(psi, shownRows));
    }

    private void Count(ReadOnlySpan<double> row, double score)
    {
        if (scales is null)
        {
            first.Add([.. row, score]);
            if (first.Count < DevelopmentRows) return;
            scales = [.. Enumerable.Range(0, model.Inputs.Length + 1).Select(column => DriftScale.Of(first.Select(one => one[column]).ToArray()))];
            first.Clear();
            return;
        }
        counts ??= Empty();
        rows++;
        for (var i = 0; i < row.Length; i++) counts[i][scales[i].BandOf(row[i])]++;
        counts[^1][scales[^1].BandOf(score)]++;
    }

    private void EndMonth(int next)
    {
        if (rows > 0 && scales is not null) ended.Add((month, scales[^1].Psi(counts![^1]), rows));
        if (rows >= DriftScale.RowsMin) (full, fullRows) = (counts, rows);
        if (rows > 0) kept.Add(new MonitorMonth(month, rows, counts!));
        if (kept.Count > MonthsKept) kept.RemoveAt(0);
        (counts, rows, month) = (null, 0, next);
    }

    private long[][] Empty() => [.. scales!.Select(scale => new long[scale.Bands])];

    private readonly record struct Account(double Probability, bool IsApproved, DateOnly Day, bool? IsBad);
}
