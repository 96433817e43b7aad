using System.Runtime.CompilerServices;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Features;
using CreditGrains.Risk.Features;

namespace CreditGrains.Engine.Tables;

/// <summary>
/// All state of a partition: tables, the indexes derived from them, and the few small maps. Owned by the writer. Holds rows and
/// finds them; knows no rules.
/// </summary>
internal sealed class PartitionState : IDisposable
{
    public readonly RowTable<FacilityRow> Facilities = new("facilities", 128);
    public readonly RowTable<FacilityRulesRow> FacilityRules = new("facility-rules", 40);
    public readonly RowTable<NodeRow> Nodes = new("nodes", 128);
    public readonly RowTable<LinkRow> Links = new("links", 28);
    public readonly RowTable<PathRow> Paths = new("paths", 136);
    public readonly RowTable<OpenItemRow> Items = new("open-items", 64);
    public readonly RowTable<DatedLimitRow> DatedLimits = new("dated-limits", 48);
    public readonly RowTable<SubLimitRow> SubLimits = new("sub-limits", 40);
    public readonly RowTable<VelocityRow> Velocities = new("velocities", 256);
    public readonly RowTable<ForeignRow> Foreign = new("foreign", 48);
    public readonly RowTable<PoolLoanRow> PoolLoans = new("pool-loans", 80);

    public readonly RowTable<LoanProductRow> LoanProducts = new("loan-products", 32);
    public readonly RowTable<LoanRow> Loans = new("loans", 128);
    public readonly RowTable<LoanDueRow> LoanDues = new("loan-dues", 96);
    public readonly RowTable<LoanPageRow> LoanPages = new("loan-pages", 128);
    public readonly RowTable<ContentRow> Contents = new("contents", 256);

    public readonly RowIndex FacilityIndex = new();
    public readonly RowIndex NodeIndex = new();
    public readonly SequenceIndex ItemIndex = new();

    public readonly SmallState Small = new();
    public readonly DueCalendar Due;
    public readonly LoanCalendar LoanCalendar;
    public readonly LoanProductBook LoanProductBook;
    public readonly PoolSet Pools;

    public PartitionState()
    {
        Due = new DueCalendar(Items);
        Pools = new PoolSet(PoolLoans);
        LoanCalendar = new LoanCalendar(this);
        LoanProductBook = new LoanProductBook(LoanProducts);
        Tables = [Facilities, FacilityRules, Nodes, Links, Paths, Items, DatedLimits, SubLimits, Velocities, Foreign, LoanProducts, Loans, LoanDues, LoanPages, PoolLoans, FacilityFeatures, BorrowerFeatures, Contents];
    }

    /// <summary>The catalogue of features in force, null for none.</summary>
    public FeatureCatalogue? Catalogue { get; private set; }

    /// <summary>Features of facilities, numbered like them.</summary>
    public FeatureTable FacilityFeatures { get; private set; } = new("facility-features", 0);

    /// <summary>Features of borrowers, numbered like the nodes.</summary>
    public FeatureTable BorrowerFeatures { get; private set; } = new("borrower-features", 0);

    /// <summary>The tables in the order of snapshots: new ones come last, so that an older snapshot has the first of them.</summary>
    public IReadOnlyList<IRowTable> Tables { get; private set; }

    /// <summary>Puts a catalogue in force; all its rows are empty.</summary>
    public void SetCatalogue(FeatureCatalogue? catalogue)
    {
        var (facilities, borrowers) = (FacilityFeatures, BorrowerFeatures);
        Catalogue = catalogue;
        FacilityFeatures = new FeatureTable(facilities.Name, catalogue?.FacilityRowLength ?? 0);
        BorrowerFeatures = new FeatureTable(borrowers.Name, catalogue?.BorrowerRowLength ?? 0);
        Tables = [.. Tables.Select(table => ReferenceEquals(table, facilities) ? FacilityFeatures : ReferenceEquals(table, borrowers) ? BorrowerFeatures : table)];
        facilities.Retire();
        borrowers.Retire();
    }

    /// <summary>Notes the catalogue of rows that are being loaded.</summary>
    /// <returns>False when its rows have another length.</returns>
    public bool TryNoteCatalogue(FeatureCatalogue catalogue)
    {
        Catalogue = catalogue;
        return FacilityFeatures.RowLengthBytes == catalogue.FacilityRowLength && BorrowerFeatures.RowLengthBytes == catalogue.BorrowerRowLength;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(NodeKey key)
    {
        var scope = ((ulong)key.Tenant << 24) | ((ulong)key.LegalEntity << 8) | (byte)key.Kind;
        return RowIndex.Mix(unchecked((ulong)key.Id + scope * 0x9E3779B97F4A7C15UL));
    }

    /// <summary>Row of a facility, 0 when unknown.</summary>
    public int FindFacility(NodeKey key)
    {
        var hash = HashOf(key);
        for (var row = FacilityIndex.First(hash, out var probe); row != 0; row = FacilityIndex.Next(hash, ref probe))
        {
            ref readonly var facility = ref Facilities.Read(row);
            if (facility.Id == key.Id && facility.Tenant == key.Tenant && facility.LegalEntity == key.LegalEntity) return row;
        }
        return 0;
    }

    /// <summary>Row of a node that is not a facility, 0 when unknown.</summary>
    public int FindNode(NodeKey key)
    {
        var hash = HashOf(key);
        for (var row = NodeIndex.First(hash, out var probe); row != 0; row = NodeIndex.Next(hash, ref probe))
        {
            ref readonly var node = ref Nodes.Read(row);
            if (node.Id == key.Id && node.Tenant == key.Tenant && node.LegalEntity == key.LegalEntity && node.Kind == key.Kind) return row;
        }
        return 0;
    }

    /// <summary>Row of an open item, 0 when there is none of that reference.</summary>
    public int FindItem(long reference) => ItemIndex.Find(reference);

    /// <summary>The nodes in which a facility counts, sorted by kind, legal entity, id.</summary>
    /// <param name="facility">Its row.</param>
    /// <param name="buffer">Room for <see cref="PathRow.PathMax"/>.</param>
    /// <returns>The filled part of the buffer.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<PathEntry> PathOf(in FacilityRow facility, Span<PathEntry> buffer)
    {
        if (!facility.PathIsInline) return LongPathOf(facility, buffer);
        for (var i = 0; i < facility.PathCount; i++) buffer[i] = new PathEntry(facility.Path[i], Share.WholePpm);
        return buffer[..facility.PathCount];
    }

    /// <summary>The facility's own basis.</summary>
    public ExposureBasis BasisOf(in FacilityRow facility)
    {
        var measure = (ExposureMeasure)(facility.Flags & FacilityFlags.MeasureMask);
        var factor = measure == ExposureMeasure.DrawnPlusUndrawnFactor ? FacilityRules.Read(facility.Rules).UndrawnFactorPpm : 0;
        return new ExposureBasis(measure, (facility.Flags & FacilityFlags.KeepsRepaid) != 0, factor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in Tables) ((IDisposable)table).Dispose();
        FacilityIndex.Dispose();
        NodeIndex.Dispose();
        ItemIndex.Dispose();
        Pools.Dispose();
    }

    private ReadOnlySpan<PathEntry> LongPathOf(in FacilityRow facility, Span<PathEntry> buffer)
    {
        if (facility.PathCount == 0) return [];
        ref readonly var path = ref Paths.Read(facility.Path[0]);
        for (var i = 0; i < path.Count; i++) buffer[i] = path.Path[i];
        return buffer[..path.Count];
    }
}

/// <summary>The parts of the state that stay small: rates, business dates, sessions, reversals.</summary>
internal sealed class SmallState
{
    /// <summary>Rate and its last valid writer time, by tenant, legal entity and currencies.</summary>
    public readonly SortedDictionary<FxKey, FxRate> Rates = [];

    /// <summary>Business date (days since 1970-01-01) by tenant and legal entity.</summary>
    public readonly SortedDictionary<(ushort Tenant, ushort LegalEntity), int> BusinessDates = [];

    /// <summary>What borrowers owe to all banks, in the currency of the borrower's node.</summary>
    public readonly SortedDictionary<(ushort Tenant, ushort LegalEntity, long Id), (long Total, long Over90Days)> BankDebts = [];

    /// <summary>A borrower as <see cref="BankDebts"/> name it.</summary>
    public static (ushort Tenant, ushort LegalEntity, long Id) KeyOf(Domain.Limits.NodeKey borrower) => (borrower.Tenant, borrower.LegalEntity, borrower.Id);

    /// <summary>Sessions by tenant and session number.</summary>
    public readonly SortedDictionary<(ushort Tenant, ulong Session), SessionProgress> Sessions = [];

    /// <summary>Sequences of decisions that were undone.</summary>
    public readonly SortedSet<long> Reversed = [];

    /// <summary>Models and policies: versions, and what they do from when on.</summary>
    public readonly Scoring.RiskState Risk = new();

    /// <summary>Session ids that were reversed before they arrived, with the sequence of the reversal.</summary>
    public readonly SortedDictionary<(ushort Tenant, ulong High, ulong Low), long> SessionTombstones = [];
}

/// <summary>Which rate.</summary>
internal readonly record struct FxKey(ushort Tenant, ushort LegalEntity, ushort From, ushort To) : IComparable<FxKey>
{
    public int CompareTo(FxKey other) =>
        (Tenant, LegalEntity, From, To).CompareTo((other.Tenant, other.LegalEntity, other.From, other.To));
}

/// <summary>A rate in billionths and the writer time until which it is valid.</summary>
internal readonly record struct FxRate(long RateNano, long ValidUntilMicros);

/// <summary>How far a session has come.</summary>
internal sealed class SessionProgress
{
    /// <summary>Places from one mark to the next, at least; the rest are found by reading on from a mark.</summary>
    public const int Stride = 64;

    /// <summary>Last sequence that took effect.</summary>
    public long Last;

    /// <summary>The first place taken, and then each at least a stride after the mark before: without gaps 1, 1 + Stride, 1 + 2 · Stride, …</summary>
    public readonly List<SessionMark> Marks = [];

    // Where the last repeat was found: a file sent again asks for place after place. No part of the state.
    private long foundPlace;
    private long foundSequence;

    public void Advance(long place, long sequence)
    {
        Last = place;
        if (Marks.Count == 0 || place - Marks[^1].Place >= Stride) Marks.Add(new SessionMark(place, sequence));
    }

    /// <summary>Between which journal sequences a place at or below the last must be; an empty range when it is before the first.</summary>
    public (long Start, long End) RangeOf(long place)
    {
        var (low, high) = (0, Marks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Marks[middle].Place <= place) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return (1, 0);
        var start = Marks[low - 1].Sequence;
        var end = low < Marks.Count ? Marks[low].Sequence : long.MaxValue;
        return (foundPlace > 0 && foundPlace <= place ? Math.Max(start, foundSequence) : start, end);
    }

    /// <summary>Remembers where a repeat was found.</summary>
    public void Found(long place, long sequence) => (foundPlace, foundSequence) = (place, sequence);
}

/// <summary>Where a place of a session stands in the journal.</summary>
internal readonly record struct SessionMark(long Place, long Sequence);
