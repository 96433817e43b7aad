using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;
using static CreditGrains.Engine.Execution.Verdicts;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Execute: takes a batch of commands and a time, decides each, writes its event to the frame and applies it. Deterministic; knows
/// no threads, clocks, files or network. Commands of one batch see each other's effects in order.
/// </summary>
internal sealed partial class Executor
{
    private readonly PartitionState state;
    private readonly Identities identities;
    private readonly IDecisionReader decisions;
    private readonly EngineRules rules;
    private readonly LimitGraph graph;
    private readonly LimitSchedule schedule;
    private readonly LimitCheck limits;
    private readonly AccountDecider accounts;
    private readonly FactDecider facts;
    private readonly UndoDecider undos;
    private readonly ControlDecider control;
    private readonly EventApplier applier;
    private readonly Regraph regraph;
    private readonly LoanDecider loans;
    private readonly RiskDecider risk;
    private readonly RowPrefetch prefetch;
    private readonly DueLookAhead lookAhead;
    private readonly int frameBytesFull;
    private FrameBuffer frame = null!;
    private int commandsExecuted;

    public Executor(PartitionState state, IRequestIds ids, IDecisionReader decisions, EngineRules rules, int frameBytesMax)
    {
        // A command may first end every due item of its facility; then its own event must still fit.
        frameBytesFull = frameBytesMax - 4 * EventCodec.LengthMax;
        this.state = state;
        identities = new Identities(state, ids, decisions, rules);
        this.decisions = decisions;
        this.rules = rules;
        Exposures = new ExposureBook(state);
        prefetch = new RowPrefetch(state, ids);
        lookAhead = new DueLookAhead(state);
        graph = new LimitGraph(state, Exposures);
        regraph = new Regraph(state, graph);
        schedule = new LimitSchedule(state, Exposures);
        limits = new LimitCheck(state, Exposures);
        var items = new OpenItems(state);
        var book = new LoanBook(state);
        loans = new LoanDecider(state, book, decisions);
        Loans = new LoanApplier(state, book);
        Features = new FeatureBook(state, Exposures);
        risk = new RiskDecider(state);
        state.Pools.Parts = rules.PoolParts;
        Pooled = new PooledLoans(state, book, graph);
        Loans.Observer = Pooled;
        applier = new EventApplier(state, Exposures, graph, schedule, items, Loans, Pooled, regraph, Features, risk, rules);
        accounts = new AccountDecider(state, Exposures, limits, items, loans, Features, rules);
        facts = new FactDecider(state, items, loans);
        undos = new UndoDecider(state, items, loans);
        control = new ControlDecider(state, Exposures, limits, graph, schedule, applier, regraph, Features, risk, new PoolDecider(state, Pooled), rules);
    }

    /// <summary>The nodes' exposures.</summary>
    public ExposureBook Exposures { get; }

    /// <summary>The features of accounts, read before a request is decided and moved as events are applied.</summary>
    public FeatureBook Features { get; }

    /// <summary>The links and paths.</summary>
    public LimitGraph Graph => graph;

    /// <summary>The limit checks, for queries of own exposure.</summary>
    public LimitCheck Limits => limits;

    /// <summary>Applies what happens to loans, and tells their observer.</summary>
    public LoanApplier Loans { get; }

    /// <summary>The engine's own loans in pools.</summary>
    public PooledLoans Pooled { get; }

    /// <summary>Sequence of the newest event.</summary>
    public long LastSequence
    {
        get => identities.LastSequence;
        set => identities.LastSequence = value;
    }

    /// <summary>Writer time of the newest batch, microseconds.</summary>
    public long LastRecordedAtMicros
    {
        get => identities.LastRecordedAtMicros;
        set => identities.LastRecordedAtMicros = value;
    }

    /// <summary>Whether a sliced change of the graph is under way.</summary>
    public bool IsRegraphing => regraph.IsActive;

    /// <summary>Starts a batch: fixes writer time and does a bounded part of the engine's own work.</summary>
    /// <param name="nowMicros">The clock.</param>
    /// <param name="target">Empty frame to write to.</param>
    public void Begin(long nowMicros, FrameBuffer target)
    {
        frame = target;
        LastRecordedAtMicros = Math.Max(LastRecordedAtMicros, nowMicros);
        EventCount = 0;
        var commandsBefore = commandsExecuted;
        SweepLimits();
        SweepItems();
        if (regraph.IsActive && frame.Length <= frameBytesFull) Slice();
        if (loans.IsBehind) SweepLoans(commandsBefore);
    }

    /// <summary>Events in the frame so far.</summary>
    public int EventCount { get; private set; }

    /// <summary>Executes commands in order.</summary>
    /// <returns>How many were taken; fewer than given when the frame is full.</returns>
    public int Execute(ReadOnlySpan<Command> commands, Span<Outcome> outcomes)
    {
        // One command alone would only wait for the same lines a little earlier.
        if (commands.Length > 1)
        {
            for (var i = 0; i < Math.Min(RowPrefetch.Lead, commands.Length); i++) Announce(commands[i]);
            if (commands.Length <= RowPrefetch.Lead) AnnouncedAll();
        }
        for (var i = 0; i < commands.Length; i++)
        {
            if (frame.Length > frameBytesFull) return i;
            if (i + RowPrefetch.Lead < commands.Length) Announce(commands[i + RowPrefetch.Lead]);
            else Advance();
            if (!ExecuteOne(commands[i], ref outcomes[i])) return i;
            commandsExecuted++;
        }
        return commands.Length;
    }

    /// <summary>Tells of a command that will be executed soon, so that its rows are loaded while those before it run.</summary>
    public void Announce(in Command c)
    {
        prefetch.Add(c.Facility, c.Id, c.Reference);
        if (c.Kind.IsPool()) prefetch.AddLoan(c.Control);
    }

    /// <summary>Goes on with loading for those announced when no further one is known.</summary>
    public void Advance() => prefetch.Advance();

    /// <summary>Says that those announced are all there are for now: they are loaded at once.</summary>
    public void AnnouncedAll() => prefetch.Finish();

    /// <summary>Tells of an event that will be replayed soon.</summary>
    public void Announce(in LedgerEvent e)
    {
        prefetch.Add(e.Key, e.Id, e.Reference);
        if (e.Kind.IsPool()) prefetch.AddLoan(e.Control);
    }

    /// <summary>Sequence of the event of a request id, 0 when unknown.</summary>
    public long FindSequence(ushort tenant, in RequestId id) => identities.Find(tenant, id);

    /// <summary>Journals the digest of the state at an earlier sequence.</summary>
    public void NoteDigest(UInt128 digest, long ofSequence)
    {
        var e = default(LedgerEvent);
        e.Kind = CommandKind.StateDigest;
        e.Outcome = OutcomeKind.Posted;
        e.Digest = digest;
        e.DigestSequence = ofSequence;
        Append(ref e);
    }

    /// <summary>Reads the features that a request of the journal saw, before it is replayed.</summary>
    /// <returns>False when there is no catalogue or no such facility.</returns>
    public bool TryReadFeatures(in LedgerEvent e, Span<long> values)
    {
        if (!Features.IsActive || !e.Key.IsFacility || state.FindFacility(e.Key) is not (var row and not 0)) return false;
        if (regraph.IsActive) graph.Recount(row);
        Features.Read(row, e, values);
        return true;
    }

    /// <summary>Applies an event read from the journal.</summary>
    public void Replay(in LedgerEvent e)
    {
        applier.Apply(e);
        NoteEntry(e);
        identities.Record(e);
        LastSequence = e.Sequence;
        LastRecordedAtMicros = e.RecordedAtMicros;
    }

    /// <summary>Executes a command. False: its facility's loans fill the frame, it must wait for the next.</summary>
    private bool ExecuteOne(in Command c, ref Outcome outcome)
    {
        outcome = default;
        var (reason, message) = CommandValidation.Check(c);
        // What Domain cannot see of a command: whether a catalogue compiles.
        if (reason == Reason.None && c.Control is ActivateFeatures activation && Features.FaultOf(activation.Catalogue) is { } fault) (reason, message) = (Reason.InvalidField, fault);
        var fingerprint = 0u;
        if (reason == Reason.None)
        {
            fingerprint = CommandFingerprint.Of(c);
            if (identities.IsSettled(c, fingerprint, ref outcome, out reason)) return true;
        }
        if (reason != Reason.None)
        {
            Refuse(ref outcome, reason, message);
            return true;
        }
        if (c.Control is not null && risk.FaultOf(c.Control) is { } content)
        {
            Refuse(ref outcome, Reason.InvalidContent, content);
            return true;
        }
        if (loans.IsBehind && !BringLoansCurrent(c)) return false;
        var e = default(LedgerEvent);
        Fill(ref e, c, fingerprint);
        if (identities.IsBarred(c)) DecideBarred(ref e);
        else if (c.Kind.IsAccount()) DecideAccount(c, ref e);
        else DecideControl(ref e);
        if (e.Control is LoanOffer or LoanTakeover) loans.Shorten(ref e);
        Append(ref e);
        NoteEntry(e);
        identities.Record(e);
        Outcomes.Fill(e, ref outcome);
        return true;
    }

    /// <summary>A loan that waited to be let into its facility's pool was, or was not.</summary>
    private void NoteEntry(in LedgerEvent e)
    {
        if (e.Kind == CommandKind.TransferToPool && e.Reference != 0) Pooled.Decided(e.Key, e.Reference);
    }

    private static void Refuse(ref Outcome outcome, Reason reason, string? message)
    {
        outcome.Kind = OutcomeKind.Refused;
        outcome.Reason = reason;
        outcome.Message = message ?? Outcomes.MessageOf(reason);
    }

    private static void Fill(ref LedgerEvent e, in Command c, uint fingerprint)
    {
        e.Kind = c.Kind;
        e.Id = c.Id;
        e.Key = c.Facility;
        e.Fingerprint = fingerprint;
        e.Currency = c.Currency;
        e.Options = c.Options;
        e.Channel = c.Channel;
        e.MerchantCategory = c.MerchantCategory;
        e.Scenario = c.Scenario;
        e.AmountAsked = c.Amount;
        e.AmountMin = c.AmountMin;
        e.Reference = c.Reference;
        e.Original = c.Original;
        e.OccurredAtMicros = c.OccurredAtMicros;
        e.Attributes = c.Attributes;
        e.Control = c.Control;
        // What a correction asks is in its parts; the record has them whatever becomes of it.
        if (c.Kind == CommandKind.Adjust) e.Parts = new Domain.Facilities.Allocation(c.FeesDelta, c.InterestDelta, c.Amount, 0);
    }

    private void DecideBarred(ref LedgerEvent e)
    {
        Decline(ref e, Reason.Tombstoned);
        if (!e.Key.IsFacility || state.FindFacility(e.Key) is not (var row and not 0)) return;
        BringCurrent(row);
        NoteUnchanged(ref e, row);
    }

    private void DecideAccount(in Command c, ref LedgerEvent e)
    {
        e.RecordedAtMicros = LastRecordedAtMicros;
        var original = default(LedgerEvent);
        if (c.Kind == CommandKind.Reverse && !FindOriginal(c, ref e, out original)) return;
        var row = state.FindFacility(e.Key);
        if (row == 0)
        {
            Decline(ref e, Reason.UnknownFacility);
            return;
        }
        BringCurrent(row);
        ref readonly var facility = ref state.Facilities.Read(row);
        e.RecordedAtMicros = LastRecordedAtMicros;
        e.Row = row;
        e.Balances = facility.Balances;
        e.PreviousSequence = facility.LastSequence;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = state.PathOf(facility, buffer);
        var owed = loans.LeaveOut(facility, ref e);
        if (c.Kind == CommandKind.ResolveReferral) TakeOffer(ref e);
        if (Features is { IsActive: true, ReadsDecisions: true } && c.Kind.IsRequest()) Features.ReadDecision(row, e);
        if (e.Currency != default && e.Currency != facility.Currency) Decline(ref e, Reason.CurrencyMismatch);
        else if (c.Kind.IsRequest()) accounts.DecideRequest(facility, path, ref e, c.LifetimeSeconds);
        else if (c.Kind == CommandKind.ResolveReferral) accounts.DecideResolve(facility, path, ref e);
        else if (c.Kind == CommandKind.RequestReview) accounts.DecideReview(facility, ref e, ReadDecision(e.Reference));
        else if (c.Kind.IsLoanAct()) loans.Act(facility, ref e);
        else if (c.Kind == CommandKind.ImportLoan) loans.TakeOver(facility, ref e);
        else if (c.Kind == CommandKind.ReverseRepayment) undos.DecideBounce(facility, ref e, ReadDecision(e.Reference));
        else if (c.Kind == CommandKind.Reverse) undos.DecideUndo(facility, ref e, original);
        else facts.Decide(facility, ref e, c);
        e.Currency = facility.Currency;
        if (owed != default || e.Loans is not null) LoanDecider.Conclude(facility, owed, ref e);
        accounts.Finish(facility, path, ref e);
    }

    /// <summary>The loan of a referred drawdown stands in its event.</summary>
    private void TakeOffer(ref LedgerEvent e)
    {
        if (state.FindItem(e.Reference) is not (var item and not 0) || state.Items.Read(item).Facility != e.Row || state.Items.Read(item).RequestKind != CommandKind.Drawdown) return;
        if (decisions.TryRead(e.Reference, out var referred)) e.Control = referred.Control;
    }

    private LedgerEvent? ReadDecision(long sequence) =>
        sequence <= LastSequence && decisions.TryRead(sequence, out var e) ? e : null;

    /// <summary>Finds what a Reverse undoes. False: the event is decided already (a tombstone, or nothing to undo).</summary>
    private bool FindOriginal(in Command c, ref LedgerEvent e, out LedgerEvent original)
    {
        original = default;
        var tenant = c.Facility.Tenant;
        e.Key = new NodeKey(0, tenant, 0, NodeKind.None);
        if (!identities.TryFindOriginal(tenant, c.Original, out var sequence, out var isTombstone)) return Settled(ref e, Reason.OriginalTooOld);
        if (isTombstone) return Settled(ref e, Reason.AlreadyReversed);
        if (sequence == 0)
        {
            e.Effects |= EventEffects.Tombstone;
            e.Outcome = OutcomeKind.Posted;
            return false;
        }
        if (!decisions.TryRead(sequence, out original)) return Settled(ref e, Reason.OriginalTooOld);
        var hasEffect = original.Kind.IsAccount() && (original.HasEffect || original.Outcome == OutcomeKind.Referred);
        if (original.Key.IsFacility) e.Key = original.Key;
        // A Reverse that left a tombstone is on no facility.
        if (!hasEffect || !original.Key.IsFacility) return SettledOn(ref e, Reason.NothingToReverse);
        return !state.Small.Reversed.Contains(sequence) || SettledOn(ref e, Reason.AlreadyReversed);
    }

    private static bool Settled(ref LedgerEvent e, Reason reason)
    {
        Decline(ref e, reason);
        return false;
    }

    /// <summary>Declines a Reverse on the facility of its original, so that the facility's history shows it.</summary>
    private bool SettledOn(ref LedgerEvent e, Reason reason)
    {
        var row = e.Key.IsFacility ? state.FindFacility(e.Key) : 0;
        Decline(ref e, reason);
        if (row == 0) return false;
        BringCurrent(row);
        NoteUnchanged(ref e, row);
        return false;
    }

    private void NoteUnchanged(ref LedgerEvent e, int row)
    {
        ref readonly var facility = ref state.Facilities.Read(row);
        e.RecordedAtMicros = LastRecordedAtMicros;
        e.Row = row;
        e.Currency = facility.Currency;
        e.Balances = facility.Balances;
        e.PreviousSequence = facility.LastSequence;
        e.StatusAfter = facility.Status;
        e.Headroom = facility.Limit - limits.OwnExposure(facility, 0);
    }

    private void DecideControl(ref LedgerEvent e)
    {
        var row = 0;
        if (e.Key.IsFacility && (row = state.FindFacility(e.Key)) != 0) BringCurrent(row);
        else if (e.Key.Kind != NodeKind.None && !e.Key.IsFacility && state.FindNode(e.Key) is var node and not 0) BringLimitCurrent(ChildRef.Node(node));
        else if (hasDueLimits && e.Control is OpenFacility opening) BringParentsCurrent(opening);
        e.RecordedAtMicros = LastRecordedAtMicros;
        if (row != 0) NoteUnchanged(ref e, row);
        control.Decide(ref e);
    }

    private void Append(ref LedgerEvent e)
    {
        e.Sequence = ++LastSequence;
        e.RecordedAtMicros = LastRecordedAtMicros;
        var length = EventCodec.Write(e, frame.GetSpan(EventCodec.LengthMax));
        frame.Advance(length);
        EventCount++;
        applier.Apply(e);
    }
}
