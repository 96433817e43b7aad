using System.Numerics;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Risk.Tests.Features;

/// <summary>Single rules of features: bounds, order, sketches, places that are full, and that nothing is allocated.</summary>
public sealed class FeatureCatalogueTests
{
    private const long Now = 1_700_006_400; // a whole hour

    [Theory]
    [InlineData("narrow", 32)]
    [InlineData("compact", 16)]
    public void Distinct_PastWhatIsExact_IsWithinFourStandardErrorsAndExactAgainWhenEmpty(string width, int exact)
    {
        var catalogue = Catalogue("""{"name":"x","aggregation":"distinct","filter":{},"value":"attribute:device","window":"4h","granularity":"1h"},{"name":"y","aggregation":"distinct","filter":{},"value":"merchantCategory","window":"lifetime"}""", width);
        Assert.All(catalogue.Sketches, sketch => Assert.Equal(exact, sketch.ExactMax));
        Assert.Equal(exact * 16, catalogue.Sketches.ElementAt(1).Places);
        var row = new byte[catalogue.FacilityRowLength];
        for (var n = 1; n <= 200; n++)
        {
            catalogue.Observe(FeatureEntity.Facility, row, Event(Now, attributes: $"device={n}", category: n));
            catalogue.Observe(FeatureEntity.Facility, row, Event(Now, attributes: $"device={n}", category: n));
            var values = Read(catalogue, row, Now);
            for (var feature = 0; feature < 2; feature++)
            {
                var places = catalogue.Sketches.ElementAt(feature).Places;
                if (n <= exact) Assert.Equal(n, values[feature]);
                else Assert.InRange(values[feature], n - 4 * n * DistinctSketch.RelativeError(places, n), n + 4 * n * DistinctSketch.RelativeError(places, n));
            }
        }
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now + 5 * 3_600, attributes: "device=1"));
        Assert.Equal(1, Read(catalogue, row, Now + 5 * 3_600)[0]);
    }

    [Fact]
    public void DistinctSketch_Estimates_GrowFromOneToTheHarmonicSum()
    {
        var table = DistinctSketch.Table(288);
        Assert.Equal([0, 1, 2], table[..3]);
        for (var i = 1; i < table.Length; i++) Assert.True(table[i] > table[i - 1]);
        Assert.Equal((int)Math.Round(288 * Enumerable.Range(1, 288).Sum(k => 1.0 / k)), table[288]);
    }

    [Fact]
    public void Event_AtTheBoundOfLateness_CountsAndOneBeforeItIsLate()
    {
        var catalogue = Catalogue("""{"name":"x","aggregation":"count","filter":{},"window":"3h","granularity":"1h"},{"name":"l","aggregation":"late"}""");
        var row = new byte[catalogue.FacilityRowLength];
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now));
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now - 3_600));
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now - 3_601));
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now + 301, recordedAt: Now));
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now + 300, recordedAt: Now));
        Assert.Equal([3L, 2L], Read(catalogue, row, Now));
        // As of the hour before: only the event that lies there.
        Assert.Equal([1L, 2L], Read(catalogue, row, Now - 1));
    }

    [Theory]
    [InlineData("compact", "count", 65_534)]
    [InlineData("compact", "sum", 4_094)]
    [InlineData("narrow", "count", 65_534)]
    [InlineData("narrow", "sum", 65_534)]
    [InlineData("wide", "count", 70_000)]
    public void Count_ThatDoesNotFit_IsMissingAndNeverWrong(string width, string aggregation, int exact)
    {
        // Amounts of 1, so that a sum tells as much as a count.
        var value = aggregation == "sum" ? "\"value\":\"amount\"," : "";
        var catalogue = Catalogue($$"""{"name":"x_{window}","aggregation":"{{aggregation}}",{{value}}"filter":{},"windows":["1h","2h"],"granularity":"1h"}""", width);
        var row = new byte[catalogue.FacilityRowLength];
        for (var i = 0; i < exact; i++) catalogue.Observe(FeatureEntity.Facility, row, Event(Now));
        Assert.Equal(exact, Read(catalogue, row, Now)[0]);
        if (width == "wide") return;
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now));
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now + 3_600));
        Assert.Equal([1L, FixedPoint.Missing], Read(catalogue, row, Now + 3_600));
        Assert.Equal([0L, 1L], Read(catalogue, row, Now + 7_200));
    }

    [Fact]
    public void Amounts_OfAnySize_AreExactOrMissing()
    {
        var catalogue = Catalogue("""{"name":"{aggregation}_{window}","aggregations":["sum","mean","standardDeviation","min","max"],"filter":{},"value":"amount","windows":["1h","lifetime"],"granularity":"1h"}""", "wide");
        var row = new byte[catalogue.FacilityRowLength];
        var random = new Random(3);
        var amounts = new List<BigInteger>();
        for (var i = 0; i < 12; i++)
        {
            var amount = random.NextInt64(1, 1L << 60);
            amounts.Add(amount);
            catalogue.Observe(FeatureEntity.Facility, row, Event(Now, amount));
            var values = Read(catalogue, row, Now);
            var sum = amounts.Aggregate(BigInteger.Zero, (a, b) => a + b);
            foreach (var suffix in (string[])["1h", "lifetime"])
            {
                var got = values[catalogue.Find("sum_" + suffix)!.Index];
                Assert.Equal(sum <= long.MaxValue ? (long)sum : FixedPoint.Missing, got);
                // A mean of 2^59 with six digits does not fit 64 bits.
                Assert.Equal(sum <= long.MaxValue && sum / amounts.Count < long.MaxValue / 1_000_000, values[catalogue.Find("mean_" + suffix)!.Index] != FixedPoint.Missing);
                if (sum <= long.MaxValue) Assert.Equal((long)amounts.Max(), values[catalogue.Find("max_" + suffix)!.Index]);
            }
        }
    }

    [Fact]
    public void Quotient_OfAnySize_RoundsHalfToEven()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var (a, b) = (random.NextInt64(-1L << random.Next(1, 63), 1L << random.Next(1, 62)), random.NextInt64(1, 1L << random.Next(1, 62)));
            var scale = random.Next(10);
            if (random.Next(4) == 0) a = b / 2;
            var exact = BigInteger.Abs(a) * BigInteger.Pow(10, scale) / b < long.MaxValue - 1 ? ReferenceFeatures.Rounded(a, b, scale) : null;
            Assert.Equal(exact ?? FixedPoint.Missing, FixedPoint.Quotient(a, b, scale));
        }
        Assert.Equal([0L, 2L, 2L, -2L], [FixedPoint.Quotient(1, 2, 0), FixedPoint.Quotient(3, 2, 0), FixedPoint.Quotient(5, 2, 0), FixedPoint.Quotient(-3, 2, 0)]);
    }

    [Fact]
    public void Root_OfAnySize_IsTheFloor()
    {
        var random = new Random(12);
        for (var i = 0; i < 20_000; i++)
        {
            var x = new UInt128((ulong)random.NextInt64() << random.Next(2), (ulong)random.NextInt64()) >> random.Next(128);
            BigInteger root = FixedPoint.Root(x), value = x;
            Assert.True(root * root <= value && (root + 1) * (root + 1) > value, $"root of {value}");
        }
        Assert.Equal(ulong.MaxValue, FixedPoint.Root(UInt128.MaxValue));
        Assert.Equal(0UL, FixedPoint.Root(0));
    }

    [Fact]
    public void Moment_FromAClockFarAhead_IsReadAtWriterTime()
    {
        var catalogue = Catalogue("""{"name":"x","aggregation":"count","filter":{},"window":"1h","granularity":"1h"}""");
        var row = new byte[catalogue.FacilityRowLength];
        catalogue.Observe(FeatureEntity.Facility, row, Event(Now));
        var values = new long[1];
        catalogue.Read(row, default, new FeatureMoment { OccurredAtMicros = long.MaxValue, RecordedAtMicros = Now * 1_000_000 }, values);
        Assert.Equal(1, values[0]);
        catalogue.Observe(FeatureEntity.Facility, row, new FeatureEvent { Kind = CommandKind.Repay, OccurredAtMicros = long.MaxValue, RecordedAtMicros = Now * 1_000_000 });
        catalogue.Observe(FeatureEntity.Facility, row, new FeatureEvent { Kind = CommandKind.Repay, OccurredAtMicros = 1, RecordedAtMicros = Now * 1_000_000 });
        Assert.Equal(1, Read(catalogue, row, Now)[0]);
    }

    [Fact]
    public void Features_OfTheDefaultSet_AllocateNothing()
    {
        var catalogue = CatalogueFile.Read(File.ReadAllBytes(Path.Combine(CatalogueFileTests.Docs, "examples", "features.json")));
        var row = new byte[catalogue.FacilityRowLength];
        var values = new long[catalogue.Features.Length];
        var e = Event(Now, 500, "country=CN", 5_411);
        var moment = new FeatureMoment { RecordedAtMicros = Now * 1_000_000, AmountAsked = 100, Limit = 1_000 };
        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
            {
                e.RecordedAtMicros += 3_600_000_000L;
                moment.RecordedAtMicros = e.RecordedAtMicros;
                e.MerchantCategory = (ushort)(1_000 + i);
                catalogue.Observe(FeatureEntity.Facility, row, e);
                catalogue.Read(row, default, moment, values);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated();
        Assert.Equal(0, Allocated());
    }

    [Theory]
    [InlineData("country=CN;merchant=8812", "country", "CN")]
    [InlineData("country=CN;merchant=8812", "merchant", "8812")]
    [InlineData("a=;b=2", "a", "")]
    [InlineData("a=1;a=2", "a", "1")]
    [InlineData("ab=1", "a", null)]
    [InlineData("a", "a", null)]
    [InlineData(";;=;x=1=2", "x", "1=2")]
    [InlineData("", "x", null)]
    public void Attributes_AsText_AreFoundByKey(string attributes, string key, string? value)
    {
        var found = AttributeText.TryFind(Encoding.UTF8.GetBytes(attributes), Encoding.UTF8.GetBytes(key), out var bytes);
        Assert.Equal(value, found ? Encoding.UTF8.GetString(bytes) : null);
    }

    private static FeatureCatalogue Catalogue(string features, string width = "narrow") =>
        CatalogueFile.Read(Encoding.UTF8.GetBytes($$"""{"name":"a","lateness":"1h","width":"{{width}}","features":[{{features}}]}"""));

    private static FeatureEvent Event(long occurredAt, long amount = 1, string? attributes = null, int category = 0, long recordedAt = Now + 1_000_000) => new()
    {
        Kind = CommandKind.Authorize, Outcome = OutcomeKind.Approved, OccurredAtMicros = occurredAt * 1_000_000, RecordedAtMicros = recordedAt * 1_000_000, Amount = amount, AmountAsked = amount,
        MerchantCategory = (ushort)category, Attributes = attributes is null ? null : Encoding.UTF8.GetBytes(attributes), Limit = 10_000,
    };

    private static long[] Read(FeatureCatalogue catalogue, byte[] row, long at)
    {
        var values = new long[catalogue.Features.Length];
        catalogue.Read(row, default, new FeatureMoment { OccurredAtMicros = at * 1_000_000, RecordedAtMicros = (Now + 1_000_000) * 1_000_000 }, values);
        return values;
    }
}
