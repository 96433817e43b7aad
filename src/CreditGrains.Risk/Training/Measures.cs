namespace CreditGrains.Risk.Training;

/// <summary>How well a probability of the bad event tells bads from goods, and how true it is.</summary>
/// <param name="Rows">Rows measured.</param>
/// <param name="Bads">Of these, bad.</param>
/// <param name="Auc">Probability that a bad has the higher score than a good; ties count half (Mann-Whitney).</param>
/// <param name="Ks">Largest distance of the two cumulative distributions (Kolmogorov-Smirnov).</param>
/// <param name="Brier">Mean of (probability − outcome)² (Brier, 1950).</param>
/// <param name="LogLoss">Mean of −ln of the probability of what happened.</param>
public readonly record struct Measures(int Rows, int Bads, double Auc, double Ks, double Brier, double LogLoss)
{
    /// <summary>2 · AUC − 1.</summary>
    public double Gini => 2 * Auc - 1;

    /// <summary>Measures rows.</summary>
    /// <param name="probabilities">Of the bad event.</param>
    /// <param name="bads">What happened.</param>
    /// <exception cref="ArgumentException">The lengths differ. AUC and KS are NaN where there are only goods or only bads.</exception>
    public static Measures Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> bads)
    {
        if (probabilities.Length != bads.Length) throw new ArgumentException("a probability and an outcome are needed for each row", nameof(bads));
        var scores = probabilities.ToArray();
        var marks = bads.ToArray();
        double brier = 0, loss = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var miss = scores[i] - (marks[i] ? 1 : 0);
            brier += miss * miss;
            loss -= Math.Log(Math.Max(1e-15, marks[i] ? scores[i] : 1 - scores[i]));
        }

        Array.Sort(scores, marks);
        int badTotal = marks.Count(bad => bad), goodTotal = marks.Length - badTotal, badsBelow = 0, goodsBelow = 0;
        double pairs = 0, ks = 0;
        for (var i = 0; i < scores.Length;)
        {
            int badsHere = 0, goodsHere = 0;
            for (var value = scores[i]; i < scores.Length && scores[i] == value; i++)
            {
                if (marks[i]) badsHere++;
                else goodsHere++;
            }

            pairs += (double)badsHere * goodsBelow + 0.5 * badsHere * goodsHere;
            badsBelow += badsHere;
            goodsBelow += goodsHere;
            ks = Math.Max(ks, Math.Abs((double)goodsBelow / goodTotal - (double)badsBelow / badTotal));
        }

        var isTwo = badTotal > 0 && goodTotal > 0;
        return new Measures(scores.Length, badTotal, isTwo ? pairs / ((double)badTotal * goodTotal) : double.NaN, isTwo ? ks : double.NaN, brier / scores.Length, loss / scores.Length);
    }
}
