using System.Collections.Immutable;
using System.Security.Cryptography;
using CreditGrains.Risk.Features.Expressions;

namespace CreditGrains.Risk.Features;

/// <summary>
/// A compiled catalogue: which features there are, how an event changes the row of an account, and how the features of a decision are read from it. Immutable; any number of
/// threads may use it on rows of their own. Neither an event nor a read allocates.
/// </summary>
/// <remarks>
/// A row is <see cref="FacilityRowLength"/> bytes of zeros to begin with, kept by the caller. At a decision read first, then observe its event: a decision never sees itself.
/// </remarks>
public sealed class FeatureCatalogue
{
    private readonly FilterSet filters;
    private readonly EntityProgram facility;
    private readonly EntityProgram? borrower;
    private readonly DerivedFeature[] derived;
    private readonly FeatureReading whole;
    private readonly long utcOffset;
    private readonly ImmutableDictionary<string, Feature> byName;

    internal FeatureCatalogue(
        string name, byte[] content, long lateness, long ahead, ImmutableArray<Feature> features, FilterSet filters, EntityProgram facility, EntityProgram? borrower, DerivedFeature[] derived, long utcOffset)
    {
        this.filters = filters;
        this.facility = facility;
        this.borrower = borrower;
        this.derived = derived;
        this.utcOffset = utcOffset;
        Name = name;
        Content = content;
        Hash = SHA256.HashData(content).ToImmutableArray();
        LatenessSeconds = lateness;
        AheadSeconds = ahead;
        Features = features;
        byName = features.ToImmutableDictionary(feature => feature.Name, StringComparer.Ordinal);
        whole = ReadingOf(Enumerable.Range(0, features.Length));
    }

    /// <summary>Most bytes of a row.</summary>
    public const int RowLengthMax = 4_096;

    /// <summary>The author's name for it.</summary>
    public string Name { get; }

    /// <summary>The file it was read from.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>SHA-256 of the file: the version.</summary>
    public ImmutableArray<byte> Hash { get; }

    /// <summary>The hash in lower-case hexadecimal.</summary>
    public string HashText => Convert.ToHexStringLower(Hash.AsSpan());

    /// <summary>Events up to so much older than the latest of their entity are counted exactly, older ones only as late.</summary>
    public long LatenessSeconds { get; }

    /// <summary>Events more than this after writer time are counted only as late.</summary>
    public long AheadSeconds { get; }

    /// <summary>The features, by place in the vector.</summary>
    public ImmutableArray<Feature> Features { get; }

    /// <summary>Bytes of a facility's row.</summary>
    public int FacilityRowLength => facility.RowLength;

    /// <summary>Bytes of a borrower's row; 0 when no feature is about borrowers.</summary>
    public int BorrowerRowLength => borrower?.RowLength ?? 0;

    /// <summary>The parts of a row, for people.</summary>
    public IEnumerable<(int Offset, int Length, string Words)> PartsOf(FeatureEntity entity) => (entity == FeatureEntity.Facility ? facility : borrower)?.Parts ?? [];

    /// <summary>Each sketch of distinct values: how many are counted exactly, and its places, for its declared error (<see cref="DistinctSketch.RelativeError"/>).</summary>
    public IEnumerable<(int ExactMax, int Places)> Sketches => facility.Sketches.Concat(borrower?.Sketches ?? []);

    /// <summary>A feature by name, null when there is none.</summary>
    public Feature? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Which of the catalogue's filters an event passes, as bits; the same for all entities.</summary>
    public ulong Match(in FeatureEvent e) => filters.Match(e);

    /// <summary>Whether a feature of the entity looks at an event that passes these filters.</summary>
    public bool Looks(FeatureEntity entity, ulong matched) => ((entity == FeatureEntity.Facility ? facility : borrower)?.AnyFilter & matched) is not (null or 0);

    /// <summary>Adds an event to the row of its facility or borrower. An event that no feature looks at changes nothing.</summary>
    /// <param name="entity">Whose row.</param>
    /// <param name="row">At least as long as the entity's rows.</param>
    /// <param name="e">The event, amounts in the entity's currency.</param>
    /// <param name="matched">What <see cref="Match"/> gave for it.</param>
    public void Observe(FeatureEntity entity, Span<byte> row, in FeatureEvent e, ulong matched)
    {
        var program = entity == FeatureEntity.Facility ? facility : borrower;
        if (program is not null && (program.AnyFilter & matched) != 0) program.Observe(row, e, matched);
    }

    /// <summary>Matches and adds in one.</summary>
    /// <inheritdoc cref="Observe(FeatureEntity, Span{byte}, in FeatureEvent, ulong)"/>
    public void Observe(FeatureEntity entity, Span<byte> row, in FeatureEvent e) => Observe(entity, row, e, filters.Match(e));

    /// <summary>Reads all features as of a decision, before its own event.</summary>
    /// <param name="facilityRow">The facility's row; empty when it has had no event.</param>
    /// <param name="borrowerRow">The borrower's row; empty when there is no borrower or it has had no event.</param>
    /// <param name="at">The decision.</param>
    /// <param name="values">One place a feature: the value times 10^scale, or <see cref="FixedPoint.Missing"/>.</param>
    public void Read(ReadOnlySpan<byte> facilityRow, ReadOnlySpan<byte> borrowerRow, in FeatureMoment at, Span<long> values) => whole.Read(facilityRow, borrowerRow, at, values);

    /// <summary>What reads some features, and nothing that they do not rest on.</summary>
    /// <param name="indexes">Their places in the vector.</param>
    public FeatureReading ReadingOf(IEnumerable<int> indexes)
    {
        ArgumentNullException.ThrowIfNull(indexes);
        var wanted = new bool[Features.Length];
        foreach (var index in indexes) wanted[index] = true;
        // A derived feature rests on those above it.
        foreach (var one in Enumerable.Reverse(derived))
            if (wanted[one.Index]) one.MarkSources(wanted);
        return new FeatureReading(
            facility, facility.ReadingOf(wanted), borrower?.ReadingOf(wanted), [.. Features.Where(feature => feature.Entity == FeatureEntity.Borrower && wanted[feature.Index]).Select(feature => feature.Index)],
            [.. derived.Where(one => wanted[one.Index])], utcOffset);
    }

    /// <summary>The values as floating-point numbers for a model, NaN where missing.</summary>
    public void ToDoubles(ReadOnlySpan<long> values, Span<double> numbers)
    {
        var features = Features.AsSpan();
        for (var i = 0; i < features.Length; i++) numbers[i] = FixedPoint.ToDouble(values[i], features[i].Scale);
    }
}
