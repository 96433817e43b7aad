using System.Globalization;
using CreditGrains.Risk.Training;

namespace CreditGrains.Risk.Tests.Training;

/// <summary>Made-up accounts with the columns of the cards: a hidden strain drives lateness, use, payments and default.</summary>
internal static class Twin
{
    public static readonly string[] Header = ["ID", .. Enumerable.Range(1, 23).Select(i => $"X{i}"), "Y"];

    public static TrainingTable Table(TrainingPlan plan, int rows) => TrainingRows.Read(plan, Header, Lines(rows));

    public static IEnumerable<string[]> Lines(int rows)
    {
        var random = new Random(7);
        for (var id = 1; id <= rows; id++)
        {
            var strain = random.NextDouble();
            var limit = 10_000 * random.Next(1, 51);
            var cells = new List<double> { id, limit, random.Next(1, 3), random.Next(1, 5), random.Next(1, 4), random.Next(21, 70) };
            for (var month = 0; month < 6; month++) cells.Add(random.NextDouble() < strain * 0.5 ? random.Next(1, 4) : random.Next(-2, 1));
            for (var month = 0; month < 6; month++) cells.Add(Math.Round(limit * Math.Min(1.1, strain * (0.6 + 0.6 * random.NextDouble()))));
            for (var month = 0; month < 6; month++) cells.Add(Math.Round(limit * 0.1 * (1 - strain) * random.NextDouble()));
            cells.Add(random.NextDouble() < strain * strain * strain ? 1 : 0);
            yield return [.. cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))];
        }
    }
}
