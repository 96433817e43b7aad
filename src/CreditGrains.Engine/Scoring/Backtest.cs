using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// A policy over the journal's history: every command of it is executed again in a book of its own, with the policy in force from a moment on. So what it declines frees
/// headroom and what it approves takes it: later requests meet limits as used under the policy. What nobody observed is assumed: a hold approved only there is captured whole
/// at once, and a loan drawn only there is paid as its instalments fall due. What is paid on holds and loans declined there does not happen; a repayment pays at most what is owed there.
/// </summary>
internal sealed class Backtest : IDisposable
{
    private readonly PartitionState state = new();
    private readonly Executor executor;
    private readonly ScratchJournal journal;
    private readonly PastCommands commands;
    private readonly DrawnLoans drawnLoans;
    private readonly NodeKey entity;
    private readonly BacktestFiles files;
    private readonly long fromMicros;
    private readonly Command[] one = new Command[1];
    private readonly Outcome[] answer = new Outcome[1];
    private bool isStarted;
    private ulong idCount;

    private const string Name = "under.test";

    /// <param name="options">Settings of the partition.</param>
    /// <param name="entity">Tenant and legal entity that it is about.</param>
    /// <param name="files">What is tested: whenever it was registered, it is there from the start.</param>
    /// <param name="fromMicros">Writer time from which on it is in force.</param>
    public Backtest(PartitionOptions options, NodeKey entity, BacktestFiles files, long fromMicros)
    {
        (this.entity, this.files, this.fromMicros) = (entity, files, fromMicros);
        journal = new ScratchJournal(options.FrameBytesMax);
        commands = new PastCommands(state, journal);
        drawnLoans = new DrawnLoans(state);
        executor = new Executor(state, commands, journal, options.Rules with { SessionGapsAllowed = true }, options.FrameBytesMax);
    }

    /// <summary>What came of it.</summary>
    public BacktestTally Tally { get; } = new();

    /// <summary>Takes the next event of the journal.</summary>
    public void Take(in LedgerEvent e)
    {
        if (!isStarted && e.RecordedAtMicros >= fromMicros) Start(e.RecordedAtMicros);
        commands.LearnFrom(e);
        // What the engine does by itself the second book does by itself.
        if (!e.Kind.IsForCallers()) return;
        if (e.Kind.IsAccount()) TakeAccount(e);
        else if (e.Control is { } control && e.Outcome == OutcomeKind.Posted && !IsTested(control)) Execute(Command.Of(e.Id, control), e.RecordedAtMicros);
        // What falls due is paid on the day: before the next one begins.
        if (e.Kind == CommandKind.AdvanceBusinessDate && !drawnLoans.IsEmpty) Settle();
        else PayWhatFellDue(e.RecordedAtMicros);
    }

    /// <summary>Brings what the engine does by itself to its end: after the last event.</summary>
    public void Settle()
    {
        var nowMicros = executor.LastRecordedAtMicros;
        do
        {
            executor.Begin(nowMicros, journal.Open(executor.LastSequence + 1, nowMicros));
            LookAtLoans();
            PayWhatFellDue(nowMicros);
        }
        while (executor.EventCount > 0);
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

    /// <summary>Balances of the facilities as they are under the policy.</summary>
    public IEnumerable<(NodeKey Facility, FacilityBalances Balances)> Balances()
    {
        for (var row = 1; row < state.Facilities.End; row++)
            if (state.Facilities.Read(row) is { Id: not 0 } facility) yield return (facility.Key, facility.Balances);
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
    public void Dispose()
    {
        state.Dispose();
        journal.Dispose();
    }

    private void Start(long nowMicros)
    {
        isStarted = commands.MayDiffer = true;
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

    /// <summary>Activations of the history that would put something else in the place of what is tested.</summary>
    private bool IsTested(ControlCommand control) =>
        isStarted && RiskState.EntityOf(control.Key) == entity && (control is ActivatePolicy || (control is ActivateModel { Role: not VersionRole.Shadow } && files.Model is not null));

    private void TakeAccount(in LedgerEvent e)
    {
        if (!commands.TryTake(e, out var command))
        {
            if (RiskState.EntityOf(e.Key) == entity) Tally.LeaveOut();
            return;
        }
        // A person let a loan through that was drawn here at once: from now on it is seen how it was paid.
        if (e.Kind == CommandKind.ResolveReferral && e.IsApproval && drawnLoans.Forget(command.Reference))
        {
            commands.Note(e.Sequence, command.Reference);
            return;
        }
        var outcome = Execute(command, e.RecordedAtMicros);
        if (outcome.Sequence != 0) commands.Note(e.Sequence, outcome.Sequence);
        if (isStarted && e.Kind.IsRequest() && RiskState.EntityOf(e.Key) == entity) Compare(e, outcome);
    }

    private void Compare(in LedgerEvent e, in Outcome outcome)
    {
        var (was, isNow) = (e.IsApproval, outcome.Kind is OutcomeKind.Approved or OutcomeKind.ApprovedInPart);
        Tally.Add(e.Key, was, isNow, e.Amount, outcome.Amount, outcome.Risk.Model is null ? double.NaN : outcome.Risk.Score);
        if (!isNow || was) return;
        // Nobody saw how a hold that was never given would have been used, or a loan that was never drawn repaid.
        if (e.Kind == CommandKind.Drawdown && e.Control is not null) drawnLoans.Add(outcome.Sequence);
        if (e.Kind == CommandKind.Authorize)
            Execute(new Command { Kind = CommandKind.Capture, Id = NextId(e.RecordedAtMicros), Facility = e.Key, Currency = e.Currency, Amount = outcome.Amount, Reference = outcome.Sequence, Options = CommandOptions.Final }, e.RecordedAtMicros);
    }

    private Outcome Execute(in Command command, long nowMicros)
    {
        one[0] = command;
        executor.Begin(nowMicros, journal.Open(executor.LastSequence + 1, nowMicros));
        while (executor.Execute(one, answer) == 0)
        {
            // The engine's own work, such as a month end, filled the frame: it goes on with it in the next until the command has room.
            LookAtLoans();
            executor.Begin(nowMicros, journal.Open(executor.LastSequence + 1, nowMicros));
        }
        LookAtLoans();
        return answer[0];
    }

    private void PayWhatFellDue(long nowMicros)
    {
        while (drawnLoans.TryTakeDue(out var repayment)) Execute(repayment with { Id = NextId(nowMicros) }, nowMicros);
    }

    private void LookAtLoans()
    {
        if (!drawnLoans.IsEmpty) journal.ReadOpen(e => drawnLoans.Look(e));
    }

    private RequestId NextId(long nowMicros) => RequestId.ForTime(nowMicros / 1_000, 0xBAC, ++idCount);
}
