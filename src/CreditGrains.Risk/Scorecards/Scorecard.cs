using System.Collections.Immutable;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Scorecards;

/// <summary>A bin of a characteristic and what it is worth.</summary>
/// <param name="Points">What the bin adds to the score; more is better.</param>
/// <param name="Woe">Weight of evidence, ln(share of goods ÷ share of bads) (Siddiqi, "Credit Risk Scorecards", ch. 6); 0 when not recorded.</param>
/// <param name="Low">A numeric bin holds values ≥ Low …</param>
/// <param name="High">… and &lt; High. Infinite ends are open.</param>
/// <param name="Codes">A categorical bin holds these codes instead.</param>
public sealed record ScorecardBin(double Points, double Woe = 0, double Low = double.NegativeInfinity, double High = double.PositiveInfinity, ImmutableArray<double> Codes = default);

/// <summary>One characteristic: its bins, what a missing value is worth, and what applicants had on average.</summary>
/// <param name="Input">Name of the feature.</param>
/// <param name="Bins">Numeric bins that touch and cover every number, in order; or categorical bins.</param>
/// <param name="MissingPoints">What a missing value adds; null when it may not be missing: the row is then not scored.</param>
/// <param name="OtherPoints">What a code in no bin adds; null when the row is then not scored. Numeric characteristics have none.</param>
/// <param name="CutoffAverage">Mean points of applicants at or just above the cut-off.</param>
/// <param name="AllAverage">Mean points of all applicants.</param>
public sealed record Characteristic(string Input, ImmutableArray<ScorecardBin> Bins, double? MissingPoints = null, double? OtherPoints = null, double? CutoffAverage = null, double? AllAverage = null)
{
    /// <summary>Whether its bins are of codes.</summary>
    public bool IsCategorical => !Bins.IsDefaultOrEmpty && !Bins[0].Codes.IsDefault;
}

/// <summary>How points stand for odds: <paramref name="Points"/> at <paramref name="Odds"/> goods to one bad, and <paramref name="DoubleEvery"/> points more double the odds.</summary>
/// <param name="Points">Points at the named odds.</param>
/// <param name="Odds">Goods to one bad there.</param>
/// <param name="DoubleEvery">Points that double the odds (PDO).</param>
public readonly record struct PointsScale(double Points, double Odds, double DoubleEvery)
{
    /// <summary>PDO ÷ ln 2.</summary>
    public double Factor => DoubleEvery / Math.Log(2);

    /// <summary>Points at odds of one to one: Points − Factor · ln(Odds).</summary>
    public double Offset => Points - Factor * Math.Log(Odds);

    /// <summary>Probability of the bad event: 1 ÷ (1 + e^((points − offset) ÷ factor)).</summary>
    public double ProbabilityOf(double points) => CompiledModel.Logistic(-(points - Offset) / Factor);

    /// <summary>Points of log-odds of good.</summary>
    public double PointsOf(double logOddsOfGood) => Offset + Factor * logOddsOfGood;

    /// <summary>Points of a bin of a logistic regression on weights of evidence: factor · (coefficient · woe + intercept ÷ n) + offset ÷ n, where the regression gives log-odds of good.</summary>
    public double BinPoints(double coefficient, double woe, double intercept, int characteristics) => Factor * (coefficient * woe + intercept / characteristics) + Offset / characteristics;
}

/// <summary>A scorecard: the points of one bin of each characteristic, added to its base points.</summary>
public sealed class Scorecard : CompiledModel
{
    private readonly PointTable table;

    /// <param name="name">Its name.</param>
    /// <param name="characteristics">What it looks at.</param>
    /// <param name="scale">What points mean.</param>
    /// <param name="basePoints">Points that everyone has.</param>
    /// <param name="cutoff">Scores below are declined; null when the policy says.</param>
    /// <exception cref="ModelFault">A characteristic has gaps, overlaps, or the name of a protected attribute.</exception>
    public Scorecard(string name, ImmutableArray<Characteristic> characteristics, PointsScale scale, double basePoints = 0, double? cutoff = null)
        : base([.. characteristics.Select(one => new ModelInput(one.Input, one.MissingPoints is null ? MissingValue.Refused : MissingValue.Passed))], ScoreUnit.Points, "scorecard")
    {
        if (characteristics.IsEmpty) throw new ModelFault("BadScorecard", "the scorecard has no characteristic; give at least one");
        if (!(scale.DoubleEvery > 0) || !(scale.Odds > 0) || !double.IsFinite(scale.Points) || !double.IsFinite(scale.Factor)) throw new ModelFault("BadScorecard", "scale needs finite points, odds above 0 and a pdo above 0");
        if (!double.IsFinite(basePoints)) throw new ModelFault("BadScorecard", "basePoints must be a number");
        Name = name;
        Characteristics = characteristics;
        Scale = scale;
        BasePoints = basePoints;
        Cutoff = cutoff;
        foreach (var one in characteristics) Check(one);
        table = new PointTable(characteristics);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it looks at.</summary>
    public ImmutableArray<Characteristic> Characteristics { get; }

    /// <summary>What points mean.</summary>
    public PointsScale Scale { get; }

    /// <summary>Points that everyone has.</summary>
    public double BasePoints { get; }

    /// <summary>Scores below are declined.</summary>
    public double? Cutoff { get; }

    private protected override int OwnScratch => 0;

    /// <summary>Points of one characteristic; NaN when it cannot be scored.</summary>
    public double PointsOf(int characteristic, double value) => table.PointsOf(characteristic, value);

    private protected override double Compute(ReadOnlySpan<double> row, Span<double> scratch)
    {
        var sum = BasePoints;
        for (var i = 0; i < row.Length; i++) sum += table.PointsOf(i, row[i]);
        return sum;
    }

    private protected override double PointsToProbability(double points) => Scale.ProbabilityOf(points);

    private static void Check(Characteristic one)
    {
        ModelFault Bad(string why) => new("BadScorecard", $"characteristic '{one.Input}': {why}");
        if (one.Bins.IsDefaultOrEmpty) throw Bad("it has no bin; give at least one");
        foreach (var number in one.Bins.Select(bin => bin.Points).Concat([one.MissingPoints ?? 0, one.OtherPoints ?? 0, one.CutoffAverage ?? 0, one.AllAverage ?? 0]))
            if (!double.IsFinite(number)) throw Bad("points and averages must be numbers");
        if (one.IsCategorical)
        {
            if (one.Bins.Any(bin => bin.Codes.IsDefaultOrEmpty)) throw Bad("each bin needs codes, as the first has");
            if (one.Bins.SelectMany(bin => bin.Codes).GroupBy(code => code).FirstOrDefault(group => group.Count() > 1 || double.IsNaN(group.Key)) is { } twice) throw Bad($"code {twice.Key} is in two bins or no number; put each code in one");
            return;
        }

        if (one.OtherPoints is not null) throw Bad("other points are for codes; numeric bins cover every number");
        if (one.Bins.Any(bin => !bin.Codes.IsDefault)) throw Bad("it mixes bins of codes and of numbers");
        if (!double.IsNegativeInfinity(one.Bins[0].Low) || !double.IsPositiveInfinity(one.Bins[^1].High)) throw Bad("its bins do not cover every number; leave out low of the first and high of the last");
        for (var i = 0; i < one.Bins.Length; i++)
        {
            if (!(one.Bins[i].Low < one.Bins[i].High)) throw Bad($"bin {i} is empty: low {one.Bins[i].Low}, high {one.Bins[i].High}");
            if (i > 0 && one.Bins[i].Low != one.Bins[i - 1].High) throw Bad($"bin {i} begins at {one.Bins[i].Low} and the one before ends at {one.Bins[i - 1].High}; bins must touch");
        }
    }
}
