using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Engine.Features;

/// <summary>
/// The features of a partition: events change the rows of their facility and its borrowers as they are applied, live and on replay alike, and a decision reads them
/// before its own event. Without a catalogue it is asked one question and does nothing.
/// </summary>
internal sealed class FeatureBook(PartitionState state, ExposureBook exposures)
{
    private FeatureCatalogue? compiled;

    /// <summary>The catalogue in force, null for none.</summary>
    public FeatureCatalogue? Catalogue => state.Catalogue;

    /// <summary>Whether there are features.</summary>
    public bool IsActive => state.Catalogue is not null;

    /// <summary>Whether each decision reads its features, for <see cref="Values"/>; somebody must want them.</summary>
    public bool ReadsDecisions { get; set; }

    /// <summary>When set, a catalogue given from outside stays in force whatever the journal activates.</summary>
    public bool IsFixed { get; set; }

    /// <summary>The features of the decision under way, after a reading.</summary>
    public long[] Values { get; private set; } = [];

    /// <summary>What is wrong with a catalogue file; null when it compiles. An empty one ends features and is right.</summary>
    public string? FaultOf(byte[] content)
    {
        try
        {
            Compile(content);
            return null;
        }
        catch (FeatureFault fault)
        {
            return fault.Message;
        }
    }

    /// <summary>Puts a catalogue in force: all rows begin empty. An empty file ends features.</summary>
    public void Activate(byte[] content)
    {
        if (!IsFixed) state.SetCatalogue(Compile(content));
    }

    /// <summary>Whether the file is the one in force.</summary>
    public bool IsInForce(ReadOnlySpan<byte> content) => IsActive ? Catalogue!.Content.Span.SequenceEqual(content) : content.IsEmpty;

    /// <summary>Adds an account event that was just applied.</summary>
    public void Observe(int facilityRow, in LedgerEvent e)
    {
        var catalogue = state.Catalogue!;
        ref readonly var facility = ref state.Facilities.Read(facilityRow);
        var seen = new FeatureEvent
        {
            Kind = e.Kind,
            Outcome = e.Outcome,
            Reason = e.Reason,
            Channel = e.Channel,
            MerchantCategory = e.MerchantCategory,
            Scenario = e.Scenario,
            OccurredAtMicros = e.OccurredAtMicros,
            RecordedAtMicros = e.RecordedAtMicros,
            Amount = e.Amount,
            AmountAsked = e.AmountAsked,
            Drawn = e.Balances.Drawn,
            Held = e.Balances.Held,
            Headroom = e.Headroom,
            Limit = facility.Limit,
            Attributes = e.Attributes,
        };
        var matched = catalogue.Match(seen);
        if (catalogue.Looks(FeatureEntity.Facility, matched)) catalogue.Observe(FeatureEntity.Facility, state.FacilityFeatures.Write(facilityRow), seen, matched);
        if (catalogue.Looks(FeatureEntity.Borrower, matched)) ObserveBorrowers(catalogue, facility, seen, matched);
    }

    /// <summary>Reads all features of a request before it is decided.</summary>
    public void ReadDecision(int facilityRow, in LedgerEvent e)
    {
        MakeRoom();
        Read(facilityRow, e, Values);
    }

    /// <summary>Reads some features of a request before it is decided: the others' places in <see cref="Values"/> are not to be looked at.</summary>
    public void ReadDecision(int facilityRow, in LedgerEvent e, FeatureReading reading)
    {
        MakeRoom();
        ref readonly var facility = ref state.Facilities.Read(facilityRow);
        reading.Read(state.FacilityFeatures.Read(facilityRow), reading.UsesBorrower ? BorrowerRow(facility) : default, MomentOf(facility, e), Values);
    }

    /// <summary>Reads all features of a facility as a request would see them now.</summary>
    public void Read(int facilityRow, in LedgerEvent e, Span<long> values)
    {
        var catalogue = state.Catalogue!;
        ref readonly var facility = ref state.Facilities.Read(facilityRow);
        var borrower = catalogue.BorrowerRowLength == 0 ? default : BorrowerRow(facility);
        catalogue.Read(state.FacilityFeatures.Read(facilityRow), borrower, MomentOf(facility, e), values);
    }

    private static FeatureMoment MomentOf(in FacilityRow facility, in LedgerEvent e) => new()
    {
        OccurredAtMicros = e.OccurredAtMicros,
        RecordedAtMicros = e.RecordedAtMicros,
        Channel = e.Channel,
        MerchantCategory = e.MerchantCategory,
        Scenario = e.Scenario,
        AmountAsked = e.AmountAsked,
        Limit = facility.Limit,
        Principal = facility.Principal,
        Interest = facility.Interest,
        Fees = facility.Fees,
        Held = facility.Held,
        Credit = facility.Credit,
        Uncleared = facility.Uncleared,
    };

    private void MakeRoom()
    {
        if (Values.Length < state.Catalogue!.Features.Length) Values = new long[state.Catalogue.Features.Length];
    }

    private FeatureCatalogue? Compile(byte[] content)
    {
        if (content.Length == 0) return null;
        // A command is compiled once to be checked and once to be applied.
        if (compiled is not null && compiled.Content.Span.SequenceEqual(content)) return compiled;
        return compiled = CatalogueFile.Read(content);
    }

    private ReadOnlySpan<byte> BorrowerRow(in FacilityRow facility)
    {
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in state.PathOf(facility, buffer))
            if (state.Nodes.Read(entry.Node).Kind == NodeKind.Borrower)
                return state.BorrowerFeatures.Read(entry.Node) is { IsEmpty: false } row ? row : EmptyRow;
        return default;
    }

    // A borrower that has had no event is there all the same: its counts are 0, not missing.
    private static readonly byte[] EmptyRowBytes = new byte[FeatureCatalogue.RowLengthMax];

    private static ReadOnlySpan<byte> EmptyRow => EmptyRowBytes;

    private void ObserveBorrowers(FeatureCatalogue catalogue, in FacilityRow facility, in FeatureEvent seen, ulong matched)
    {
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in state.PathOf(facility, buffer))
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.Kind != NodeKind.Borrower) continue;
            var converted = seen;
            if (node.Currency != facility.Currency && !TryConvert(node, facility, ref converted)) continue;
            catalogue.Observe(FeatureEntity.Borrower, state.BorrowerFeatures.Write(entry.Node), converted, matched);
        }
    }

    /// <summary>All amounts in the borrower's currency, at the rate in force or the last one; an event for which there never was a rate is left out.</summary>
    private bool TryConvert(in NodeRow node, in FacilityRow facility, ref FeatureEvent e) =>
        TryConvert(node, facility, ref e.Amount, e.RecordedAtMicros) && TryConvert(node, facility, ref e.AmountAsked, e.RecordedAtMicros)
        && TryConvert(node, facility, ref e.Drawn, e.RecordedAtMicros) && TryConvert(node, facility, ref e.Held, e.RecordedAtMicros)
        && TryConvert(node, facility, ref e.Headroom, e.RecordedAtMicros) && TryConvert(node, facility, ref e.Limit, e.RecordedAtMicros);

    private bool TryConvert(in NodeRow node, in FacilityRow facility, ref long amount, long nowMicros)
    {
        var isNegative = amount < 0;
        var weighted = (Int128)(isNegative ? -amount : amount) * Share.WholePpm;
        exposures.Convert(node, facility.Currency, weighted, nowMicros, out var converted);
        if (converted < 0) return false;
        amount = isNegative ? -converted : converted;
        return true;
    }
}
