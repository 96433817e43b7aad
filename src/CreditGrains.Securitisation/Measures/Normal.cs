namespace CreditGrains.Securitisation.Measures;

/// <summary>The normal distribution.</summary>
public static class Normal
{
    private static readonly double[] A = [3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3];
    private static readonly double[] B = [1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3];
    private static readonly double[] C = [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4];
    private static readonly double[] D = [1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9];
    private static readonly double[] E = [6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7];
    private static readonly double[] F = [1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];

    /// <summary>Inverse of the distribution function, to about 1e-15. Source: Wichura 1988, Algorithm AS 241 (PPND16).</summary>
    /// <param name="probability">0 to 1; the ends are infinite.</param>
    public static double Quantile(double probability)
    {
        if (probability <= 0) return double.NegativeInfinity;
        if (probability >= 1) return double.PositiveInfinity;
        var q = probability - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var near = 0.180625 - q * q;
            return q * At(A, near) / At(B, near);
        }

        var r = Math.Sqrt(-Math.Log(q < 0 ? probability : 1 - probability));
        var x = r <= 5 ? At(C, r - 1.6) / At(D, r - 1.6) : At(E, r - 5) / At(F, r - 5);
        return q < 0 ? -x : x;
    }

    /// <summary>Distribution function, by series near 0 and by continued fraction in the tails. Source: Abramowitz and Stegun, 26.2.11 and 26.2.14.</summary>
    public static double Cumulative(double x)
    {
        if (double.IsNaN(x)) return x;
        var size = Math.Abs(x);
        if (size > 38) return x < 0 ? 0 : 1;
        var density = Math.Exp(-0.5 * size * size) / Math.Sqrt(2 * Math.PI);
        double tail;
        if (size < 3)
        {
            double term = size, sum = size;
            for (var k = 3; Math.Abs(term) > 1e-18 && k < 400; k += 2)
            {
                term *= size * size / k;
                sum += term;
            }

            tail = 0.5 - density * sum;
        }
        else
        {
            double fraction = 0;
            for (var k = 120; k >= 1; k--) fraction = k / (size + fraction);
            tail = density / (size + fraction);
        }

        return x < 0 ? tail : 1 - tail;
    }

    private static double At(double[] coefficients, double x)
    {
        double value = 0;
        for (var i = coefficients.Length - 1; i >= 0; i--) value = value * x + coefficients[i];
        return value;
    }
}
