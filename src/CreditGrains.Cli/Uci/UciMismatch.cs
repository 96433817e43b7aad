using System.Globalization;
using CreditGrains.Domain.Clocks;

namespace CreditGrains.Cli.Uci;

/// <summary>A balance that is not the bill.</summary>
/// <param name="AccountId">Column ID.</param>
/// <param name="Month">0 (April) to 5 (September).</param>
/// <param name="Bill">What the file says, minor units.</param>
/// <param name="Balance">What the engine says, minor units.</param>
internal sealed record UciMismatch(long AccountId, int Month, long Bill, long Balance)
{
    /// <summary>Mismatches listed one by one; more are only counted.</summary>
    public const int ShownMax = 20;
}

/// <summary>The months of the data: April to September 2005.</summary>
internal static class UciCalendar
{
    private static readonly DateTimeOffset April = new(2005, 4, 30, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The end of a month, as the caller's time of what it posts.</summary>
    public static long BillMicros(int month) => April.AddDays(1).AddMonths(month).AddDays(-1).UnixMicros();

    /// <summary>Its name.</summary>
    public static string NameOf(int month) => April.AddMonths(month).ToString("MMMM yyyy", CultureInfo.InvariantCulture);
}
