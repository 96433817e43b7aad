using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>One kind of model over all folds, and what it was told out of fold.</summary>
/// <param name="Kind">"scorecard" or "trees".</param>
/// <param name="LogOdds">Of each row, by the model that did not see its fold.</param>
/// <param name="Probabilities">Of each row, calibrated by a line from the other folds' rows where asked.</param>
/// <param name="Raw">Measures before calibration.</param>
/// <param name="Out">Measures of the probabilities, all folds pooled.</param>
/// <param name="Folds">Measures of each fold.</param>
/// <param name="Scale">The line of all out-of-fold rows, which the final model takes.</param>
public sealed record FoldScores(string Kind, double[] LogOdds, double[] Probabilities, Measures Raw, Measures Out, Measures[] Folds, PlattScale Scale)
{
    /// <summary>Trains once a fold and scores the rows it left out.</summary>
    /// <param name="kind">Name of the kind.</param>
    /// <param name="table">The rows.</param>
    /// <param name="calibrate">Whether probabilities are calibrated.</param>
    /// <param name="train">From training rows and a fold's number, a function of a row's log-odds. May be called by several threads.</param>
    public static FoldScores Of(string kind, TrainingTable table, bool calibrate, Func<int[], int, Func<double[], double>> train)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(train);
        for (var fold = 0; fold < table.FoldCount; fold++)
            if (table.RowsOf(fold, inside: true).Length == 0) throw new ModelFault("BadFold", $"fold {fold} has no row; correct folds or foldCount");
        var logOdds = new double[table.Rows];
        // Each fold writes rows of its own, so the outcome does not depend on the order of threads.
        try
        {
            Parallel.For(0, table.FoldCount, fold =>
            {
                var score = train(table.RowsOf(fold, inside: false), fold);
                foreach (var row in table.RowsOf(fold, inside: true)) logOdds[row] = score(table.Row(row));
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<ModelFault>().FirstOrDefault() is { } fault)
        {
            throw new ModelFault(fault.Name, fault.Message, e);
        }

        var raw = Measures.Of(Array.ConvertAll(logOdds, CompiledModel.Logistic), table.Bads);
        var probabilities = new double[table.Rows];
        var folds = new Measures[table.FoldCount];
        for (var fold = 0; fold < table.FoldCount; fold++)
        {
            var scale = calibrate ? Fit(logOdds, table, table.RowsOf(fold, inside: false)) : new PlattScale(1, 0);
            var inside = table.RowsOf(fold, inside: true);
            foreach (var row in inside) probabilities[row] = CompiledModel.Logistic(scale.Of(logOdds[row]));
            folds[fold] = Measures.Of(Array.ConvertAll(inside, row => probabilities[row]), Array.ConvertAll(inside, row => table.Bads[row]));
        }

        var all = calibrate ? PlattScale.Fit(logOdds, table.Bads) : new PlattScale(1, 0);
        return new FoldScores(kind, logOdds, probabilities, raw, Measures.Of(probabilities, table.Bads), folds, all);
    }

    private static PlattScale Fit(double[] logOdds, TrainingTable table, int[] rows) => PlattScale.Fit(Array.ConvertAll(rows, row => logOdds[row]), Array.ConvertAll(rows, row => table.Bads[row]));
}
