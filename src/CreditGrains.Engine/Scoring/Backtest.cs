using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// A policy over the journal's history: every command of it is executed again in a book of its own, with the policy in force from a moment on. So what it declines frees
/// headroom and what it approves takes it: later requests meet limits as used under the policy. A hold approved only there is captured whole at once (nobody observed how
/// it was used); captures of holds declined there do not happen; a repayment pays at most what is owed there.
/// </summary>
internal sealed class Backtest : IDisposable
{
    private readonly PartitionState state = new();
    private readonly Executor executor;
    private readonly FrameBuffer frame;
    private readonly PastDecisions decisions = new();
    private readonly Dictionary<long, long> made = [];
    private readonly NodeKey entity;
    private readonly BacktestFiles files;
    private readonly long fromMicros;
    private readonly Command[] one = new Command[1];
    private readonly Outcome[] answer = new Outcome[1];
    private bool isStarted;
    private ulong drawn;

    private const string Name = "under.test";

    /// <param name="options">Settings of the partition.</param>
    /// <param name="entity">Tenant and legal entity that it is about.</param>
    /// <param name="files">What is tested: whenever it was registered, it is there from the start.</param>
    /// <param name="fromMicros">Writer time from which on it is in force.</param>
    public Backtest(PartitionOptions options, NodeKey entity, BacktestFiles files, long fromMicros)
    {
        (this.entity, this.files, this.fromMicros) = (entity, files, fromMicros);
        frame = new FrameBuffer(options.FrameBytesMax);
        executor = new Executor(state, NoRequestIds.Instance, decisions, options.Rules with { SessionGapsAllowed = true }, options.FrameBytesMax);
    }

    /// <summary>What came of it.</summary>
    public BacktestTally Tally { get; } = new();

    /// <summary>Takes the next event of the journal.</summary>
    public void Take(in LedgerEvent e)
    {
        if (!isStarted && e.RecordedAtMicros >= fromMicros) Start(e.RecordedAtMicros);
        // What the engine does by itself the second book does by itself.
        if (!e.Kind.IsForCallers()) return;
        if (e.Control is { } control && !e.Kind.IsAccount())
        {
            var isTested = isStarted && RiskState.EntityOf(control.Key) == entity && (control is ActivatePolicy || (control is ActivateModel { Role: not VersionRole.Shadow } && files.Model is not null));
            if (e.Outcome == OutcomeKind.Posted && !isTested) Execute(Command.Of(e.Id, control), e.RecordedAtMicros);
            return;
        }
        if (!TryCommand(e, out var command))
        {
            if (RiskState.EntityOf(e.Key) == entity) Tally.LeaveOut();
            return;
        }
        ref readonly var outcome = ref Execute(command, e.RecordedAtMicros);
        if (outcome.Sequence != 0) made[e.Sequence] = outcome.Sequence;
        if (isStarted && e.Kind.IsRequest() && RiskState.EntityOf(e.Key) == entity) Compare(e, outcome);
    }

    /// <summary>Whether a node of the entity, once the policy is in force, is used above its limit here; false for others.</summary>
    public bool IsAboveLimit(NodeKey node, long nowMicros) => isStarted && RiskState.EntityOf(node) == entity && IsAboveLimit(state, executor.Exposures, node, nowMicros);

    /// <summary>Whether a node is used above its limit, in any state; false for one that is not there.</summary>
    public static bool IsAboveLimit(PartitionState state, ExposureBook exposures, NodeKey node, long nowMicros)
    {
        if (state.FindNode(node) is not (var row and not 0)) return false;
        ref readonly var found = ref state.Nodes.Read(row);
        return exposures.TryGet(found, found.Currency, 0, nowMicros, out var exposure) != Reason.FxRateMissing && exposure > found.Limit;
    }

    /// <summary>Exposure of the entity's facilities at the end, minor units by currency: principal, interest, fees and holds.</summary>
    public SortedDictionary<string, long> Exposure() => ExposureOf(state, entity);

    /// <summary>As <see cref="Exposure()"/> of any state.</summary>
    public static SortedDictionary<string, long> ExposureOf(PartitionState state, NodeKey entity)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var row = 1; row < state.Facilities.End; row++)
        {
            ref readonly var facility = ref state.Facilities.Read(row);
            if (facility.Id == 0 || facility.Tenant != entity.Tenant || facility.LegalEntity != entity.LegalEntity) continue;
            sums[facility.Currency.Code] = sums.GetValueOrDefault(facility.Currency.Code) + facility.Balances.Drawn + facility.Held;
        }
        return sums;
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();

    private void Start(long nowMicros)
    {
        isStarted = true;
        if (files.Model is { } model)
        {
            Put(model, nowMicros);
            if (files.Reasons is not null) Put(files.Reasons, nowMicros);
            Execute(Command.Of(NextId(nowMicros), new RegisterModel(entity, Name, 1, ContentHash.Of(model), files.Reasons is null ? default : ContentHash.Of(files.Reasons), "")), nowMicros);
            Execute(Command.Of(NextId(nowMicros), new ActivateModel(entity, Name, 1, VersionRole.Acting, 0, 0, "backtest", "copy")), nowMicros);
        }
        Put(files.Policy, nowMicros);
        Execute(Command.Of(NextId(nowMicros), new RegisterPolicy(entity, Name, 1, ContentHash.Of(files.Policy), files.Decision)), nowMicros);
        Execute(Command.Of(NextId(nowMicros), new ActivatePolicy(entity, Name, 1, VersionRole.Acting, 0, "backtest", "copy")), nowMicros);
        if (answer[0].Kind != OutcomeKind.Posted) throw new InvalidDataException($"the policy was not taken: {answer[0].Reason} {answer[0].Message}");
    }

    private void Put(byte[] file, long nowMicros)
    {
        foreach (var part in PutContent.PartsOf(entity, file)) Execute(Command.Of(NextId(nowMicros), part), nowMicros);
    }

    private void Compare(in LedgerEvent e, in Outcome outcome)
    {
        var (was, isNow) = (e.IsApproval, outcome.Kind is OutcomeKind.Approved or OutcomeKind.ApprovedInPart);
        Tally.Add(e.Key, was, isNow, e.Amount, outcome.Amount, outcome.Risk.Model is null ? double.NaN : outcome.Risk.Score);
        // Nobody saw how a hold that was never given would have been used: it is taken as used whole.
        if (isNow && !was && e.Kind == CommandKind.Authorize)
            Execute(new Command { Kind = CommandKind.Capture, Id = NextId(e.RecordedAtMicros), Facility = e.Key, Currency = e.Currency, Amount = outcome.Amount, Reference = outcome.Sequence, Options = CommandOptions.Final }, e.RecordedAtMicros);
    }

    private ref readonly Outcome Execute(in Command command, long nowMicros)
    {
        frame.Clear();
        executor.Begin(nowMicros, frame);
        one[0] = command;
        while (executor.Execute(one, answer) == 0)
        {
            // The engine's own work, such as a month end, filled the frame: it goes on with it in the next until the command has room.
            frame.Clear();
            executor.Begin(nowMicros, frame);
        }
        if (command.Kind is CommandKind.Repay or CommandKind.ClearRepayment && answer[0].Sequence != 0) decisions.Keep(frame.Payload, answer[0].Sequence, nowMicros);
        return ref answer[0];
    }

    /// <summary>The command of an event, its references turned to what stands for them here; false when there is nothing here that it could be about.</summary>
    private bool TryCommand(in LedgerEvent e, out Command command)
    {
        var takesAmount = e.Kind.IsRequest() || (e.Kind.IsFact() && e.Kind is not (CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Adjust));
        var hasCategory = e.Kind is CommandKind.Authorize or CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold or CommandKind.Refund or CommandKind.Chargeback;
        var takesReference = e.Kind is CommandKind.IncreaseHold or CommandKind.Capture or CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Void or CommandKind.ResolveReferral;
        command = new Command
        {
            Kind = e.Kind, Options = e.Options, Id = e.Id, Facility = e.Key, OccurredAtMicros = e.OccurredAtMicros, Attributes = e.Attributes, Original = e.Original,
            Amount = takesAmount ? e.AmountAsked : 0, AmountMin = e.AmountMin, Currency = takesAmount || e.Kind == CommandKind.Adjust ? e.Currency : default,
            Channel = hasCategory ? e.Channel : default, MerchantCategory = hasCategory ? e.MerchantCategory : (ushort)0, Scenario = e.Scenario,
        };
        if (e.Kind is CommandKind.Authorize or CommandKind.IncreaseHold && e.ExpiresAtSeconds > e.RecordedAtMicros / 1_000_000)
            command.LifetimeSeconds = (int)Math.Min(Command.LifetimeSecondsMax, e.ExpiresAtSeconds - e.RecordedAtMicros / 1_000_000);
        if (e.Kind == CommandKind.Adjust) (command.FeesDelta, command.InterestDelta, command.Amount) = (e.Parts.Fees, e.Parts.Interest, e.Parts.Principal);
        // Undoing by id needs the record of ids, which a second book does not keep: what was undone is undone by what it did.
        // So does what a person made of a decline, which may be none here. Loans are not made here: neither their drawdowns nor what is agreed about them.
        if (e.Kind is CommandKind.Reverse or CommandKind.RequestReview || e.Control is not null || e.Kind.IsLoanAct()) return false;
        if (!takesReference) return e.Kind != CommandKind.Repay || CutRepayment(ref command);
        if (!made.TryGetValue(e.Reference, out var here)) return false;
        command.Reference = here;
        return e.Kind is CommandKind.ResolveReferral or CommandKind.ClearRepayment or CommandKind.ReverseRepayment || state.FindItem(here) != 0;
    }

    private bool CutRepayment(ref Command command)
    {
        var row = state.FindFacility(command.Facility);
        if (row == 0 || !isStarted) return true;
        var owed = state.Facilities.Read(row).Balances.Drawn;
        if (owed == 0) return false;
        command.Amount = Math.Min(command.Amount, owed);
        return true;
    }

    private Domain.Requests.RequestId NextId(long nowMicros) => Domain.Requests.RequestId.ForTime(nowMicros / 1_000, 0xBAC, ++drawn);

    /// <summary>Events that a later command may need to read: repayments that may bounce.</summary>
    private sealed class PastDecisions : IDecisionReader
    {
        private readonly Dictionary<long, LedgerEvent> events = [];

        public void Keep(ReadOnlySpan<byte> payload, long sequence, long recordedAtMicros)
        {
            // The command's own event is the last of the frame.
            var last = payload;
            while (EventCodec.LengthOf(last) < last.Length) last = last[EventCodec.LengthOf(last)..];
            EventCodec.Read(last, sequence, recordedAtMicros, out var e);
            events[sequence] = e;
        }

        public bool TryRead(long sequence, out LedgerEvent e) => events.TryGetValue(sequence, out e);
    }
}
