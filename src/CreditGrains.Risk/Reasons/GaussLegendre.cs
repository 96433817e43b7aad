using System.Runtime.Intrinsics;

namespace CreditGrains.Risk.Reasons;

/// <summary>Points and weights on [0, 1] that integrate polynomials exactly: n points do for degree 2n − 1. By Newton's method on Legendre polynomials.</summary>
internal static class GaussLegendre
{
    private const int BlocksMax = 600;
    private static readonly Rule?[] Rules = new Rule?[BlocksMax];

    /// <summary>A rule for polynomials of degree below <paramref name="count"/>, in blocks of four points.</summary>
    public static Rule Points(int count)
    {
        var blocks = Math.Max(1, (count + 7) / 8);
        return Volatile.Read(ref Rules[blocks - 1]) ?? (Rules[blocks - 1] = Make(blocks));
    }

    private static Rule Make(int blocks)
    {
        var n = 4 * blocks;
        var (nodes, weights) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5));
            var slope = 0.0;
            for (var round = 0; round < 100; round++)
            {
                var (now, last) = (1.0, 0.0);
                for (var k = 1; k <= n; k++) (now, last) = (((2 * k - 1) * x * now - (k - 1) * last) / k, now);
                slope = n * (x * now - last) / (x * x - 1);
                var step = now / slope;
                x -= step;
                if (Math.Abs(step) < 1e-16) break;
            }

            nodes[i] = (x + 1) / 2;
            weights[i] = 1 / ((1 - x * x) * slope * slope);
        }

        return new Rule([.. Enumerable.Range(0, blocks).Select(b => Vector256.Create(nodes, 4 * b))], [.. Enumerable.Range(0, blocks).Select(b => Vector256.Create(weights, 4 * b))]);
    }

    public sealed record Rule(Vector256<double>[] Nodes, Vector256<double>[] Weights);
}
