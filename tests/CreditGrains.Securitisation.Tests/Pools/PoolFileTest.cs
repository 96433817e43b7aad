using System.Text;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Securitisation.Tests.Pools;

/// <summary>What stands in a pool file, and what is said of a wrong one.</summary>
public sealed class PoolFileTest
{
    [Fact]
    public void Parse_WholeFile_ReadsEveryField()
    {
        var terms = Parse("""
            { "name": "auto", "currency": "CNY", "amounts": "major", "cutOff": "2026-01-31", "revolvingUntil": "2026-12-31", "periodEndDay": 20,
              "default": { "daysPastDue": 61, "chargeOff": false }, "buckets": [0, 30, 60], "termBands": [12], "rateBands": [0.05, 0.1],
              "eligibility": [ { "name": "size", "field": "principal", "min": 10.5, "max": 1000 }, { "name": "rate", "field": "rate", "min": 0.0435 }, { "name": "where", "field": "region", "anyOf": [1, 2] } ],
              "concentrations": [ { "name": "one", "by": "obligor", "max": 0.05, "base": 100 } ],
              "triggers": [ { "name": "late", "measure": "delinquency", "level": 0.1, "fromDays": 31 }, { "name": "rate", "measure": "defaultRateAnnual", "level": 0.2, "months": 6 } ] }
            """);
        Assert.Equal(new DefaultDefinition(61, false, true), terms.LoanDefault);
        Assert.Equal((1_050L, 100_000L), (terms.Eligibility[0].Min!.Value, terms.Eligibility[0].Max!.Value));
        Assert.Equal(43_500, terms.Eligibility[1].Min);
        Assert.Equal(new ConcentrationRule("one", PoolDimension.Obligor, 50_000, 10_000), terms.Concentrations[0]);
        Assert.Equal(new PoolTrigger("rate", PoolMeasure.DefaultRateAnnual, 0.2, 1, 6), terms.Triggers[1]);
        Assert.Equal((int[])[50_000, 100_000], terms.RateBands.ToArray());
        Assert.Equal((20, new DateOnly(2026, 12, 31)), (terms.PeriodEndDay, terms.RevolvingUntil!.Value));
    }

    [Theory]
    [InlineData("\"currency\": \"EURO\"", "currency", "ISO 4217")]
    [InlineData("\"cutOff\": \"31.1.2026\"", "cutOff", "2026-03-31")]
    [InlineData("\"revolvingUntil\": \"2025-12-31\"", "revolvingUntil", "cut-off")]
    [InlineData("\"periodEndDay\": 31", "periodEndDay", "1 to 28")]
    [InlineData("\"default\": { \"chargeOff\": false, \"bankruptcy\": false }", "default", "write daysPastDue")]
    [InlineData("\"buckets\": [0, 60, 30]", "buckets", "rising from 0")]
    [InlineData("\"termBands\": [12, 12]", "termBands[1]", "in order")]
    [InlineData("\"rateBands\": [-0.1]", "rateBands[0]", "ratio")]
    [InlineData("\"rateBands\": [0.05, 1]", "rateBands[1]", "5 % as 0.05")]
    [InlineData("\"rateBands\": [4.5]", "rateBands[0]", "4.5 is no rate")]
    [InlineData("\"rateBands\": [25]", "rateBands[0]", "5 % as 0.05")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"rate\", \"min\": 5 } ]", "eligibility[0].min", "5 % as 0.05")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"rate\", \"max\": 12 } ]", "eligibility[0].max", "5 % as 0.05")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"rate\", \"anyOf\": [0.05, 6] } ]", "eligibility[0].anyOf[1]", "5 % as 0.05")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"rate\", \"noneOf\": [1] } ]", "eligibility[0].noneOf[0]", "5 % as 0.05")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"colour\" } ]", "eligibility[0].field", "principal, rate, remainingMonths")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"rate\" } ]", "eligibility[0]", "asks for nothing")]
    [InlineData("\"eligibility\": [ { \"name\": \"a\", \"field\": \"rate\", \"min\": 0.2, \"max\": 0.1 } ]", "eligibility[0].min", "no loan could enter")]
    [InlineData("\"concentrations\": [ { \"name\": \"a\", \"by\": \"bucket\", \"max\": 0.1 } ]", "concentrations[0].by", "write termBand")]
    [InlineData("\"concentrations\": [ { \"name\": \"a\", \"by\": \"region\", \"max\": 10 } ]", "concentrations[0].max", "at most 1")]
    [InlineData("\"triggers\": [ { \"name\": \"a\", \"measure\": \"delinquency\", \"level\": 0.1, \"fromDays\": 45 } ]", "triggers[0].fromDays", "first day of a bucket")]
    [InlineData("\"triggers\": [ { \"name\": \"a\", \"measure\": \"poolFactor\", \"level\": 10 } ]", "triggers[0].level", "0 to 1")]
    [InlineData("\"colour\": 1", "colour", "not known")]
    public void Parse_WrongField_NamesThePathAndTheFix(string field, string path, string fix)
    {
        var name = field[..field.IndexOf(':', StringComparison.Ordinal)];
        string[] good = ["\"name\": \"p\"", "\"currency\": \"EUR\"", "\"cutOff\": \"2026-01-31\""];
        var fault = Assert.Throws<InvalidInputException>(() => Parse($"{{ {string.Join(", ", good.Where(one => !one.StartsWith(name, StringComparison.Ordinal)).Append(field))} }}"));
        Assert.Equal(path, fault.Path);
        Assert.Contains(fix, fault.Fault, StringComparison.Ordinal);
    }

    /// <summary>Terms a journal has are read as they were taken, and rules that look at other fields have no such bound.</summary>
    [Fact]
    public void Parse_RatesOfHundredPercent_AreReadFromAJournalOnly()
    {
        var kept = Encoding.UTF8.GetBytes("""{ "name": "p", "currency": "EUR", "cutOff": "2026-01-31", "rateBands": [1.5], "eligibility": [ { "name": "a", "field": "rate", "max": 2 } ] }""");
        var terms = PoolFile.ParseKept(kept);
        Assert.Equal((1_500_000, 2_000_000L), (terms.RateBands[0], terms.Eligibility[0].Max!.Value));
        Assert.Equal(terms.Name, new PoolLedger(terms).Terms.Name);
        Assert.Equal("rateBands[0]", Assert.Throws<InvalidInputException>(() => new PoolBook().Define(terms)).Path);
        Assert.Equal(999_999, Parse("""{ "name": "p", "currency": "EUR", "cutOff": "2026-01-31", "rateBands": [0.999999], "eligibility": [ { "name": "a", "field": "region", "max": 5000001 } ] }""").RateBands[0]);
    }

    private static PoolTerms Parse(string json) => PoolFile.Parse(Encoding.UTF8.GetBytes(json));
}
