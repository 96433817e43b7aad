namespace CreditGrains.Risk.Training;

/// <summary>The curves of a report, from out-of-fold probabilities; at most about 200 points each.</summary>
internal sealed class Curves
{
    private const int PointsMax = 200;

    /// <summary>From the worst score down: share of goods and share of bads so far.</summary>
    public List<(double Goods, double Bads)> Roc { get; } = [(0, 0)];

    /// <summary>By decile of score, the worst first: mean probability, bad rate and rows.</summary>
    public List<(double Predicted, double Observed, int Rows)> Deciles { get; } = [];

    /// <summary>Shares of goods and of bads in 40 bands of log-odds from −5 to 3; the ends hold what lies beyond.</summary>
    public (double[] Goods, double[] Bads) Bands { get; } = (new double[40], new double[40]);

    public static Curves Of(FoldScores scores, bool[] bads)
    {
        var curves = new Curves();
        var rows = Enumerable.Range(0, bads.Length).OrderByDescending(row => scores.Probabilities[row]).ToArray();
        double badTotal = bads.Count(bad => bad), goodTotal = bads.Length - badTotal, badsSoFar = 0, goodsSoFar = 0;
        var lastPoint = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (bads[rows[i]]) badsSoFar++;
            else goodsSoFar++;
            var isTie = i + 1 < rows.Length && scores.Probabilities[rows[i]] == scores.Probabilities[rows[i + 1]];
            if (isTie || i + 1 < rows.Length && i - lastPoint < rows.Length / PointsMax) continue;
            curves.Roc.Add((goodsSoFar / goodTotal, badsSoFar / badTotal));
            lastPoint = i;
        }

        for (var decile = 0; decile < 10; decile++)
        {
            var part = rows[(int)((long)decile * rows.Length / 10)..(int)((decile + 1L) * rows.Length / 10)];
            if (part.Length > 0) curves.Deciles.Add((part.Average(row => scores.Probabilities[row]), part.Average(row => bads[row] ? 1.0 : 0), part.Length));
        }

        foreach (var row in rows)
        {
            var p = Math.Clamp(scores.Probabilities[row], 1e-9, 1 - 1e-9);
            var band = Math.Clamp((int)Math.Floor((Math.Log(p / (1 - p)) + 5) * 5), 0, 39);
            if (bads[row]) curves.Bands.Bads[band] += 1 / badTotal;
            else curves.Bands.Goods[band] += 1 / goodTotal;
        }

        return curves;
    }
}
