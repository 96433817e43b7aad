using System.Globalization;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Features;

namespace CreditGrains.Risk.Tests.Features;

/// <summary>Random catalogues and events, late and out of order ones among them, against the reference model after every event.</summary>
public sealed class FeatureReferenceTests
{
    [Theory]
    [InlineData("narrow", 0)]
    [InlineData("wide", 0)]
    [InlineData("narrow", 1)]
    [InlineData("narrow", 2)]
    [InlineData("wide", 3)]
    [InlineData("compact", 0)]
    [InlineData("compact", 4)]
    [InlineData("compact", 5)]
    public void Features_RandomEventsLateAndOutOfOrder_EqualTheReference(string width, int group)
    {
        var late = 0L;
        // A compact catalogue counts 16 different values exactly.
        for (var seed = 0; seed < 12; seed++) late += Run(width, 1_000 * group + seed, width == "compact" ? 16 : 20, unit: 1, out _);
        Assert.True(late > 0, "some events must be late, or lateness is not tested");
    }

    [Theory]
    [InlineData("compact")]
    [InlineData("narrow")]
    [InlineData("wide")]
    public void Features_OfAmountsBeyondTheirPlaces_AreMissingAndNeverWrong(string width)
    {
        var missing = 0;
        for (var seed = 0; seed < 12; seed++)
        {
            // Up to 2^49: beyond the extremes of a compact row, and beyond the sums of a narrow one.
            Run(width, 9_000 + seed, categories: 16, unit: 1L << 32, out var unfit);
            missing += unfit;
        }
        Assert.True(width == "wide" ? missing == 0 : missing > 100, $"{missing} values did not fit");
    }

    /// <param name="width">Of the catalogue.</param>
    /// <param name="seed">Of catalogue and events.</param>
    /// <param name="categories">Different merchant categories.</param>
    /// <param name="unit">What amounts are multiples of. Beyond 1 a value may be missing that the reference knows.</param>
    /// <param name="missing">Values that were.</param>
    private static long Run(string width, int seed, int categories, long unit, out int missing)
    {
        missing = 0;
        var random = new Random(seed);
        var features = new List<ReferenceFeature>();
        // Deviations of such amounts have fewer exact digits than the reference.
        while (features.Count < 24) features.AddRange(RandomFeature(random, features.Count).Where(feature => unit == 1 || feature.Aggregation != "standardDeviation"));
        var (lateness, latenessText) = random.Next(3) switch { 0 => (7_200L, "2h"), 1 => (43_200L, "12h"), _ => (0L, "0s") };
        var (offset, offsetText) = random.Next(2) == 0 ? (28_800L, "+08:00") : (-12_600L, "-03:30");
        var catalogue = ReferenceFeatures.Compile(features, latenessText, "10m", offsetText, width);
        var reference = new ReferenceFeatures(features, lateness, 600, offset);
        var row = new byte[catalogue.FacilityRowLength];
        var values = new long[catalogue.Features.Length];
        var now = 1_700_000_000L + random.Next(1_000_000);
        var newest = 0L;
        for (var i = 0; i < 250; i++)
        {
            now += random.Next(6) switch { 0 => random.Next(400_000), 1 => 0, _ => random.Next(9_000) };
            var occurred = random.Next(4) switch { 0 => now - random.Next((int)lateness + 50_000), 1 => now + random.Next(900), _ => now };
            var e = ReferenceFeatures.Draw(random, now, occurred, categories, unit);
            // A decision reads before its own event, at any time within the bound.
            var at = Math.Max(newest - lateness, random.Next(3) == 0 ? now : occurred);
            if (at <= now + 600) missing += Compare(catalogue, row, values, reference, at, now, seed, i, mayMiss: unit > 1);
            catalogue.Observe(FeatureEntity.Facility, row, e);
            reference.Observe(e);
            if (occurred <= now + 600) newest = Math.Max(newest, occurred);
        }
        return reference.Late;
    }

    private static int Compare(FeatureCatalogue catalogue, byte[] row, long[] values, ReferenceFeatures reference, long at, long now, int seed, int step, bool mayMiss)
    {
        var missing = 0;
        Array.Fill(values, 77);
        catalogue.Read(row, default, new FeatureMoment { OccurredAtMicros = at * 1_000_000, RecordedAtMicros = now * 1_000_000 }, values);
        var expected = reference.Read(at);
        foreach (var feature in catalogue.Features)
        {
            var got = values[feature.Index] == FixedPoint.Missing ? (long?)null : values[feature.Index];
            if (mayMiss && got is null && expected[feature.Name] is not null)
            {
                missing++;
                continue;
            }
            Assert.True(expected[feature.Name] == got, $"seed {seed}, step {step}: {feature.Name} is {got?.ToString(CultureInfo.InvariantCulture) ?? "missing"}, the reference {expected[feature.Name]?.ToString(CultureInfo.InvariantCulture) ?? "missing"}");
        }
        CompareSome(catalogue, row, values, at, now, seed, step);
        return missing;
    }

    /// <summary>A reading of some features has the same bits, and touches no others.</summary>
    private static void CompareSome(FeatureCatalogue catalogue, byte[] row, long[] all, long at, long now, int seed, int step)
    {
        var random = new Random(seed * 1_009 + step);
        int[] wanted = [.. Enumerable.Range(0, all.Length).Where(_ => random.Next(4) == 0)];
        var some = new long[all.Length];
        Array.Fill(some, 77);
        catalogue.ReadingOf(wanted).Read(row, default, new FeatureMoment { OccurredAtMicros = at * 1_000_000, RecordedAtMicros = now * 1_000_000 }, some);
        for (var i = 0; i < all.Length; i++)
            Assert.True(some[i] == (wanted.Contains(i) ? all[i] : 77), $"seed {seed}, step {step}: {catalogue.Features[i].Name} of {wanted.Length} is {some[i]}, of all {all[i]}");
    }

    private static IEnumerable<ReferenceFeature> RandomFeature(Random random, int number)
    {
        var (filterJson, filter) = RandomFilter(random);
        var (valueJson, value, isAttribute) = RandomValue(random);
        string[] all = ["count", "sum", "mean", "min", "max", "standardDeviation", "distinct", "trend", "last", "secondsSinceLast", "secondsSinceFirst", "streak", "late"];
        var aggregation = all[random.Next(all.Length)];
        var granularity = random.Next(3) switch { 0 => 3_600L, 1 => 14_400L, _ => 86_400L };
        var buckets = random.Next(2, granularity == 3_600 ? 9 : 7);
        var hasWindow = aggregation is "count" or "sum" or "mean" or "min" or "max" or "standardDeviation" or "distinct" or "trend";
        var isLife = hasWindow && aggregation != "trend" && random.Next(4) == 0;
        var needsValue = aggregation is not ("count" or "secondsSinceLast" or "secondsSinceFirst" or "streak" or "late");
        if (aggregation == "distinct") (valueJson, value) = RandomCode(random);
        else if (aggregation == "standardDeviation" && isAttribute) (valueJson, value) = ("amount", e => e.Amount);
        var (hitJson, hit) = RandomFilter(random);
        var json = new StringBuilder($$"""{"name":"f{{number}}","aggregation":"{{aggregation}}" """);
        if (aggregation != "late") json.Append(CultureInfo.InvariantCulture, $",\"filter\":{filterJson}");
        if (needsValue) json.Append(CultureInfo.InvariantCulture, $",\"value\":\"{valueJson}\"");
        if (hasWindow) json.Append(isLife ? ",\"window\":\"lifetime\"" : FormattableString.Invariant($",\"window\":\"{buckets * granularity}s\""));
        if ((hasWindow && !isLife) || aggregation == "streak") json.Append(CultureInfo.InvariantCulture, $",\"granularity\":\"{granularity}s\"");
        if (aggregation == "streak") json.Append(CultureInfo.InvariantCulture, $",\"hit\":{hitJson}");
        json.Append('}');
        var scale = aggregation is "mean" or "standardDeviation" or "trend" ? 6 : 0;
        if (aggregation == "late") filter = _ => false;
        yield return new ReferenceFeature($"f{number}", json.ToString(), aggregation, scale, hasWindow && !isLife ? buckets * granularity : 0, granularity, filter, needsValue ? value : _ => 0)
        {
            Hit = aggregation == "streak" ? hit : null,
        };
    }

    private static (string Json, Func<FeatureEvent, bool> Filter) RandomFilter(Random random) => random.Next(8) switch
    {
        0 => ("""{"kinds":"authorize","outcomes":["approved","approvedInPart"]}""", e => e.Kind == CommandKind.Authorize && e.Outcome is OutcomeKind.Approved or OutcomeKind.ApprovedInPart),
        1 => ("""{"kinds":["authorize"],"outcomes":["declined"]}""", e => e.Kind == CommandKind.Authorize && e.Outcome == OutcomeKind.Declined),
        2 => ("{}", _ => true),
        3 => ("""{"kinds":["repay","postFee"]}""", e => e.Kind is CommandKind.Repay or CommandKind.PostFee),
        4 => ("""{"channels":["online","cash"]}""", e => e.Channel is Channel.Online or Channel.Cash),
        5 => ("""{"merchantCategories":["5000-5007",5012],"amountMin":500,"amountMax":80000}""", e => e.MerchantCategory is (>= 5_000 and <= 5_007) or 5_012 && e.AmountAsked is >= 500 and <= 80_000),
        6 => ("""{"attributes":{"country":["CN"]},"scenarios":[1,"2-9"]}""", e => Attribute(e, "country") == "CN" && e.Scenario >= 1),
        _ => ("""{"reasons":["limitExceeded"]}""", e => e.Reason == Reason.LimitExceeded),
    };

    private static (string Json, Func<FeatureEvent, long?> Value, bool IsAttribute) RandomValue(Random random) => random.Next(6) switch
    {
        0 => ("asked", e => e.AmountAsked, false),
        1 => ("drawn", e => e.Drawn, false),
        2 => ("headroom", e => e.Headroom, false),
        3 => ("utilisationPpm", e => e.Limit <= 0 ? null : Math.Min(int.MaxValue, (e.Drawn + e.Held) * 1_000_000 / e.Limit), false),
        4 => ("attribute:n", e => Attribute(e, "n") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null, true),
        _ => ("amount", e => e.Amount, false),
    };

    private static (string Json, Func<FeatureEvent, long?> Value) RandomCode(Random random) => random.Next(3) switch
    {
        0 => ("merchantCategory", e => e.MerchantCategory == 0 ? null : e.MerchantCategory),
        1 => ("channel", e => e.Channel == Channel.Unspecified ? null : (long)e.Channel),
        _ => ("attribute:device", e => Attribute(e, "device") is { } text ? long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture) : null),
    };

    private static string? Attribute(FeatureEvent e, string key) => e.Attributes is null ? null
        : Encoding.UTF8.GetString(e.Attributes).Split(';').Select(pair => pair.Split('=')).FirstOrDefault(pair => pair[0] == key)?[1];
}
