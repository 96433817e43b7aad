using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace CreditGrains.Risk.Scorecards;

/// <summary>
/// The points of a scorecard's bins, laid out for scoring. The bin of a number is how many lower edges it reaches: they are compared four at a time, without a branch that depends on the
/// number. All edges lie in one array, each characteristic's padded by NaN, which nothing reaches.
/// </summary>
internal sealed class PointTable
{
    // Above so many edges a search by halves is faster.
    private const int EdgesCountedMax = 16;

    private readonly Place[] places;
    private readonly double[] edges;
    private readonly double[] points;
    private readonly FrozenDictionary<double, double>?[] codes;

    public PointTable(ImmutableArray<Characteristic> characteristics)
    {
        var (allEdges, allPoints) = (new List<double>(), new List<double>());
        places = new Place[characteristics.Length];
        codes = new FrozenDictionary<double, double>?[characteristics.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var one = characteristics[i];
            var own = one.IsCategorical ? [] : one.Bins.Skip(1).Select(bin => bin.Low).ToArray();
            places[i] = new Place(allEdges.Count, own.Length, allPoints.Count, one.IsCategorical, one.MissingPoints ?? double.NaN, one.OtherPoints ?? double.NaN);
            allEdges.AddRange(own);
            while (allEdges.Count % Vector256<double>.Count != 0) allEdges.Add(double.NaN);
            if (one.IsCategorical) codes[i] = one.Bins.SelectMany(bin => bin.Codes.Select(code => (code, bin.Points))).ToFrozenDictionary(pair => pair.code, pair => pair.Points);
            else allPoints.AddRange(one.Bins.Select(bin => bin.Points));
        }
        edges = [.. allEdges];
        points = [.. allPoints];
    }

    /// <summary>Points of one characteristic; NaN when it cannot be scored.</summary>
    public double PointsOf(int characteristic, double value)
    {
        ref readonly var place = ref places[characteristic];
        if (double.IsNaN(value)) return place.Missing;
        if (place.IsCategorical) return codes[characteristic]!.TryGetValue(value, out var found) ? found : place.Other;
        var own = edges.AsSpan(place.EdgeAt);
        return points[place.PointAt + (place.EdgeCount <= EdgesCountedMax ? Counted(own, place.EdgeCount, value) : Searched(own[..place.EdgeCount], value))];
    }

    private static int Counted(ReadOnlySpan<double> edges, int count, double value)
    {
        var all = Vector256.Create(value);
        var bin = 0;
        for (var at = 0; at < count; at += Vector256<double>.Count)
            bin += BitOperations.PopCount(Vector256.GreaterThanOrEqual(all, Vector256.Create(edges.Slice(at, Vector256<double>.Count))).ExtractMostSignificantBits());
        return bin;
    }

    private static int Searched(ReadOnlySpan<double> edges, double value)
    {
        var (low, high) = (0, edges.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (value >= edges[middle]) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private readonly record struct Place(int EdgeAt, int EdgeCount, int PointAt, bool IsCategorical, double Missing, double Other);
}
