namespace CreditGrains.Risk.Training;

/// <summary>Inputs cut into at most 255 bins by quantiles of the training rows: bin 0 is missing, bin b holds values ≤ Upper[b], rounded to 32 bits as trees compare them.</summary>
internal sealed class BinnedColumns
{
    public const int BinsMax = 255;

    private BinnedColumns(byte[] bins, float[][] uppers)
    {
        Bins = bins;
        Uppers = uppers;
    }

    /// <summary>Row by row, a bin for each input.</summary>
    public byte[] Bins { get; }

    /// <summary>For each input the largest value of each bin; place 0 is the missing bin's and not used.</summary>
    public float[][] Uppers { get; }

    public int Inputs => Uppers.Length;

    public static BinnedColumns Of(double[][] columns, int[] rows)
    {
        var bins = new byte[checked(rows.Length * columns.Length)];
        var uppers = new float[columns.Length][];
        for (var input = 0; input < columns.Length; input++)
        {
            var values = Array.ConvertAll(rows, row => (float)columns[input][row]);
            uppers[input] = Edges(values);
            for (var i = 0; i < values.Length; i++) bins[i * columns.Length + input] = BinOf(uppers[input], values[i]);
        }

        return new BinnedColumns(bins, uppers);
    }

    private static byte BinOf(float[] uppers, float value)
    {
        if (float.IsNaN(value)) return 0;
        int low = 1, high = uppers.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (value <= uppers[middle]) high = middle;
            else low = middle + 1;
        }

        return (byte)low;
    }

    private static float[] Edges(float[] values)
    {
        var known = values.Where(value => !float.IsNaN(value)).Order().ToArray();
        var edges = new List<float> { float.NaN };
        if (known.Length == 0) return [float.NaN, float.PositiveInfinity];
        var distinct = known.Distinct().ToArray();
        if (distinct.Length <= BinsMax - 1)
        {
            edges.AddRange(distinct);
        }
        else
        {
            for (var bin = 1; bin < BinsMax; bin++)
            {
                var edge = known[(int)((long)bin * known.Length / (BinsMax - 1)) - 1];
                if (edges.Count == 1 || edge > edges[^1]) edges.Add(edge);
            }
        }

        return [.. edges];
    }
}
