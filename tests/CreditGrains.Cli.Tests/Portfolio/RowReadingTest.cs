using System.Text;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Tests.Portfolio;

public sealed class RowReadingTest
{
    private const string Header = "record,kind,id,currency,limit,parents,opening_principal,measure,keeps_repaid,credit_adds_headroom,to_currency,rate_nano,valid_until,tenant,legal_entity\n";

    [Fact]
    public void Read_OfAFacility_FillsEveryField()
    {
        var facility = Assert.IsType<OpenFacility>(Read(Header + "facility,,42,EUR,500000,Borrower/7;Funder/2/3@250000,1200,Committed,true,true,,,,1,4\n").Single().Command);
        Assert.Equal(new NodeKey(42, 1, 4, NodeKind.Facility), facility.Key);
        Assert.Equal(Currency.Parse("EUR"), facility.Currency);
        Assert.Equal((500_000L, 1_200L, true), (facility.Limit, facility.OpeningPrincipal, facility.CreditAddsHeadroom));
        Assert.Equal(new ExposureBasis(ExposureMeasure.Committed, true, 0), facility.Basis);
        Assert.Equal([new ParentShare(new NodeKey(7, 1, 4, NodeKind.Borrower)), new ParentShare(new NodeKey(3, 1, 2, NodeKind.Funder), 250_000)], facility.Parents);
    }

    [Fact]
    public void Read_OfANodeAndARate_GivesTheirCommands()
    {
        var rows = Read(Header + "node,Product,1,EUR,unlimited,,,,,,,,,,\nrate,,,USD,,,,,,,EUR,920000000,2030-01-01T00:00:00Z,,\n").ToArray();
        Assert.Equal(Command.AmountMax, Assert.IsType<OpenNode>(rows[0].Command).Limit);
        var rate = Assert.IsType<SetFxRate>(rows[1].Command);
        Assert.Equal(("USD", "EUR", 920_000_000L), (rate.From.Code, rate.To.Code, rate.RateNano));
        Assert.Equal(DateTimeOffset.Parse("2030-01-01T00:00:00Z").ToUnixTimeSeconds() * 1_000_000, rate.ValidUntilMicros);
    }

    /// <summary>Each row is a fault and the field it is put down to.</summary>
    [Theory]
    [InlineData("loan,,42,EUR,1,Borrower/7", "record")]
    [InlineData("node,Shop,42,EUR,1,", "kind")]
    [InlineData("node,Facility,42,EUR,1,", "kind")]
    [InlineData("facility,,x,EUR,1,Borrower/7", "id")]
    [InlineData("facility,,0,EUR,1,Borrower/7", "id")]
    [InlineData("facility,,42,euro,1,Borrower/7", "currency")]
    [InlineData("facility,,42,EUR,,Borrower/7", "limit")]
    [InlineData("facility,,42,EUR,10.5,Borrower/7", "limit")]
    [InlineData("facility,,42,EUR,1,Borrower", "parents")]
    [InlineData("facility,,42,EUR,1,Facility/7", "parents")]
    [InlineData("facility,,42,EUR,1,Borrower/7@x", "parents")]
    [InlineData("facility,,42,EUR,1,Borrower/7,x", "opening_principal")]
    [InlineData("facility,,42,EUR,1,Borrower/7,,Half", "measure")]
    [InlineData("facility,,42,EUR,1,Borrower/7,,,ja", "keeps_repaid")]
    [InlineData("rate,,,EUR,,,,,,,USD,1,soon", "valid_until")]
    [InlineData("facility,,42,EUR,1,Borrower/7,,,,,,,,2", "tenant")]
    [InlineData("facility,,42,EUR,1,Borrower/7,,,,,,,,,70000", "legal_entity")]
    public void Read_OfARowWithAFault_NamesTheField(string row, string field)
    {
        var (command, fault) = Read(Header + row + "\n").Single();
        Assert.Null(command);
        Assert.Equal(field, fault?.Field);
    }

    [Fact]
    public void Read_ThroughAMapping_TakesTheirColumnsTemplatesAndConstants()
    {
        var mapping = ColumnMapping.Parse("mapping.json", Encoding.UTF8.GetBytes("""
            { "columns": { "id": "ACCOUNT", "limit": "LINE" }, "templates": { "parents": "Borrower/{CUST};Product/{P}" },
              "constants": { "record": "facility", "currency": "EUR" }, "amounts": "major", "delimiter": ";" }
            """));
        var facility = Assert.IsType<OpenFacility>(Read("CUST;ACCOUNT;P;LINE\n7;42;3;1500.50\n", mapping).Single().Command);
        Assert.Equal((42L, 150_050L), (facility.Key.Id, facility.Limit));
        Assert.Equal(["Borrower/1/1/7", "Product/1/1/3"], facility.Parents.Select(parent => parent.Parent.ToString()));
    }

    [Theory]
    [InlineData("""{ "columns": { "limits": "A" } }""", "limits")]
    [InlineData("""{ "columns": { "id": "A" }, "constants": { "id": "1" } }""", "id")]
    [InlineData("""{ "amounts": "cents" }""", "amounts")]
    [InlineData("""{ "delimiter": "tab" }""", "delimiter")]
    [InlineData("""{ "colums": {} }""", "colums")]
    [InlineData("[]", "no mapping")]
    public void Parse_OfABadMapping_NamesTheFault(string json, string part)
    {
        var fault = Assert.Throws<CommandFault>(() => ColumnMapping.Parse("mapping.json", Encoding.UTF8.GetBytes(json)));
        Assert.Equal("BadMapping", fault.Name);
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(ControlCommand? Command, RowFault? Fault)> Read(string text, ColumnMapping? mapping = null)
    {
        var map = mapping ?? ColumnMapping.Identity;
        using var csv = CsvFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), map.Delimiter[0]);
        var reading = new RowReading(1, new RowSource(csv, map) { IsMajor = map.IsMajor });
        while (csv.Read())
        {
            var command = reading.Read(out var fault);
            yield return (command, fault);
        }
    }
}
