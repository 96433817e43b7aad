using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Cli.Generating;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Tests.Generating;

public sealed class PortfolioPlanTest
{
    [Fact]
    public void Commands_OfTheSameSeed_AreTheSameAndOfAnotherAreNot()
    {
        Assert.Equal(Text(300, 5), Text(300, 5));
        Assert.NotEqual(Text(300, 5), Text(300, 6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(997)]
    public void Commands_OfAnySize_AreValidAndParentsComeFirst(long facilities)
    {
        var plan = new PortfolioPlan(facilities, seed: 11, tenant: 1);
        var ancestors = new Dictionary<NodeKey, HashSet<NodeKey>>();
        var rows = 0L;
        foreach (var command in plan.Commands())
        {
            rows++;
            Assert.Equal(default, CommandValidation.Check(Command.Of(Domain.Requests.RequestId.ForSession(1, rows), command)).Reason);
            if (ParentsOf(command) is not { } parents) continue;
            var above = new HashSet<NodeKey>();
            foreach (var parent in parents)
            {
                above.Add(parent.Parent);
                above.UnionWith(ancestors[parent.Parent]);
            }

            Assert.InRange(above.Count, 0, 16);
            Assert.True(ancestors.TryAdd(command.Key, above), $"{command.Key} comes twice");
        }

        Assert.Equal(plan.CommandCount, rows);
        Assert.Equal(facilities, ancestors.Keys.Count(key => key.IsFacility));
    }

    [Fact]
    public void Commands_OfAHugePortfolio_StartAtOnce() =>
        Assert.Equal(100, new PortfolioPlan(1_000_000_000, seed: 1, tenant: 1).Commands().Take(100).Count());

    [Fact]
    public void Commands_WrittenAndReadAgain_AreEqual()
    {
        using var csv = CsvFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(Text(200, 3))));
        var reading = new RowReading(1, new RowSource(csv, ColumnMapping.Identity) { IsMajor = false });
        foreach (var command in new PortfolioPlan(200, 3, 1).Commands())
        {
            Assert.True(csv.Read());
            var read = reading.Read(out var fault);
            Assert.Null(fault);
            // Messages compare by value, lists included.
            Assert.Equal(CommandMapping.Write(command), CommandMapping.Write(read!));
        }

        Assert.False(csv.Read());
    }

    [Fact]
    public void Limits_OfManyFacilities_AreHeavyTailed()
    {
        var limits = new PortfolioPlan(20_000, 7, 1).Commands().OfType<OpenFacility>().Where(f => f.Currency.Code == "EUR").Select(f => f.Limit).Order().ToArray();
        var median = limits[limits.Length / 2];
        Assert.True(limits[^1] > 100 * median, $"largest {limits[^1]}, median {median}");
        Assert.True(limits[limits.Length * 99 / 100] > 10 * median);
    }

    private static IReadOnlyList<ParentShare>? ParentsOf(ControlCommand command) => command switch
    {
        OpenNode node => node.Parents,
        OpenFacility facility => facility.Parents,
        _ => null,
    };

    private static string Text(long facilities, ulong seed)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var writer = new PortfolioWriter(text);
        writer.WriteHeader();
        foreach (var command in new PortfolioPlan(facilities, seed, 1).Commands()) writer.Write(command);
        return text.ToString();
    }
}
