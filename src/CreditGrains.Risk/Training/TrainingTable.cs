namespace CreditGrains.Risk.Training;

/// <summary>Rows to train on: inputs by column, the outcome, and the fold that keeps a row out. NaN is missing.</summary>
/// <param name="Names">A name for each input.</param>
/// <param name="Columns">For each input the value of each row.</param>
/// <param name="Bads">The outcome of each row.</param>
/// <param name="Folds">The fold of each row, from 0.</param>
/// <param name="FoldCount">How many folds.</param>
/// <param name="Left">Why other rows of the file were left out, and how many.</param>
public sealed record TrainingTable(string[] Names, double[][] Columns, bool[] Bads, int[] Folds, int FoldCount, IReadOnlyDictionary<string, int> Left)
{
    /// <summary>For each question of the fairness report the group of each row; never an input.</summary>
    public IReadOnlyList<string[]> Groups { get; init; } = [];

    /// <summary>How many rows.</summary>
    public int Rows => Bads.Length;

    /// <summary>One row, in the order of the names.</summary>
    public double[] Row(int row) => [.. Columns.Select(column => column[row])];

    /// <summary>Rows outside a fold (or inside it), in order.</summary>
    public int[] RowsOf(int fold, bool inside) => [.. Enumerable.Range(0, Rows).Where(row => Folds[row] == fold == inside)];
}
