using System.Globalization;
using System.Text;

namespace CreditGrains.Cli.Uci;

/// <summary>
/// What a model may know of an account at a request: bills, payments and statuses up to the month before. They go with the request as attributes; training takes the same
/// numbers from the same function, rounded alike, as of the last month. The limit is the engine's own.
/// </summary>
internal static class UciInputs
{
    private const int MonthsBack = 3;
    private const int Digits = 4;

    /// <summary>Names in the order of <see cref="Of"/>; the first is known to the engine itself.</summary>
    public static readonly string[] Names =
        ["limit", "status_0", "status_1", "status_2", "late_max", "used_0", "used_1", "used_2", "paid_0", "paid_1", "paid_to_limit"];

    /// <summary>The numbers as of a month's bill.</summary>
    /// <param name="account">The account.</param>
    /// <param name="known">The newest bill that is known, 0 (April) to 5 (September).</param>
    public static double[] Of(UciAccount account, int known)
    {
        var row = new double[Names.Length];
        row[0] = account.Limit;
        var lateMax = double.NaN;
        for (var back = 0; back < MonthsBack; back++)
        {
            var month = known - back;
            row[1 + back] = month < 0 ? double.NaN : account.Statuses[month];
            row[5 + back] = month < 0 || account.Limit == 0 ? double.NaN : Rounded((double)account.Bills[month] / account.Limit);
            if (month >= 0) lateMax = double.IsNaN(lateMax) ? account.Statuses[month] : Math.Max(lateMax, account.Statuses[month]);
        }
        row[4] = lateMax;
        for (var back = 0; back < 2; back++) row[8 + back] = PaidShare(account, known - back);
        row[10] = account.Limit == 0 ? double.NaN : Rounded((double)account.Payments[known] / account.Limit);
        return row;
    }

    /// <summary>The attributes of a request: all but the limit.</summary>
    public static byte[] AttributesOf(UciAccount account, int known)
    {
        var row = Of(account, known);
        var text = new StringBuilder();
        for (var i = 1; i < row.Length; i++)
            if (!double.IsNaN(row[i])) text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? ";" : "")}{Names[i]}={row[i]:0.####}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Part of the bill before that was paid, at most 1.5; 1.5 when nothing was billed.</summary>
    private static double PaidShare(UciAccount account, int month)
    {
        if (month < 1) return double.NaN;
        return account.Bills[month - 1] <= 0 ? 1.5 : Rounded(Math.Min(1.5, (double)account.Payments[month] / account.Bills[month - 1]));
    }

    private static double Rounded(double value) => Math.Round(value, Digits);
}
