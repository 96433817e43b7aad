using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Risk.Tests.Features;

/// <summary>What fits the places of each width and what does not, to the number; and that rows already in snapshots keep their bytes.</summary>
public sealed class WidthTests
{
    private const long Now = 1_700_006_400; // a whole hour
    private const long SumMax = (1L << 35) - 1;
    private const long ValueMax = (1L << 47) - 1;

    [Theory]
    [InlineData("compact", 304)]
    [InlineData("narrow", 400)]
    [InlineData("wide", 528)]
    public void DefaultSet_OfEachWidth_TakesItsBytes(string width, int bytes)
    {
        var text = File.ReadAllText(Path.Combine(CatalogueFileTests.Docs, "examples", "features.json"));
        Assert.Contains("\"width\": \"compact\"", text, StringComparison.Ordinal);
        Assert.Equal(bytes, CatalogueFile.Read(Encoding.UTF8.GetBytes(text.Replace("\"width\": \"compact\"", $"\"width\": \"{width}\"", StringComparison.Ordinal))).FacilityRowLength);
    }

    [Theory]
    [InlineData("narrow", "546F754505702BF4")]
    [InlineData("wide", "2184BB144E636F53")]
    [InlineData("compact", "AD790073AD3A75BA")]
    public void Rows_OfSeededEvents_KeepTheirBytes(string width, string hash)
    {
        var catalogue = Catalogue(
            """
            {"name":"a_{aggregation}_{window}","filter":{},"value":"attribute:n","aggregations":["count","sum","standardDeviation","min","max"],"windows":["2h","5h","lifetime"],"granularity":"1h"},
            {"name":"b_{window}","filter":{"channels":"online"},"aggregation":"count","windows":["1h","8h"],"granularity":"1h"},
            {"name":"c","filter":{},"value":"amount","aggregation":"trend","window":"6h","granularity":"2h"},
            {"name":"d_{window}","filter":{},"value":"merchantCategory","aggregation":"distinct","windows":["4h","lifetime"],"granularity":"1h"},
            {"name":"e","filter":{},"hit":{"channels":"online"},"aggregation":"streak","granularity":"1h"},
            {"name":"f_{aggregation}","filter":{},"value":"attribute:n","aggregations":["last","secondsSinceFirst"]}
            """,
            width);
        var row = new byte[catalogue.FacilityRowLength];
        var random = new Random(17);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < 2_000; i++)
        {
            var e = Event(random.NextInt64(-1L << random.Next(1, 63), 1L << random.Next(1, 62)), Now + i * 200L - random.Next(3_600));
            e.Channel = random.Next(3) == 0 ? Channel.Online : Channel.Cash;
            e.MerchantCategory = (ushort)random.Next(1, 60);
            e.Amount = random.Next(100_000);
            catalogue.Observe(FeatureEntity.Facility, row, e);
            all.AppendData(row);
        }
        Assert.Equal(hash, Convert.ToHexString(all.GetHashAndReset())[..16]);
    }

    [Fact]
    public void DefaultSet_OfAnAccountDeclinedHundredsOfTimesADay_CountsThem()
    {
        var catalogue = CatalogueFile.Read(File.ReadAllBytes(Path.Combine(CatalogueFileTests.Docs, "examples", "features.json")));
        var row = new byte[catalogue.FacilityRowLength];
        // Half of them on each of two days: the hour of Now is 0.
        for (var i = 0; i < 2_000; i++)
        {
            var e = Event(0, Now - (i < 1_000 ? 12 * 3_600 : 0));
            e.Outcome = OutcomeKind.Declined;
            catalogue.Observe(FeatureEntity.Facility, row, e);
        }
        var values = Read(catalogue, row);
        Assert.Equal([1_000, 2_000], [values[catalogue.Find("declined_count_1d")!.Index], values[catalogue.Find("declined_count_7d")!.Index]]);
    }

    [Theory]
    [InlineData(SumMax, 1)]
    [InlineData(-SumMax - 1, -1)]
    public void CompactSum_AtItsBound_IsExactAndOneBeyondIsMissing(long bound, long step)
    {
        var catalogue = Catalogue("""{"name":"x_{window}","filter":{},"value":"attribute:n","aggregation":"sum","windows":["1h","2h"],"granularity":"1h"}""");
        var row = Observed(catalogue, bound - step, step);
        Assert.Equal(bound, Read(catalogue, row)[0]);
        Observe(catalogue, row, step);
        Observe(catalogue, row, 5, Now + 3_600);
        Assert.Equal([5, FixedPoint.Missing], Read(catalogue, row, Now + 3_600));
        // A value that fits no bucket does not disturb the one beside it.
        Observe(catalogue, row, long.MaxValue, Now + 7_200);
        Assert.Equal([FixedPoint.Missing, FixedPoint.Missing], Read(catalogue, row, Now + 7_200));
        Assert.Equal([0, FixedPoint.Missing], Read(catalogue, row, Now + 3 * 3_600));
        Assert.Equal([0, 0], Read(catalogue, row, Now + 4 * 3_600));
    }

    [Theory]
    [InlineData("1h")]
    [InlineData("lifetime")]
    public void CompactExtremes_AtTheirBounds_AreExactAndOneBeyondAreMissing(string window)
    {
        var catalogue = Catalogue($$"""{"name":"x_{aggregation}","filter":{},"value":"attribute:n","aggregations":["min","max"],"window":"{{window}}"{{(window == "1h" ? ",\"granularity\":\"1h\"" : "")}}}""");
        Assert.Equal([-ValueMax - 1, ValueMax], Read(catalogue, Observed(catalogue, ValueMax, 0, -ValueMax - 1)));
        foreach (var unfit in (long[])[ValueMax + 1, -ValueMax - 2, long.MaxValue])
            Assert.Equal([FixedPoint.Missing, FixedPoint.Missing], Read(catalogue, Observed(catalogue, 1, unfit, 2)));
    }

    [Theory]
    [InlineData(ValueMax, 1)]
    [InlineData(-ValueMax - 1, -1)]
    public void CompactLifeSum_AtItsBound_IsExactAndOneBeyondIsMissing(long bound, long step)
    {
        var catalogue = Catalogue("""{"name":"x","filter":{},"value":"attribute:n","aggregation":"sum","window":"lifetime"}""");
        var row = Observed(catalogue, bound - step, step);
        Assert.Equal(bound, Read(catalogue, row)[0]);
        Observe(catalogue, row, step);
        Assert.Equal(FixedPoint.Missing, Read(catalogue, row)[0]);
        Observe(catalogue, row, -5 * step);
        Assert.Equal(FixedPoint.Missing, Read(catalogue, row)[0]);
    }

    [Fact]
    public void CompactLifeSquares_PastNinetySixBits_AreMissing()
    {
        var catalogue = Catalogue("""{"name":"x","filter":{},"value":"attribute:n","aggregation":"standardDeviation","scale":0,"window":"lifetime"}""");
        var row = Observed(catalogue, ValueMax, -ValueMax, ValueMax, -ValueMax);
        // √(4 · 4x² ÷ 12) of four values ±x.
        Assert.InRange(Read(catalogue, row)[0], (long)(ValueMax / Math.Sqrt(0.75)) - 1, (long)(ValueMax / Math.Sqrt(0.75)) + 1);
        Observe(catalogue, row, ValueMax);
        Assert.Equal(FixedPoint.Missing, Read(catalogue, row)[0]);
    }

    [Fact]
    public void CompactLast_ThatDoesNotFit_IsMissingUntilTheNext()
    {
        var catalogue = Catalogue("""{"name":"x_{aggregation}","filter":{},"value":"attribute:n","aggregations":["last","secondsSinceLast"]}""");
        var row = new byte[catalogue.FacilityRowLength];
        (long Value, long Last)[] cases =
        [
            (ValueMax, ValueMax), (ValueMax + 1, FixedPoint.Missing), (-ValueMax, -ValueMax), (-ValueMax - 1, FixedPoint.Missing), (-1, -1), (-ValueMax - 2, FixedPoint.Missing),
            (long.MaxValue, FixedPoint.Missing), (7, 7),
        ];
        foreach (var (value, last) in cases)
        {
            Observe(catalogue, row, value);
            Assert.Equal([last, 0], Read(catalogue, row));
        }
    }

    [Fact]
    public void CompactRow_OfOneBucketAlone_IsNotWrittenBeyond()
    {
        // Six bytes and no more behind the header: a place of eight would reach into what lies behind the row.
        var catalogue = Catalogue("""{"name":"x","filter":{},"value":"attribute:n","aggregation":"sum","window":"1h","granularity":"1h"}""");
        var bytes = new byte[catalogue.FacilityRowLength + 8];
        bytes.AsSpan(catalogue.FacilityRowLength).Fill(0xA5);
        for (var i = 0; i < 50; i++) catalogue.Observe(FeatureEntity.Facility, bytes.AsSpan(0, catalogue.FacilityRowLength), Event(-1 - i, Now + i * 1_800L));
        Assert.All(bytes[catalogue.FacilityRowLength..], one => Assert.Equal(0xA5, one));
    }

    private static FeatureCatalogue Catalogue(string features, string width = "compact") =>
        CatalogueFile.Read(Encoding.UTF8.GetBytes($$"""{"name":"a","lateness":"1h","width":"{{width}}","features":[{{features}}]}"""));

    private static byte[] Observed(FeatureCatalogue catalogue, params long[] values)
    {
        var row = new byte[catalogue.FacilityRowLength];
        foreach (var value in values) Observe(catalogue, row, value);
        return row;
    }

    private static void Observe(FeatureCatalogue catalogue, byte[] row, long value, long at = Now) => catalogue.Observe(FeatureEntity.Facility, row, Event(value, at));

    private static FeatureEvent Event(long value, long at) => new()
    {
        Kind = CommandKind.Authorize, Outcome = OutcomeKind.Approved, OccurredAtMicros = at * 1_000_000, RecordedAtMicros = (Now + 1_000_000) * 1_000_000,
        Attributes = Encoding.UTF8.GetBytes("n=" + value.ToString(CultureInfo.InvariantCulture)),
    };

    private static long[] Read(FeatureCatalogue catalogue, byte[] row, long at = Now)
    {
        var values = new long[catalogue.Features.Length];
        catalogue.Read(row, default, new FeatureMoment { OccurredAtMicros = at * 1_000_000, RecordedAtMicros = (Now + 1_000_000) * 1_000_000 }, values);
        return values;
    }
}
