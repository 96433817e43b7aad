using System.Globalization;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>Turns the rows of a file into a table to train on: derived columns, outcome, maturity, exclusions, folds. Days are day numbers.</summary>
public static class TrainingRows
{
    /// <summary>Reads rows.</summary>
    /// <param name="plan">What to read.</param>
    /// <param name="header">Names of the file's columns.</param>
    /// <param name="lines">Rows of cells.</param>
    /// <exception cref="ModelFault">A column is lacking or protected, a cell is no number, or a fold is out of range; with row and column.</exception>
    public static TrainingTable Read(TrainingPlan plan, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> lines)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(lines);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Count; i++)
            if (!places.TryAdd(header[i], i)) throw new ModelFault("BadColumn", $"the file has two columns '{header[i]}'; rename one");
        int Place(string name) => places.GetValueOrDefault(name, -1);
        var derived = new List<Formula>();
        foreach (var (name, text) in plan.Derived)
        {
            var formula = Formula.Read(text, Place);
            Refuse(plan, [name, .. formula.Names]);
            derived.Add(formula);
            if (!places.TryAdd(name, header.Count + derived.Count - 1)) throw new ModelFault("BadTraining", $"derived '{name}' has the name of a column; choose another");
        }

        Refuse(plan, plan.Inputs);
        var inputs = Array.ConvertAll(plan.Inputs, name => Place(name) is var at && at >= 0 ? at : throw new ModelFault("BadTraining", $"input '{name}' is no column and not derived; the file has {string.Join(", ", header.Take(40))}"));
        var label = plan.Label;
        var bad = Formula.Read(label.Bad, Place);
        foreach (var name in inputs.Where(at => at < header.Count).Select(at => header[at]).Concat(derived.SelectMany(formula => formula.Names)))
            if (bad.Names.Contains(name)) throw new ModelFault("LabelAsInput", $"'{name}' tells the outcome and is used as an input; leave it out");
        var indeterminate = label.Indeterminate is null ? null : Formula.Read(label.Indeterminate, Place);
        var exclude = Array.ConvertAll(label.Exclude, text => Formula.Read(text, Place));
        if (plan.Folds.Length == 0) throw new ModelFault("BadTraining", "folds is not given; write a formula such as \"ID % 5\", or a column that has the fold");
        var fold = Formula.Read(plan.Folds, Place);
        var observed = label.ObservedAt is null ? -1 : Place(label.ObservedAt) is var day && day >= 0 ? day : throw new ModelFault("BadTraining", $"label.observedAt names '{label.ObservedAt}', which is no column");
        var groupPlaces = Array.ConvertAll(plan.Fairness, one => Place(one.Column) is var at && at >= 0 && at < header.Count ? at : throw new ModelFault("BadTraining", $"fairness names '{one.Column}', which is no column of the file"));
        if (plan.Fairness.FirstOrDefault(one => derived.Any(formula => formula.Names.Contains(one.Column))) is { } used) throw new ModelFault("ProtectedInput", $"'{used.Column}' is compared for fairness and a derived column uses it; derive without it");
        var groups = groupPlaces.Select(_ => new List<string>()).ToArray();
        var needed = new HashSet<string>([.. bad.Names, .. fold.Names, .. indeterminate?.Names ?? new HashSet<string>(), .. exclude.SelectMany(one => one.Names), .. derived.SelectMany(one => one.Names), .. plan.Inputs], StringComparer.Ordinal);
        if (label.ObservedAt is { } column) needed.Add(column);
        var isRead = header.Select(needed.Contains).ToArray();

        var columns = inputs.Select(_ => new List<double>()).ToArray();
        var (bads, folds, left) = (new List<bool>(), new List<int>(), new SortedDictionary<string, int>(StringComparer.Ordinal));
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var row = new double[header.Count + derived.Count];
            for (var i = 0; i < header.Count; i++) row[i] = isRead[i] ? Cell(i < line.Count ? line[i] : "", number, header[i]) : double.NaN;
            for (var i = 0; i < derived.Count; i++) row[header.Count + i] = derived[i].Of(row) is var value && double.IsFinite(value) ? value : double.NaN;
            if (Why(row) is { } why)
            {
                left[why] = left.GetValueOrDefault(why) + 1;
                continue;
            }

            var part = fold.Of(row);
            if (!(part >= 0 && part < plan.FoldCount && part == Math.Floor(part))) throw new ModelFault("BadFold", $"row {number} has the fold {part.ToString(CultureInfo.InvariantCulture)}; folds are whole numbers from 0 to {plan.FoldCount - 1}, correct folds or foldCount");
            for (var i = 0; i < inputs.Length; i++) columns[i].Add(row[inputs[i]]);
            for (var i = 0; i < groups.Length; i++) groups[i].Add(plan.Fairness[i].GroupOf(groupPlaces[i] < line.Count ? line[groupPlaces[i]] : "", number));
            bads.Add(bad.Of(row) == 1);
            folds.Add((int)part);
        }

        if (bads.Count == 0) throw new ModelFault("NoRows", $"no row is left to train on ({string.Join(", ", left.Select(pair => $"{pair.Key}: {pair.Value}"))}); check the file and label");
        return new TrainingTable(plan.Inputs, Array.ConvertAll(columns, list => list.ToArray()), [.. bads], [.. folds], plan.FoldCount, left) { Groups = [.. groups.Select(list => list.ToArray())] };

        string? Why(double[] row)
        {
            if (exclude.Any(one => one.Of(row) == 1)) return "excluded";
            if (observed >= 0 && double.IsNaN(row[observed])) return "no day of observation";
            if (label.PerformanceMonths > 0 && DateOnly.FromDayNumber((int)row[observed]).AddMonths(label.PerformanceMonths) > label.AsOf) return "not matured";
            if (bad.Names.Any(name => double.IsNaN(row[Place(name)]))) return "no outcome";
            return indeterminate?.Of(row) == 1 ? "indeterminate" : null;
        }
    }

    private static void Refuse(TrainingPlan plan, IEnumerable<string> names)
    {
        var list = names.ToArray();
        ProtectedAttributes.Refuse(list);
        if (list.FirstOrDefault(plan.Protected.Contains) is { } name) throw new ModelFault("ProtectedInput", $"'{name}' is declared protected; train without it");
    }

    private static double Cell(string text, int row, string column)
    {
        if (text.Length == 0 || text.Equals("NaN", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return value;
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.DayNumber
            : throw new ModelFault("BadNumber", $"row {row}, column {column}: '{text}' is no number and no day; write 1234.5 or 2026-01-31, or leave the cell empty when it is missing");
    }
}
