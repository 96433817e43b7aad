using CreditGrains.Risk.Features.Accumulators;
using CreditGrains.Risk.Features.Expressions;

namespace CreditGrains.Risk.Features.Files;

/// <summary>
/// Makes accumulators out of features. Features of one filter and value share a stream; those of one granularity share a ring, whose length is the longest window's; all
/// life-long moments of a stream share one place.
/// </summary>
internal sealed class CatalogueCompiler(string name, long lateness, long ahead, long utcOffset, CounterWidth width, EventFilter[] filters, List<FeatureSpec> specs)
{
    private const int RowLengthMax = FeatureCatalogue.RowLengthMax;

    private bool IsCompact => width == CounterWidth.Compact;

    /// <summary>Compiles.</summary>
    public FeatureCatalogue Compile(ReadOnlyMemory<byte> content)
    {
        var set = new FilterSet(filters);
        var facility = Program(FeatureEntity.Facility);
        var borrower = specs.Any(spec => spec.Feature.Entity == FeatureEntity.Borrower) ? Program(FeatureEntity.Borrower) : null;
        return new FeatureCatalogue(name, content.ToArray(), lateness, ahead, [.. specs.Select(spec => spec.Feature)], set, facility, borrower, Derived(), utcOffset);
    }

    private EntityProgram Program(FeatureEntity entity)
    {
        var own = specs.Where(spec => spec.Feature.Entity == entity && spec.Feature.Aggregation is not (Aggregation.Ratio or Aggregation.Derived or Aggregation.Late)).ToList();
        var streams = own.GroupBy(spec => (spec.Filter, Value: StreamOf(spec))).Select(group => (group.Key.Filter, group.Key.Value, Parts: Parts(group).ToArray())).ToArray();
        // Largest first would pad nothing either: places are not aligned.
        var length = EntityProgram.HeaderLength;
        foreach (var part in streams.SelectMany(stream => stream.Parts))
        {
            part.Offset = length;
            length += part.Length;
        }
        length = (length + 7) & ~7;
        if (length > RowLengthMax)
        {
            var largest = streams.SelectMany(stream => stream.Parts).MaxBy(part => part.Length)!;
            throw new FeatureFault("TooLarge", "features", $"an account would take {length} bytes, at most {RowLengthMax} are allowed; the largest part is {largest.Words}: take a coarser granularity");
        }
        var late = specs.Where(spec => spec.Feature.Entity == entity && spec.Feature.Aggregation == Aggregation.Late).Select(spec => (spec.Feature.Index, spec.Feature.Scale)).ToArray();
        return new EntityProgram(streams, late, length, lateness, ahead, utcOffset);
    }

    /// <summary>Counts and times need no value: they join the stream of the amount of their filter when there is one.</summary>
    private ValueSource StreamOf(FeatureSpec spec)
    {
        if (spec.Value.Kind != ValueKind.None) return spec.Value;
        var partner = specs.FirstOrDefault(other => other.Filter == spec.Filter && other.Feature.Entity == spec.Feature.Entity
            && other.Value.Kind is > ValueKind.None and < ValueKind.UtilisationPpm && Shares(spec.Feature, other.Feature));
        return partner?.Value ?? default;
    }

    private static bool Shares(Feature one, Feature other) =>
        one.Aggregation == Aggregation.Count
            ? other.Aggregation is Aggregation.Sum or Aggregation.Mean or Aggregation.StandardDeviation or Aggregation.Trend or Aggregation.Min or Aggregation.Max
                && other.GranularitySeconds == one.GranularitySeconds
            : other.Aggregation == Aggregation.Last;

    private IEnumerable<Accumulator> Parts(IEnumerable<FeatureSpec> stream)
    {
        var features = stream.ToList();
        foreach (var group in features.Where(spec => IsMoment(spec.Feature.Aggregation)).GroupBy(spec => spec.Feature.GranularitySeconds).OrderBy(group => group.Key))
        {
            var parts = group.Aggregate(RingParts.Count, (sum, spec) => sum | PartsOf(spec.Feature.Aggregation));
            if (group.Key == 0) yield return new LifetimeMoments(parts, IsCompact, [.. group.Select(Moment)]);
            else yield return Ring(group.Key, parts, group);
        }
        foreach (var group in features.Where(spec => spec.Feature.Aggregation == Aggregation.Distinct).GroupBy(spec => spec.Feature.GranularitySeconds).OrderBy(group => group.Key))
            yield return Distinct(group.Key, [.. group]);
        foreach (var group in features.Where(spec => spec.Feature.Aggregation == Aggregation.Streak).GroupBy(spec => spec.Feature.GranularitySeconds).OrderBy(group => group.Key))
            foreach (var spec in group)
            {
                if (LateBuckets(group.Key) > RowLengthMax) throw spec.Node.Fault("the bound of lateness has more buckets of this granularity than fit an account; take a coarser granularity", "TooLarge");
                yield return new StreakRing(new BucketClock(group.Key, utcOffset), LateBuckets(group.Key), spec.Feature.Index, spec.Feature.Scale);
            }
        var ends = features.Where(spec => spec.Feature.Aggregation is Aggregation.Last or Aggregation.SecondsSinceLast or Aggregation.SecondsSinceFirst).ToArray();
        if (ends.Length > 0) yield return new EndMarks(IsCompact, [.. ends.Select(spec => (spec.Feature.Index, spec.Feature.Aggregation, spec.Feature.Scale))]);
    }

    private Accumulator Ring(long granularity, RingParts parts, IEnumerable<FeatureSpec> group)
    {
        var windows = group.GroupBy(spec => spec.Feature.WindowSeconds / granularity).OrderBy(window => window.Key).ToArray();
        // Far above what fits a row, and small enough for the arithmetic before that is known.
        if (windows[^1].Key + LateBuckets(granularity) > RowLengthMax) throw group.First().Node.Fault("the longest window of this granularity has more buckets than fit an account; take a coarser granularity", "TooLarge");
        var clock = new BucketClock(granularity, utcOffset);
        (int, MomentFeature[])[] sized = [.. windows.Select(window => ((int)window.Key, window.Select(Moment).ToArray()))];
        return width switch
        {
            CounterWidth.Compact => new MomentRing<CompactPlaces>(clock, LateBuckets(granularity), parts, sized),
            CounterWidth.Narrow => new MomentRing<NarrowPlaces>(clock, LateBuckets(granularity), parts, sized),
            _ => new MomentRing<WidePlaces>(clock, LateBuckets(granularity), parts, sized),
        };
    }

    private DistinctRing Distinct(long granularity, FeatureSpec[] group)
    {
        var buckets = granularity == 0 ? 0 : group.Max(spec => spec.Feature.WindowSeconds / granularity) + LateBuckets(granularity);
        if (buckets > DistinctRing.BucketsMax)
            throw group[0].Node.Fault($"distinct values are kept for at most {DistinctRing.BucketsMax} buckets, this needs {buckets} with those for late events; take a coarser granularity", "TooLarge");
        return new DistinctRing(
            granularity == 0 ? default : new BucketClock(granularity, utcOffset), granularity == 0 ? 0 : LateBuckets(granularity),
            IsCompact ? DistinctSketch.ExactMaxCompact : DistinctSketch.ExactMax, group[0].Value.IsCode ? 2 : 8,
            [.. group.Select(spec => (granularity == 0 ? 0 : (int)(spec.Feature.WindowSeconds / granularity), spec.Feature.Index, spec.Feature.Scale))]);
    }

    // An event at most so late lies at most so many buckets back.
    private int LateBuckets(long granularity) => (int)((lateness + granularity - 1) / granularity);

    private static MomentFeature Moment(FeatureSpec spec) => new(spec.Feature.Index, spec.Feature.Aggregation, spec.Feature.Scale);

    private static bool IsMoment(Aggregation aggregation) => aggregation is <= Aggregation.StandardDeviation or Aggregation.Trend;

    private static RingParts PartsOf(Aggregation aggregation) => aggregation switch
    {
        Aggregation.Sum or Aggregation.Mean or Aggregation.Trend => RingParts.Sum,
        Aggregation.StandardDeviation => RingParts.Sum | RingParts.Squares,
        Aggregation.Min or Aggregation.Max => RingParts.Extremes,
        _ => RingParts.Count,
    };

    private DerivedFeature[] Derived()
    {
        var known = new Dictionary<string, Feature>(StringComparer.Ordinal);
        var derived = new List<DerivedFeature>();
        foreach (var spec in specs)
        {
            if (spec.Feature.Aggregation == Aggregation.Ratio) derived.Add(DerivedFeature.Ratio(spec.Feature, Known(spec, spec.Of, "of", known), Known(spec, spec.To, "to", known)));
            else if (spec.Feature.Aggregation == Aggregation.Derived) derived.Add(DerivedFeature.Of(spec.Feature, new ExpressionParser(spec.Expression, spec.Node.Path + ".expression", known).Parse()));
            known.Add(spec.Feature.Name, spec.Feature);
        }
        return [.. derived];
    }

    private static Feature Known(FeatureSpec spec, string called, string field, Dictionary<string, Feature> known) =>
        known.TryGetValue(called, out var feature) ? feature
            : throw new FeatureFault("FeatureUnknown", $"{spec.Node.Path}.{field}", $"no feature above this one is called '{called}'; write it above, or mend the name");
}
