using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Domain.Commands;
using DomainCommand = CreditGrains.Domain.Commands.Command;

namespace CreditGrains.Cli.Tests.Bench;

public class PopulationTest
{
    private static readonly PopulationShape Shape = new(1_000, 250, 20, 3);

    [Fact]
    public void Import_ReadByTheGeneratedClass_IsThePopulationAsCommands()
    {
        var header = ImportRecord.Parser.ParseFrom(PopulationWire.Header(Shape)).Header;
        Assert.Equal(Shape.Hash, header.FileSha256.ToByteArray());
        Assert.Equal(1u, header.Tenant);

        var commands = new DomainCommand[Shape.Rows];
        var source = new PopulationCommands(Shape);
        Assert.Equal(Shape.Rows, source.Fill(commands));
        Assert.Equal(0, source.Fill(commands));

        var writer = new PopulationWire(Shape, 300);
        var row = 0;
        while (writer.TryWriteBatch(out var message))
        {
            var batch = ImportRecord.Parser.ParseFrom(message.Span).Batch;
            Assert.Equal(row + 1, batch.FirstRow);
            foreach (var command in batch.Commands) AssertSame(commands[row++], command);
        }

        Assert.Equal(Shape.Rows, row);
    }

    [Fact]
    public void Commands_EachOne_OpensUnderAParentThatWasOpenedBefore()
    {
        var commands = new DomainCommand[Shape.Rows];
        new PopulationCommands(Shape).Fill(commands);
        var opened = new HashSet<Domain.Limits.NodeKey>();
        foreach (var command in commands)
        {
            var parents = command.Control is OpenNode node ? node.Parents : ((OpenFacility)command.Control!).Parents;
            Assert.All(parents, parent => Assert.Contains(parent.Parent, opened));
            Assert.True(opened.Add(command.Facility));
        }

        Assert.Equal(4, commands.Count(command => command.Control is OpenFacility { Parents: [{ Parent.Id: 7 }] }));
    }

    [Theory]
    [InlineData(10_000_000, 2_500_000, 50_000, 100, null)]
    [InlineData(100, 25, 1, 2, "--enterprises")]
    [InlineData(100, 25, 30, 1, "--borrowers")]
    [InlineData(100, 250, 20, 1, "--facilities")]
    public void Shape_Fault_NamesTheOption(long facilities, long borrowers, long enterprises, int products, string? option)
    {
        var fault = new PopulationShape(facilities, borrowers, enterprises, products).Fault;
        if (option is null) Assert.Null(fault);
        else Assert.StartsWith(option, fault, StringComparison.Ordinal);
    }

    private static void AssertSame(in DomainCommand expected, Api.V1.Command actual)
    {
        if (expected.Control is OpenNode node)
        {
            var read = actual.OpenNode;
            Assert.Equal((node.Key.Id, (int)node.Key.Kind, node.Limit, "EUR"), (read.Node.Id, (int)read.Node.Kind, read.Limit, read.Currency));
            AssertParent(node.Parents, read.Parents);
            return;
        }

        var facility = (OpenFacility)expected.Control!;
        var opened = actual.OpenFacility;
        Assert.Equal((facility.Key.Id, 1u, 1u, facility.Limit, "EUR"), (opened.Facility.Id, opened.Facility.Tenant, opened.Facility.LegalEntity, opened.Limit, opened.Currency));
        AssertParent(facility.Parents, opened.Parents);
    }

    private static void AssertParent(IReadOnlyList<Domain.Commands.ParentShare> expected, IReadOnlyList<Api.V1.ParentShare> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < actual.Count; i++)
            Assert.Equal((expected[i].Parent.Id, (int)expected[i].Parent.Kind), (actual[i].Parent.Id, (int)actual[i].Parent.Kind));
    }
}
