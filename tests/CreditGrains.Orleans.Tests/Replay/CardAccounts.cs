using CreditGrains.Cli.Generating;
using CreditGrains.Cli.Tests.Uci;

namespace CreditGrains.Orleans.Tests.Replay;

/// <summary>Made-up card accounts whose bills rise to their limits and above: bands, product and portfolio run out of headroom, so that shared nodes decline.</summary>
internal static class CardAccounts
{
    private const int MonthCount = 6;

    /// <summary>Accounts that depend on the seed alone. Every fourth stays well below its own limit and is declined by nodes it shares, once the others have used them up.</summary>
    public static IEnumerable<Dictionary<string, long>> Crowded(int count, ulong seed)
    {
        for (var id = 1; id <= count; id++)
        {
            var draw = new SeededDraw(seed, stream: 2, id);
            var row = UciTwin.Columns.ToDictionary(name => name, _ => 0L);
            row["ID"] = id;
            row["X1"] = 10_000 * (1 + draw.Below(1, 60));
            var percentLast = id % 4 == 0 ? 90 : 130 + draw.Below(2, 15);
            for (var month = 0; month < MonthCount; month++)
            {
                // From seven tenths of the limit to the last one's percentage, in even steps, a little up or down.
                var percent = 70 + ((percentLast - 70) * month / (MonthCount - 1));
                row[$"X{17 - month}"] = (row["X1"] * percent / 100) + draw.Below(10 + month, 500);
                row[$"X{23 - month}"] = draw.Below(20 + month, 2_000);
            }

            yield return row;
        }
    }
}
