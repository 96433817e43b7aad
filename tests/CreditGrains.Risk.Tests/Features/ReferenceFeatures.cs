using System.Numerics;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Features;

namespace CreditGrains.Risk.Tests.Features;

/// <summary>One feature told twice: as JSON for the catalogue, and as plain closures for the reference, which shares no code with it.</summary>
public sealed record ReferenceFeature(string Name, string Json, string Aggregation, int Scale, long Window, long Granularity, Func<FeatureEvent, bool> Filter, Func<FeatureEvent, long?> Value)
{
    /// <summary>Of a streak.</summary>
    public Func<FeatureEvent, bool>? Hit { get; init; }
}

/// <summary>
/// Features worked out anew from the whole list of events each time, with dictionaries and big integers. Slow and plain: what the accumulators are compared with.
/// </summary>
public sealed class ReferenceFeatures(IReadOnlyList<ReferenceFeature> features, long lateness, long ahead, long utcOffset)
{
    private readonly List<(long Seconds, FeatureEvent Event)> kept = [];
    private long newest;

    public long Late { get; private set; }

    public void Observe(FeatureEvent e)
    {
        if (!features.Any(feature => feature.Filter(e))) return;
        var seconds = (e.OccurredAtMicros == 0 ? e.RecordedAtMicros : e.OccurredAtMicros) / 1_000_000;
        if (seconds > e.RecordedAtMicros / 1_000_000 + ahead || seconds < newest - lateness)
        {
            Late++;
            return;
        }
        kept.Add((seconds, e));
        newest = Math.Max(newest, seconds);
    }

    public Dictionary<string, long?> Read(long at) => features.ToDictionary(feature => feature.Name, feature => Read(feature, at));

    private long? Read(ReferenceFeature feature, long at)
    {
        if (feature.Aggregation == "late") return Late;
        var own = kept.Where(one => feature.Filter(one.Event) && (feature.Hit is not null || feature.Value(one.Event) is not null)).ToList();
        if (feature.Window > 0)
        {
            var end = Bucket(at, feature.Granularity);
            var start = end - feature.Window / feature.Granularity;
            own = own.Where(one => Bucket(one.Seconds, feature.Granularity) is var bucket && bucket > start && bucket <= end).ToList();
        }
        switch (feature.Aggregation)
        {
            case "streak":
                var run = 0;
                foreach (var one in own.Where(one => Bucket(one.Seconds, feature.Granularity) <= Bucket(at, feature.Granularity)).OrderBy(one => Bucket(one.Seconds, feature.Granularity)))
                    run = feature.Hit!(one.Event) ? run + 1 : 0;
                return run;
            case "count": return own.Count;
            case "distinct": return own.Select(one => feature.Value(one.Event)).Distinct().Count();
        }
        if (own.Count == 0) return feature.Aggregation is "sum" or "trend" ? 0 : null;
        if (feature.Aggregation == "secondsSinceLast") return Math.Max(0, at - own.Max(one => one.Seconds));
        if (feature.Aggregation == "secondsSinceFirst") return Math.Max(0, at - own.Min(one => one.Seconds));
        if (feature.Aggregation == "last") return feature.Value(own.Last(one => one.Seconds == own.Max(other => other.Seconds)).Event);
        var values = own.Select(one => (BigInteger)feature.Value(one.Event)!.Value).ToList();
        var sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        return feature.Aggregation switch
        {
            "sum" => (long)sum,
            "mean" => Rounded(sum, values.Count, feature.Scale),
            "min" => (long)values.Min(),
            "max" => (long)values.Max(),
            "standardDeviation" => Deviation(values, sum, feature.Scale),
            "trend" => Slope(feature, own, at),
            _ => throw new InvalidOperationException(feature.Aggregation),
        };
    }

    private long Bucket(long seconds, long granularity) => (seconds + utcOffset) / granularity;

    /// <summary>Half to even; missing when it does not fit.</summary>
    public static long? Rounded(BigInteger numerator, BigInteger denominator, int scale)
    {
        if (denominator.Sign < 0) (numerator, denominator) = (-numerator, -denominator);
        var doubled = numerator * BigInteger.Pow(10, scale) * 2;
        var floor = BigInteger.Divide(doubled - (((doubled % (2 * denominator)) + 2 * denominator) % (2 * denominator)), 2 * denominator);
        var rest = doubled - floor * 2 * denominator;
        if (rest > denominator || (rest == denominator && !floor.IsEven)) floor++;
        return BigInteger.Abs(floor) > long.MaxValue ? null : (long)floor;
    }

    private static long? Deviation(List<BigInteger> values, BigInteger sum, int scale)
    {
        if (values.Count < 2) return null;
        BigInteger n = values.Count;
        var spread = n * values.Aggregate(BigInteger.Zero, (total, value) => total + value * value) - sum * sum;
        var square = spread * BigInteger.Pow(10, 2 * scale) / (n * (n - 1));
        BigInteger low = 0, high = BigInteger.One << 70;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (middle * middle <= square) low = middle;
            else high = middle;
        }
        return (long)low;
    }

    private long? Slope(ReferenceFeature feature, List<(long Seconds, FeatureEvent Event)> own, long at)
    {
        var n = (int)(feature.Window / feature.Granularity);
        var totals = new BigInteger[n];
        foreach (var one in own) totals[n - 1 - (Bucket(at, feature.Granularity) - Bucket(one.Seconds, feature.Granularity))] += feature.Value(one.Event)!.Value;
        // The textbook form: (n Σ i x − Σ i Σ x) ÷ (n Σ i² − (Σ i)²).
        BigInteger i1 = 0, i2 = 0, x1 = 0, ix = 0;
        for (var i = 0; i < n; i++)
        {
            i1 += i;
            i2 += i * i;
            x1 += totals[i];
            ix += i * totals[i];
        }
        return Rounded(n * ix - i1 * x1, n * i2 - i1 * i1, feature.Scale);
    }

    /// <summary>A catalogue file of the features.</summary>
    public static FeatureCatalogue Compile(IEnumerable<ReferenceFeature> features, string lateness, string ahead, string utcOffset, string width) => CreditGrains.Risk.Features.Files.CatalogueFile.Read(Encoding.UTF8.GetBytes(
        $$"""{"name":"random","lateness":"{{lateness}}","ahead":"{{ahead}}","utcOffset":"{{utcOffset}}","width":"{{width}}","features":[{{string.Join(',', features.Select(feature => feature.Json))}}]}"""));

    /// <summary>An event of a seeded draw, with so many different categories and amounts in multiples of a unit.</summary>
    public static FeatureEvent Draw(Random random, long recordedAt, long occurredAt, int categories, long unit)
    {
        CommandKind[] kinds = [CommandKind.Authorize, CommandKind.Authorize, CommandKind.Authorize, CommandKind.Capture, CommandKind.Repay, CommandKind.PostFee, CommandKind.Void];
        var kind = kinds[random.Next(kinds.Length)];
        var isRequest = kind == CommandKind.Authorize;
        var outcome = !isRequest ? OutcomeKind.Posted : random.Next(4) switch { 0 => OutcomeKind.Declined, 1 => OutcomeKind.ApprovedInPart, _ => OutcomeKind.Approved };
        var asked = random.Next(1, 100_000) * unit;
        return new FeatureEvent
        {
            Kind = kind,
            Outcome = outcome,
            Reason = outcome == OutcomeKind.Declined ? random.Next(2) == 0 ? Reason.LimitExceeded : Reason.FacilityFrozen : Reason.None,
            Channel = (Channel)random.Next(0, 7),
            MerchantCategory = (ushort)(random.Next(5) == 0 ? 0 : 5_000 + random.Next(categories)),
            Scenario = (ushort)random.Next(3),
            RecordedAtMicros = recordedAt * 1_000_000 + random.Next(1_000_000),
            OccurredAtMicros = occurredAt * 1_000_000 + random.Next(1_000_000),
            AmountAsked = asked,
            Amount = outcome == OutcomeKind.Declined ? 0 : outcome == OutcomeKind.ApprovedInPart ? asked / 2 : asked,
            Drawn = random.Next(0, 50_000),
            Held = random.Next(0, 50_000),
            Headroom = random.Next(-20_000, 100_000) * unit,
            Limit = random.Next(10) == 0 ? 0 : random.Next(1, 200_000),
            Attributes = random.Next(3) == 0 ? null : Encoding.UTF8.GetBytes($"country={(random.Next(2) == 0 ? "CN" : "US")};n={random.Next(-9, 10)};device=d{random.Next(12)}"),
        };
    }
}
