using System.Collections.Immutable;
using System.Globalization;

namespace CreditGrains.Domain.Delinquency;

/// <summary>How days past due fall into buckets: the last day of each but the last, rising from 0.</summary>
/// <param name="LastDays">The last day of M0, M1 and so on; what is later is the last bucket. At most 30.</param>
public sealed record BucketEdges(ImmutableArray<int> LastDays)
{
    /// <summary>M0 (0), M1 (1–30) … M6 (151–180), M7 (181 and more).</summary>
    public static BucketEdges Usual { get; } = new([0, 30, 60, 90, 120, 150, 180]);

    /// <summary>Buckets in all.</summary>
    public int Count => LastDays.Length + 1;

    /// <summary>Whether the edges rise from 0.</summary>
    public bool IsValid => !LastDays.IsDefaultOrEmpty && LastDays.Length <= 30 && LastDays[0] == 0 && !LastDays.Zip(LastDays.Skip(1)).Any(pair => pair.Second <= pair.First);

    /// <summary>The bucket of a number of days past due, from 0.</summary>
    public int Of(int daysPastDue)
    {
        var bucket = 0;
        while (bucket < LastDays.Length && daysPastDue > LastDays[bucket]) bucket++;
        return bucket;
    }

    /// <summary>The name of a bucket: M0, M1 …</summary>
    public static string NameOf(int bucket) => "M" + bucket.ToString(CultureInfo.InvariantCulture);
}
