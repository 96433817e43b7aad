namespace CreditGrains.Risk.Training;

/// <summary>Calibration by steps that only rise (pool adjacent violators, Ayer et al., 1955).</summary>
/// <param name="Steps">From this score on, this probability; in rising order. Below the first the first holds.</param>
public sealed record IsotonicScale(IReadOnlyList<(double From, double Probability)> Steps)
{
    /// <summary>Fits it to scores (higher is worse) and outcomes; equal scores are one step.</summary>
    public static IsotonicScale Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> bads)
    {
        var keys = scores.ToArray();
        var marks = bads.ToArray();
        Array.Sort(keys, marks);
        var pools = new List<(double From, double Bads, double Rows)>();
        for (var i = 0; i < keys.Length;)
        {
            var (from, bad, rows) = (keys[i], 0.0, 0.0);
            for (; i < keys.Length && keys[i] == from; i++, rows++) bad += marks[i] ? 1 : 0;
            pools.Add((from, bad, rows));
            while (pools.Count > 1 && pools[^2].Bads * pools[^1].Rows >= pools[^1].Bads * pools[^2].Rows)
            {
                var last = pools[^1];
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = (pools[^1].From, pools[^1].Bads + last.Bads, pools[^1].Rows + last.Rows);
            }
        }

        return new IsotonicScale([.. pools.Select(pool => (pool.From, pool.Bads / pool.Rows))]);
    }

    /// <summary>Probability of the bad event at a score.</summary>
    public double Of(double score)
    {
        int low = 0, high = Steps.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Steps[middle].From <= score) low = middle;
            else high = middle - 1;
        }

        return Steps[low].Probability;
    }
}
