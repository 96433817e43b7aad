using CreditGrains.Risk.Models;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Training;

/// <summary>A characteristic that a scorecard looked at: its information value, and its coefficient or why it has none.</summary>
/// <param name="Input">The input.</param>
/// <param name="Iv">Information value.</param>
/// <param name="Coefficient">On the weight of evidence, in log-odds of bad, negative when bins work as they should; null when left out.</param>
/// <param name="Left">Why it was left out; null when it was not.</param>
public sealed record CharacteristicFit(string Input, double Iv, double? Coefficient, string? Left);

/// <summary>A scorecard by logistic regression on weights of evidence.</summary>
public sealed class WoeScorecard
{
    private readonly CoarseBins[] bins;
    private readonly int[] used;
    private readonly RidgeRegression fit;
    private readonly TrainingTable table;
    private readonly ScorecardSettings settings;

    private WoeScorecard(TrainingTable table, ScorecardSettings settings, CoarseBins[] bins, int[] used, RidgeRegression fit, CharacteristicFit[] characteristics) =>
        (this.table, this.settings, this.bins, this.used, this.fit, Characteristics) = (table, settings, bins, used, fit, characteristics);

    /// <summary>All inputs, the highest information value first.</summary>
    public IReadOnlyList<CharacteristicFit> Characteristics { get; }

    /// <summary>Trains on some rows: binning, choice and regression see no other.</summary>
    /// <exception cref="ModelFault">Settings out of range, one class only, or no input that tells anything.</exception>
    public static WoeScorecard Train(TrainingTable table, int[] rows, ScorecardSettings settings)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        var bads = Array.ConvertAll(rows, row => table.Bads[row]);
        var bins = Array.ConvertAll(table.Columns, column => CoarseBins.Of(Array.ConvertAll(rows, row => column[row]), bads, settings));
        var left = new string?[bins.Length];
        for (var i = 0; i < bins.Length; i++)
            if (bins[i].Iv < settings.IvMin || bins[i].Lows.Count < 2 && bins[i].MissingWoe == 0) left[i] = "low information value";
        var woes = Array.ConvertAll(Enumerable.Range(0, bins.Length).ToArray(), i => left[i] is null ? Array.ConvertAll(rows, row => bins[i].WoeOf(table.Columns[i][row])) : []);
        double[]? start = null;
        while (true)
        {
            var used = Enumerable.Range(0, bins.Length).Where(i => left[i] is null).ToArray();
            if (used.Length == 0) throw new ModelFault("NothingLearned", $"no input has an information value of {settings.IvMin}; lower scorecard.ivMin or give other inputs");
            var fit = RidgeRegression.Fit([.. used.Select(i => woes[i])], bads, settings.Ridge, start);
            var worst = Enumerable.Range(0, used.Length).MaxBy(i => fit.Coefficients[i]);
            if (settings.DropWrongSign && fit.Coefficients[worst] > 0)
            {
                left[used[worst]] = "coefficient of the wrong sign beside the others";
                // What is left starts from where it was: few rounds are needed.
                start = [fit.Intercept, .. fit.Coefficients.Where((_, j) => j != worst)];
                continue;
            }

            var fits = Enumerable.Range(0, bins.Length).Select(i => new CharacteristicFit(table.Names[i], bins[i].Iv, Array.IndexOf(used, i) is var at && at >= 0 ? fit.Coefficients[at] : null, left[i]));
            return new WoeScorecard(table, settings, bins, used, fit, [.. fits.OrderByDescending(one => one.Iv)]);
        }
    }

    /// <summary>Log-odds of the bad event.</summary>
    public double LogOdds(double[] row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var sum = fit.Intercept;
        for (var j = 0; j < used.Length; j++) sum += fit.Coefficients[j] * bins[used[j]].WoeOf(row[used[j]]);
        return sum;
    }

    /// <summary>The scorecard in points, calibrated, with the averages that reasons compare with.</summary>
    public Scorecard ToScorecard(string name, PlattScale calibration)
    {
        var scale = new PointsScale(settings.Points, settings.Odds, settings.Pdo);
        var n = used.Length;
        var intercept = -calibration.Of(fit.Intercept);
        Characteristic Of(int j, Func<int, double?> average, Func<int, double?> all)
        {
            var one = bins[used[j]];
            double Points(double woe) => scale.BinPoints(-calibration.Slope * fit.Coefficients[j], woe, intercept, n);
            return new Characteristic(
                table.Names[used[j]],
                [.. one.Lows.Select((low, i) => new ScorecardBin(Points(one.Woes[i]), one.Woes[i], low, i + 1 < one.Lows.Count ? one.Lows[i + 1] : double.PositiveInfinity))],
                Points(one.MissingWoe), null, average(j), all(j));
        }

        var bare = new Scorecard(name, [.. Enumerable.Range(0, n).Select(j => Of(j, _ => null, _ => null))], scale, 0, settings.Cutoff);
        var (all, near) = (new double[n], new double[n]);
        var nearRows = 0;
        for (var row = 0; row < table.Rows; row++)
        {
            double total = 0;
            var points = new double[n];
            for (var j = 0; j < n; j++)
            {
                points[j] = bare.PointsOf(j, table.Columns[used[j]][row]);
                total += points[j];
            }

            // "At or just above the cut-off": within the points that double the odds.
            var isNear = settings.Cutoff is { } cutoff && total >= cutoff && total < cutoff + settings.Pdo;
            if (isNear) nearRows++;
            for (var j = 0; j < n; j++)
            {
                all[j] += points[j] / table.Rows;
                if (isNear) near[j] += points[j];
            }
        }

        return new Scorecard(name, [.. Enumerable.Range(0, n).Select(j => Of(j, i => nearRows > 0 ? near[i] / nearRows : all[i], i => all[i]))], scale, 0, settings.Cutoff);
    }
}
