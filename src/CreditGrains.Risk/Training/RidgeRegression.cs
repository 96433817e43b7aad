using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>
/// Logistic regression by iteratively reweighted least squares, which is Newton's method (Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 4.4.1), with a ridge on all but the intercept.
/// </summary>
/// <param name="Intercept">Log-odds of bad when all columns are 0.</param>
/// <param name="Coefficients">One for each column.</param>
internal sealed record RidgeRegression(double Intercept, double[] Coefficients)
{
    private const int RoundsMax = 100;

    public static RidgeRegression Fit(double[][] columns, bool[] bads, double ridge, double[]? start = null)
    {
        var size = columns.Length + 1;
        var beta = new double[size];
        var count = bads.Count(bad => bad);
        if (count == 0 || count == bads.Length) throw new ModelFault("OneClass", $"{bads.Length} rows have {count} bads; training needs goods and bads");
        beta[0] = Math.Log((double)count / (bads.Length - count));
        if (start is not null) beta = [.. start];
        var x = new double[size];
        x[0] = 1;
        var loss = LossOf(beta, columns, bads, ridge);
        for (var round = 0; round < RoundsMax; round++)
        {
            var gradient = new double[size];
            var hessian = new double[size][];
            for (var j = 0; j < size; j++) hessian[j] = new double[j + 1];
            for (var row = 0; row < bads.Length; row++)
            {
                var sum = beta[0];
                for (var j = 1; j < size; j++)
                {
                    x[j] = columns[j - 1][row];
                    sum += beta[j] * x[j];
                }

                var p = CompiledModel.Logistic(sum);
                var (miss, weight) = ((bads[row] ? 1 : 0) - p, p * (1 - p));
                for (var j = 0; j < size; j++)
                {
                    gradient[j] += miss * x[j];
                    var (line, factor) = (hessian[j], weight * x[j]);
                    for (var k = 0; k < line.Length; k++) line[k] += factor * x[k];
                }
            }

            for (var j = 0; j < size; j++)
            {
                if (j > 0) gradient[j] -= ridge * beta[j];
                hessian[j][j] += (j > 0 ? ridge : 0) + 1e-9;
            }

            var step = Solve(hessian, gradient);
            // A full Newton step may overshoot when classes are nearly separable; halve it until the loss falls.
            var (next, nextLoss) = (beta, double.PositiveInfinity);
            for (var scale = 1.0; scale > 1e-6 && !(nextLoss <= loss); scale /= 2)
            {
                next = [.. beta.Select((value, j) => value + scale * step[j])];
                nextLoss = LossOf(next, columns, bads, ridge);
            }

            if (!(nextLoss <= loss)) return new RidgeRegression(beta[0], beta[1..]);
            var isDone = loss - nextLoss < 1e-10 * (1 + Math.Abs(loss));
            (beta, loss) = (next, nextLoss);
            if (isDone) return new RidgeRegression(beta[0], beta[1..]);
        }

        throw new ModelFault("NoConvergence", $"the regression has not settled in {RoundsMax} rounds; raise scorecard.ridge");
    }

    private static double LossOf(double[] beta, double[][] columns, bool[] bads, double ridge)
    {
        var loss = 0.5 * ridge * beta.Skip(1).Sum(value => value * value);
        for (var row = 0; row < bads.Length; row++)
        {
            var sum = beta[0];
            for (var j = 0; j < columns.Length; j++) sum += beta[j + 1] * columns[j][row];
            var away = bads[row] ? -sum : sum;
            loss += away > 0 ? away + Math.Log(1 + Math.Exp(-away)) : Math.Log(1 + Math.Exp(away));
        }

        return loss;
    }

    /// <summary>Solves by Cholesky's factors of the lower half.</summary>
    private static double[] Solve(double[][] a, double[] b)
    {
        var n = b.Length;
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var sum = a[i][j];
                for (var k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
                if (i == j && !(sum > 0)) throw new ModelFault("Singular", "two inputs say the same of every row; raise scorecard.ridge or leave one out");
                a[i][j] = i == j ? Math.Sqrt(sum) : sum / a[j][j];
            }
        }

        var x = (double[])b.Clone();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= a[i][k] * x[k];
            x[i] /= a[i][i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++) x[i] -= a[k][i] * x[k];
            x[i] /= a[i][i];
        }

        return x;
    }
}
