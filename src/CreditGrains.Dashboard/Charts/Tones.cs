namespace CreditGrains.Dashboard.Charts;

/// <summary>Colours of a utilisation: free, high, nearly or quite full.</summary>
internal static class Tones
{
    private const double High = 0.75;
    private const double Full = 0.95;

    public static string Of(double? utilisation) => utilisation switch { null => "none", < High => "good", < Full => "warn", _ => "bad" };

    public static string ColourOf(double? utilisation) => $"var(--{Of(utilisation)})";

    /// <summary>The same as a ground that white text can be read on.</summary>
    public static string FillOf(double? utilisation) => $"var(--fill-{Of(utilisation)})";

    /// <summary>Exposure over limit; null when there is no limit or no rate.</summary>
    public static double? Utilisation(long? exposure, long limit) => exposure is null || limit >= 1L << 60 ? null : limit == 0 ? (exposure > 0 ? 1 : 0) : (double)exposure / limit;
}
