using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;
using CreditGrains.Risk.Features;

namespace CreditGrains.Engine.Features;

/// <summary>
/// Features of past decisions, rebuilt from a journal by the code that reads and moves them live: each is read from the state just before its decision. Takes no lock
/// and changes nothing, so it also runs beside an engine; then the newest events may be missing.
/// </summary>
public sealed class FeatureHistory
{
    private readonly IFileStore files;
    private readonly PartitionOptions options;
    private readonly long oldest;
    private long snapshotSequence;

    private FeatureHistory(IFileStore files, PartitionOptions options)
    {
        this.files = files;
        this.options = options;
        oldest = files.List().Select(name => SegmentName.TryParse(name, out var first) ? first : long.MaxValue).DefaultIfEmpty(long.MaxValue).Min();
    }

    /// <summary>Looks at a data directory.</summary>
    /// <exception cref="StoreException">The directory is missing, foreign or cannot be listed.</exception>
    public static FeatureHistory Open(string directory) => Open(DiskFileStore.OpenForReading(directory), new PartitionOptions());

    /// <summary>Looks at a store.</summary>
    /// <inheritdoc cref="Open(string)"/>
    public static FeatureHistory Open(IFileStore files, PartitionOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new FeatureHistory(files, options);
    }

    /// <summary>Whether there is a journal.</summary>
    public bool HasJournal => oldest != long.MaxValue;

    /// <summary>Sequence of the snapshot at which rebuilding begins because older segments are gone; 0 when it begins at the first event.</summary>
    public long BeginsAtSnapshot => snapshotSequence;

    /// <summary>Catalogues that were put in force, in order.</summary>
    /// <exception cref="JournalException">The journal is damaged.</exception>
    public IReadOnlyList<CatalogueActivation> Activations()
    {
        var found = new List<CatalogueActivation>();
        using var state = Begin();
        if (state.Catalogue is { } before) found.Add(new CatalogueActivation(snapshotSequence, before.Content));
        PartitionJournal.Verify(files, options.JournalOptions, snapshotSequence + 1, frame =>
        {
            var payload = frame.Payload;
            for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
            {
                var length = EventCodec.LengthOf(payload);
                if (sequence > snapshotSequence && EventCodec.KindOf(payload) == CommandKind.ActivateFeatures)
                {
                    EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
                    if (e.Outcome == OutcomeKind.Posted) found.Add(new CatalogueActivation(sequence, ((ActivateFeatures)e.Control!).Catalogue));
                }
                payload = payload[length..];
            }
        });
        return found;
    }

    /// <summary>Shows the requests of the journal with their features.</summary>
    /// <param name="catalogue">Whose features.</param>
    /// <param name="asUsed">True: the decisions taken while it was in force, with what they saw. False: all decisions, as if it had been in force from the beginning.</param>
    /// <param name="visit">Takes each decision.</param>
    /// <param name="progress">Told the sequence reached, after each frame; may be null.</param>
    /// <exception cref="JournalException">The journal is damaged.</exception>
    public void Rebuild(FeatureCatalogue catalogue, bool asUsed, PastDecisionVisitor visit, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        ArgumentNullException.ThrowIfNull(visit);
        using var state = Begin();
        var executor = new Executor(state, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax) { LastSequence = snapshotSequence };
        if (!asUsed)
        {
            state.SetCatalogue(catalogue);
            executor.Features.IsFixed = true;
        }
        var values = new long[catalogue.Features.Length];
        PartitionJournal.Verify(files, options.JournalOptions, snapshotSequence + 1, frame =>
        {
            var payload = frame.Payload;
            for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
            {
                var length = EventCodec.LengthOf(payload);
                if (sequence > snapshotSequence)
                {
                    EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
                    // A barred id was declined without a look at the account.
                    if (e.Kind.IsRequest() && e.Reason != Reason.Tombstoned && IsAsked(state, catalogue) && executor.TryReadFeatures(e, values)) visit(DecisionOf(e), values);
                    executor.Replay(e);
                }
                payload = payload[length..];
            }
            progress?.Invoke(executor.LastSequence);
        });
    }

    private static bool IsAsked(PartitionState state, FeatureCatalogue catalogue) =>
        state.Catalogue is { } current && (ReferenceEquals(current, catalogue) || current.Hash.AsSpan().SequenceEqual(catalogue.Hash.AsSpan()));

    private static PastDecision DecisionOf(in LedgerEvent e) => new(
        e.Sequence, e.Id, e.Key, e.Kind, e.Outcome, e.Reason, e.Currency, e.AmountAsked, e.Amount, e.OccurredAtMicros != 0 ? e.OccurredAtMicros : e.RecordedAtMicros, e.RecordedAtMicros);

    /// <summary>Empty, or the oldest snapshot that joins on to the oldest segment when segments before it are gone.</summary>
    private PartitionState Begin()
    {
        if (oldest <= options.FirstSequence || !HasJournal) return new PartitionState();
        foreach (var entry in Enumerable.Reverse(SnapshotCatalog.Read(files)))
        {
            if (entry.Sequence < oldest - 1 || SnapshotLoader.Load(files, entry, idOptions: null) is not { } loaded) continue;
            snapshotSequence = loaded.Sequence;
            return loaded.State;
        }
        throw new HistoryIncompleteException(oldest);
    }
}

/// <summary>The journal begins later than any snapshot reaches.</summary>
public sealed class HistoryIncompleteException(long oldest)
    : Exception($"the journal begins at sequence {oldest} and no snapshot reaches that far; bring back the archived segments")
{
    /// <summary>Its first sequence.</summary>
    public long Oldest { get; } = oldest;
}
