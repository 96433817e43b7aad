using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Risk.Tests.Features;

/// <summary>Readings of some features of the default set, ratios and expressions among them: each alone has the bits that it has among all.</summary>
public sealed class FeatureReadingTests
{
    private const long Start = 1_700_000_000;

    [Fact]
    public void Reading_OfOneFeature_HasTheBitsOfAllTogether()
    {
        var catalogue = CatalogueFile.Read(File.ReadAllBytes(Path.Combine(CatalogueFileTests.Docs, "examples", "features.json")));
        var readings = catalogue.Features.Select(feature => catalogue.ReadingOf([feature.Index])).ToArray();
        var row = new byte[catalogue.FacilityRowLength];
        var random = new Random(5);
        var all = new long[readings.Length];
        var now = Start;
        var present = new bool[readings.Length];
        for (var step = 0; step < 400; step++)
        {
            now += random.Next(60_000);
            var moment = new FeatureMoment { RecordedAtMicros = now * 1_000_000, AmountAsked = random.Next(1, 5_000), Limit = 90_000, Principal = random.Next(50_000), Held = random.Next(9_000) };
            catalogue.Read(row, default, moment, all);
            foreach (var feature in catalogue.Features)
            {
                var one = new long[all.Length];
                readings[feature.Index].Read(row, default, moment, one);
                Assert.True(one[feature.Index] == all[feature.Index], $"step {step}: {feature.Name} is {one[feature.Index]} alone and {all[feature.Index]} among all");
                present[feature.Index] |= all[feature.Index] != FixedPoint.Missing;
            }
            catalogue.Observe(FeatureEntity.Facility, row, new FeatureEvent
            {
                Kind = random.Next(4) == 0 ? CommandKind.Repay : CommandKind.Authorize, Outcome = OutcomeKind.Approved, Channel = (Channel)random.Next(4), MerchantCategory = (ushort)random.Next(1, 60),
                RecordedAtMicros = now * 1_000_000, OccurredAtMicros = (now - random.Next(9_000)) * 1_000_000, Amount = random.Next(1, 5_000), AmountAsked = 1, Limit = 90_000,
            });
        }
        Assert.True(present.Count(one => one) > 50, "most features must have had a value");
    }

    [Fact]
    public void Reading_OfNothing_LooksAtNothing()
    {
        var catalogue = CatalogueFile.Read(File.ReadAllBytes(Path.Combine(CatalogueFileTests.Docs, "examples", "features.json")));
        long[] values = [77];
        catalogue.ReadingOf([]).Read(default, default, new FeatureMoment { RecordedAtMicros = Start * 1_000_000 }, values);
        Assert.Equal([77], values);
    }
}
