using System.Globalization;
using System.Text;
using CreditGrains.Cli.Generating;

namespace CreditGrains.Cli.Tests.Uci;

/// <summary>A made-up file with the columns and the odd cases of the real one: credits, refunds, bills above the limit, idle accounts.</summary>
internal static class UciTwin
{
    public static readonly string[] Columns = ["ID", .. Enumerable.Range(1, 23).Select(n => $"X{n}")];

    /// <summary>Accounts that depend on the seed alone.</summary>
    public static IEnumerable<Dictionary<string, long>> Accounts(int count, ulong seed)
    {
        for (var id = 1; id <= count; id++)
        {
            var draw = new SeededDraw(seed, stream: 1, id);
            var row = Columns.ToDictionary(name => name, _ => 0L);
            row["ID"] = id;
            row["X1"] = 10_000 * (1 + draw.Below(1, 80));
            // An account in twelve is idle, one in thirty starts with a credit, one in eight runs at its limit.
            if (draw.Below(2, 12) == 0)
            {
                yield return row;
                continue;
            }

            var bill = draw.Below(3, 30) == 0 ? -draw.Below(4, 5_000) : row["X1"] * draw.Below(5, draw.Below(6, 8) == 0 ? 115 : 60) / 100;
            row["X17"] = bill;
            for (var month = 1; month < 6; month++)
            {
                var payment = draw.Below(10 * month, 5) == 0 ? 0 : draw.Below((10 * month) + 1, Math.Max(1, (Math.Max(0, bill) / 4) + 3_000));
                var drawn = draw.Below((10 * month) + 2, 200) == 0 ? -draw.Below((10 * month) + 3, 8_000) : draw.Below((10 * month) + 4, (row["X1"] / 6) + 1);
                bill += drawn - payment;
                row[$"X{17 - month}"] = bill;
                row[$"X{23 - month}"] = payment;
            }

            yield return row;
        }
    }

    public static MemoryStream StreamOf(IEnumerable<Dictionary<string, long>> accounts) => new(Encoding.UTF8.GetBytes(TextOf(accounts)));

    public static string TextOf(IEnumerable<Dictionary<string, long>> accounts)
    {
        var text = new StringBuilder().AppendJoin(',', Columns).Append(",Y\n");
        foreach (var account in accounts)
        {
            text.AppendJoin(',', Columns.Select(name => account[name].ToString(CultureInfo.InvariantCulture))).Append(",0\n");
        }

        return text.ToString();
    }
}
