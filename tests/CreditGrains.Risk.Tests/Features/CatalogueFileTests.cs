using System.Text;
using System.Text.Json;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Accumulators;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Risk.Tests.Features;

/// <summary>Catalogue files: what is taken, and that all else is refused with name, place and fix.</summary>
public sealed class CatalogueFileTests
{
    [Theory]
    [InlineData("", "BadJson", "line 1")]
    [InlineData("{\n \"name\": \"a\",\n nope }", "BadJson", "line 3")]
    [InlineData("""{"name":"a","name":"b","lateness":"1h","features":[]}""", "BadJson", "name")]
    [InlineData("[]", "FieldWrong", "an object in { }")]
    [InlineData("""{"lateness":"1h","features":[]}""", "FieldMissing", "name: ")]
    [InlineData("""{"name":"a","features":[]}""", "FieldMissing", "lateness: ")]
    [InlineData("""{"name":"a","lateness":"1h","features":[]}""", "FieldWrong", "features: ")]
    [InlineData("""{"name":"a","lateness":"1h","features":[],"extra":1}""", "FieldWrong", "features: a catalogue has at least one")]
    [InlineData("""{"name":"a","lateness":"-1h","features":[]}""", "FieldWrong", "lateness: '-1h' is no length of time")]
    [InlineData("""{"name":"a","lateness":"32d","features":[]}""", "FieldWrong", "lateness: '32d' is longer than 31 days")]
    [InlineData("""{"name":"a","lateness":"99999999999d","features":[]}""", "FieldWrong", "lateness: ")]
    [InlineData("""{"name":"a","lateness":"1h","utcOffset":"8","features":[]}""", "FieldWrong", "utcOffset: ")]
    [InlineData("""{"name":"a","lateness":"1h","width":"huge","features":[]}""", "FieldWrong", "width: 'huge' is not known; write one of compact, narrow, wide")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"kinds":"buy"}},"features":[]}""", "FieldWrong", "filters.f.kinds: 'buy' is not known; write one of authorize")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"kinds":[]}},"features":[]}""", "FieldWrong", "filters.f.kinds: at least one")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"merchantCategories":"9-1"}},"features":[]}""", "FieldWrong", "filters.f.merchantCategories: write a code")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"merchantCategories":10000}},"features":[]}""", "FieldWrong", "filters.f.merchantCategories: ")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"amountMin":5,"amountMax":4}},"features":[]}""", "FieldWrong", "filters.f: amountMin is above amountMax")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"attributes":{"gender":"x"}}},"features":[]}""", "ProtectedInput", "filters.f.attributes.gender: ")]
    [InlineData("""{"name":"a","lateness":"1h","filters":{"f":{"outcome":"approved"}},"features":[]}""", "FieldUnknown", "filters.f.outcome: ")]
    public void File_Malformed_IsRefusedByNameAndPlace(string json, string name, string place) => AssertRefused(json, name, place);

    [Theory]
    [InlineData("""{"name":"x","aggregation":"median","filter":{}}""", "FieldWrong", "features[0].aggregation: 'median' is not known")]
    [InlineData("""{"name":"x","aggregation":"count","filter":"none","window":"lifetime"}""", "FieldWrong", "features[0].filter: no filter is called 'none'")]
    [InlineData("""{"name":"x","aggregation":"count","filter":{}}""", "FieldMissing", "features[0].window: ")]
    [InlineData("""{"name":"x","aggregation":"count","filter":{},"window":"7d"}""", "FieldMissing", "features[0].granularity: ")]
    [InlineData("""{"name":"x","aggregation":"count","filter":{},"window":"7d","granularity":"2d"}""", "FieldWrong", "features[0].window: the window 7d is no whole number of buckets")]
    [InlineData("""{"name":"x","aggregation":"count","filter":{},"window":"7d","granularity":"0s"}""", "FieldWrong", "features[0].granularity: a bucket is at least 1s")]
    [InlineData("""{"name":"x","aggregation":"count","filter":{},"window":"0d","granularity":"1d"}""", "FieldWrong", "features[0].window: ")]
    [InlineData("""{"name":"x","aggregation":"count","filter":{},"window":"1d","granularity":"1s"}""", "TooLarge", "features[0]: ")]
    [InlineData("""{"name":"x","aggregation":"streak","filter":{},"hit":{},"granularity":"1s"}""", "TooLarge", "features: an account would take")]
    [InlineData("""{"name":"x","aggregation":"sum","filter":{},"window":"lifetime"}""", "FieldMissing", "features[0].aggregation: sum needs a value")]
    [InlineData("""{"name":"x","aggregation":"sum","filter":{},"window":"lifetime","value":"colour"}""", "FieldWrong", "features[0].value: 'colour' is not known")]
    [InlineData("""{"name":"x","aggregation":"sum","filter":{},"window":"lifetime","value":"attribute:a;b"}""", "FieldWrong", "features[0].value: ")]
    [InlineData("""{"name":"x","aggregation":"trend","filter":{},"window":"1d","granularity":"1d","value":"amount"}""", "FieldWrong", "features[0].window: a trend needs")]
    [InlineData("""{"name":"x","aggregation":"trend","filter":{},"window":"lifetime","value":"amount"}""", "FieldWrong", "features[0].window: a trend needs")]
    [InlineData("""{"name":"x","aggregation":"distinct","filter":{},"window":"40d","granularity":"1d","value":"merchantCategory"}""", "TooLarge", "features[0]: distinct values are kept for at most 32 buckets")]
    [InlineData("""{"name":"x","aggregation":"streak","filter":{},"granularity":"1h"}""", "FieldWrong", "features[0]: hit belongs to a streak")]
    [InlineData("""{"name":"x","aggregation":"count","hit":{},"filter":{},"window":"lifetime"}""", "FieldWrong", "features[0]: hit belongs to a streak")]
    [InlineData("""{"name":"x","aggregations":["count","sum"],"value":"amount","filter":{},"window":"lifetime"}""", "FieldWrong", "features[0]: a group of several aggregations needs {aggregation}")]
    [InlineData("""{"name":"x","aggregation":"count","aggregations":["sum"],"filter":{},"window":"lifetime"}""", "FieldWrong", "features[0]: write either aggregation or aggregations")]
    [InlineData("""{"name":"1x","aggregation":"count","filter":{},"window":"lifetime"}""", "FieldWrong", "features[0]: '1x' is no name")]
    [InlineData("""{"name":"applicant_age","aggregation":"count","filter":{},"window":"lifetime"}""", "ProtectedInput", "features[0]: ")]
    [InlineData("""{"name":"x","aggregation":"late"},{"name":"x","aggregation":"late"}""", "FieldWrong", "features[1]: 'x' is there twice")]
    [InlineData("""{"name":"x","aggregation":"late","scale":10}""", "FieldWrong", "features[0].scale: a whole number from 0 to 9")]
    [InlineData("""{"name":"x","aggregation":"late","colour":1}""", "FieldUnknown", "features[0].colour: ")]
    [InlineData("""{"name":"x","aggregation":"ratio","of":"y","to":"z"}""", "FeatureUnknown", "features[0].of: no feature above this one is called 'y'")]
    [InlineData("""{"name":"x","expression":"y + 1"}""", "FeatureUnknown", "features[0].expression: at character 1: 'y' is no feature")]
    [InlineData("""{"name":"x","expression":"x + 1"}""", "FeatureUnknown", "features[0].expression: ")]
    [InlineData("""{"name":"x","expression":"1 +"}""", "BadExpression", "features[0].expression: at character 4: a value belongs here")]
    [InlineData("""{"name":"x","expression":"(1"}""", "BadExpression", "features[0].expression: at character 3: ')' is missing")]
    [InlineData("""{"name":"x","expression":"1 2"}""", "BadExpression", "features[0].expression: at character 3: '2' does not go on")]
    [InlineData("""{"name":"x","expression":"min(1)"}""", "BadExpression", "min takes 2 to 8 values, here are 1")]
    [InlineData("""{"name":"x","expression":"sqrt(1)"}""", "BadExpression", "there is no function 'sqrt'")]
    [InlineData("""{"name":"x","expression":"1.2.3"}""", "BadExpression", "'1.2.3' is no number")]
    [InlineData("""{"name":"x","expression":"((((((((((((((((((((((((((1))))))))))))))))))))))))))"}""", "BadExpression", "nested more than 24")]
    public void Feature_Malformed_IsRefusedByNameAndPlace(string feature, string name, string place) =>
        AssertRefused($$"""{"name":"a","lateness":"1h","features":[{{feature}}]}""", name, place);

    [Fact]
    public void File_TooLong_IsRefused() => AssertRefused($$"""{"name":"{{new string('a', 60_000)}}","lateness":"1h","features":[]}""", "TooLong", "the file has");

    [Fact]
    public void DefaultSet_TakesAtMost304BytesAnAccount()
    {
        var catalogue = CatalogueFile.Read(File.ReadAllBytes(Path.Combine(Docs, "examples", "features.json")));
        Assert.InRange(catalogue.FacilityRowLength, 1, 304);
        Assert.InRange(catalogue.Features.Length, 60, 80);
        // Every byte of the row belongs to one part.
        var end = catalogue.PartsOf(FeatureEntity.Facility).Aggregate(16, (at, part) => part.Offset == at ? at + part.Length : throw new InvalidOperationException($"a gap at {at}"));
        Assert.InRange(catalogue.FacilityRowLength - end, 0, 7);
    }

    [Fact]
    public void Schema_KnowsEveryWord()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Docs, "features.schema.json")));
        var parts = schema.RootElement.GetProperty("$defs");
        AssertWords(Enum.GetValues<CommandKind>().Where(kind => kind.IsAccount()), parts.GetProperty("kind"));
        AssertWords(Enum.GetValues<OutcomeKind>().Where(outcome => outcome != OutcomeKind.Refused), parts.GetProperty("outcome"));
        AssertWords(Enum.GetValues<Channel>(), parts.GetProperty("channel"));
        AssertWords(Enum.GetValues<CounterWidth>(), schema.RootElement.GetProperty("properties").GetProperty("width"));
        AssertWords(Enum.GetValues<Aggregation>().Where(one => one is not (Aggregation.Ratio or Aggregation.Derived)), parts.GetProperty("aggregation"));
    }

    [Fact]
    public void Expressions_Worked_GiveTheirValues()
    {
        (string Expression, string? Value)[] cases =
        [
            ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("-2 - -3", "1"), ("7 / 2", "3.5"), ("1 / 3", "0.333333"), ("2 / 3", "0.666667"), ("1 / 0", null), ("coalesce(1 / 0, 4, 5)", "4"),
            ("if(2 > 1, 10, 1 / 0)", "10"), ("if(1 > 2, 10, 1 / 0)", null), ("if(1 / 0, 1, 2)", null), ("min(3, 1, 2) + max(3, 1, 2)", "4"), ("abs(-1.5)", "1.5"), ("1 <= 1", "1"), ("1 != 1", "0"),
            ("request.amount / facility.limit", "0.25"), ("(facility.drawn + facility.held) / facility.limit", "0.5"), ("request.hour", "13"), ("request.weekday", "4"),
            ("99999999999999 * 99999999999999 * 99999999999999", null), ("1 - 1 / 0", null), ("9000000000000", "9000000000000"), ("10000000000000000", null),
        ];
        foreach (var (expression, value) in cases)
        {
            var catalogue = CatalogueFile.Read(Encoding.UTF8.GetBytes($$"""{"name":"a","lateness":"1h","utcOffset":"+08:00","features":[{"name":"x","expression":"{{expression}}"}]}"""));
            var values = new long[1];
            // 2026-03-05T05:00Z is Thursday, 13:00 by the offset.
            var at = new DateTime(2026, 3, 5, 5, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / 10;
            catalogue.Read(default, default, new FeatureMoment { RecordedAtMicros = at, AmountAsked = 250, Limit = 1_000, Principal = 300, Interest = 50, Fees = 50, Held = 100 }, values);
            Assert.Equal((expression, value), (expression, FixedPoint.ToDecimal(values[0], 6) is { } got ? (got / 1.000000000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
        }
    }

    internal static string Docs
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln"))) directory = directory.Parent ?? throw new InvalidOperationException("Run the tests from a checkout.");
            return Path.Combine(directory.FullName, "docs");
        }
    }

    private static void AssertWords<T>(IEnumerable<T> values, JsonElement part)
        where T : struct, Enum => Assert.Equal(
            values.Select(value => char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..]).Order(StringComparer.Ordinal), part.GetProperty("enum").EnumerateArray().Select(word => word.GetString()!).Order(StringComparer.Ordinal));

    private static void AssertRefused(string json, string name, string place)
    {
        var fault = Assert.Throws<FeatureFault>(() => CatalogueFile.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(name, fault.Name);
        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
    }
}
