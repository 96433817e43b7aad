using System.Numerics;
using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model.Loans;

namespace CreditGrains.Simulation.Model;

/// <summary>
/// The rules of docs/rules.md a second time: dictionaries, unbounded integers, nothing cached. It is shown every journaled
/// event in order and says what the event must be; it shares no rule with the engine.
/// </summary>
internal sealed class ReferenceModel
{
    private readonly Regraph _regraph;

    /// <param name="regraphFacilitiesMax">Facilities a change of the graph may move at once.</param>
    public ReferenceModel(int regraphFacilitiesMax = 10_000) => _regraph = new Regraph(World, regraphFacilitiesMax);

    public World World { get; } = new();

    /// <summary>Whether facilities still wait for their slice.</summary>
    public bool IsRegraphing => _regraph.IsUnderWay;

    /// <summary>
    /// Takes the next event of the journal. Without its command the model reads one off the event.
    /// </summary>
    /// <exception cref="ModelMismatchException">The rules say otherwise.</exception>
    public void Observe(EventRecord actual, Command? command = null)
    {
        ArgumentNullException.ThrowIfNull(actual);
        Require(actual.Sequence == World.LastSequence + 1, $"sequence {actual.Sequence} follows {World.LastSequence}");
        Require(actual.RecordedAtMicros >= World.LastRecordedAt, $"event {actual.Sequence}: writer time went back from {World.LastRecordedAt} to {actual.RecordedAtMicros}");
        if (OwnActs.IsEngineMade(actual.Kind))
        {
            ObserveEngine(actual);
            return;
        }
        Command given = command ?? EventReading.CommandOf(actual, World);
        World.UnknownProductFault = actual.LoanFault;
        Admission admission = Admissions.Of(World, given, actual.RecordedAtMicros);
        Require(admission.Reason == Reason.None && admission.Earlier is null, $"event {actual.Sequence} {actual.Kind}: must not be journaled, {admission}");
        EventRecord expected = Expect(given, actual.RecordedAtMicros, actual.Reason);
        EventDiff.Check(expected, actual, given);
    }

    /// <summary>Decides a command that was admitted, and takes the event as the next of the journal.</summary>
    public EventRecord Expect(in Command command, long now, Reason hint = Reason.None)
    {
        long sequence = World.LastSequence + 1;
        ushort tenant = command.Facility.Tenant;
        bool isBarred = World.Tombstones.ContainsKey((tenant, command.Id));
        bool isLookedUp = command.Kind == CommandKind.Reverse && !isBarred && !IsOriginalTooOld(command, now);
        Entry? original = isLookedUp ? World.Ids.GetValueOrDefault((tenant, command.Original)) : null;
        ModelFacility? facility = World.Facility(original is null ? command.Facility : original.Event.Key);
        if (facility is not null) RequireCurrent(facility, sequence, now);
        if (facility is not null && LoanRules.Behind(World, facility) is { } behind)
            throw new ModelMismatchException($"event {sequence} on {facility.Key} at {now}: loan {behind.Reference} had to be brought to the business date before");
        if (facility is null && World.Node(command.Facility) is { } node && node.Ceiling.IsDue(now)) node.Ceiling.Settle(now);

        Verdict verdict = isBarred ? Verdict.Declined(Reason.Tombstoned) : Decide(command, original, facility, hint, sequence, now);
        if (command.Kind == CommandKind.OpenFacility) facility ??= World.Facility(command.Facility);
        if (facility is not null) Effects.Finish(facility);
        EventRecord expected = Record(command, verdict, facility, sequence, now);
        if (facility is not null) facility.LastSequence = sequence;
        Remember(command, expected, facility, verdict);
        return expected;
    }

    /// <summary>Decides an act of the engine's own, and takes the event as the next of the journal.</summary>
    public EventRecord ExpectEngine(CommandKind kind, NodeKey key, long reference, long now)
    {
        long sequence = World.LastSequence + 1;
        ModelFacility? facility = World.Facility(key);
        if (facility is not null) Regraph.BringCurrent(facility);
        Verdict verdict = new OwnActs(World, now).Execute(kind, key, reference);
        if (facility is not null) Effects.Finish(facility);
        var command = new Command { Kind = kind, Facility = key, Reference = reference, Currency = facility?.Currency ?? default };
        EventRecord expected = Record(command, verdict, facility, sequence, now);
        if (facility is not null) facility.LastSequence = sequence;
        Remember(command, expected, facility, verdict);
        return expected;
    }

    /// <summary>What must become of a command before it is evaluated.</summary>
    public Admission Admit(in Command command, long now) => Admissions.Of(World, command, now);

    /// <summary>Compares a facility as a query shows it.</summary>
    /// <exception cref="ModelMismatchException">The rules say otherwise.</exception>
    public void CheckFacility(FacilityView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        new ViewRules(World, view.AsOfMicros).CheckFacility(view);
    }

    /// <summary>Compares all that queries show at one writer time.</summary>
    /// <exception cref="ModelMismatchException">The rules say otherwise.</exception>
    public void CheckViews(IEnumerable<FacilityView> facilities, IEnumerable<NodeView> nodes, long now)
    {
        var rules = new ViewRules(World, now);
        foreach (FacilityView facility in facilities) rules.CheckFacility(facility);
        foreach (NodeView node in nodes) rules.CheckNode(node);
    }

    private void ObserveEngine(EventRecord actual)
    {
        switch (actual.Kind)
        {
            case CommandKind.RegraphSlice:
                ObserveSlice(actual);
                break;
            case CommandKind.StateDigest:
                Take(actual.Sequence, actual.RecordedAtMicros);
                break;
            default:
                EventRecord expected = ExpectEngine(actual.Kind, actual.Key, actual.Reference, actual.RecordedAtMicros);
                EventDiff.Check(expected, actual, null);
                break;
        }
    }

    private void ObserveSlice(EventRecord actual)
    {
        Require(IsRegraphing, $"event {actual.Sequence}: a slice without a change of the graph under way");
        foreach (NodeKey key in actual.Regraphed)
        {
            ModelFacility facility = World.Facility(key) ?? throw new ModelMismatchException($"event {actual.Sequence}: slice moves {key}, which is no facility");
            Regraph.BringCurrent(facility);
        }
        if (actual.Regraphed.Count == 0) _regraph.End();
        Take(actual.Sequence, actual.RecordedAtMicros);
    }

    private Verdict Decide(in Command command, Entry? original, ModelFacility? facility, Reason hint, long sequence, long now)
    {
        if (command.Kind == CommandKind.Reverse) return Reverse(command, original, now);
        if (command.Control is { } control && control is not (LoanOffer or LoanTakeover))
        {
            return control is OpenNode or OpenFacility or LinkNode or UnlinkNode or MoveFacility or TransferToPool
                ? new GraphRules(World, _regraph, hint, now).Execute(control)
                : new ControlRules(World, now).Execute(control);
        }
        return facility is null ? Verdict.Declined(Reason.UnknownFacility) : new AccountRules(World, facility, command, sequence, now).Execute();
    }

    private Verdict Reverse(in Command command, Entry? original, long now)
    {
        if (IsOriginalTooOld(command, now)) return Verdict.Declined(Reason.OriginalTooOld);
        if (World.Tombstones.ContainsKey((command.Facility.Tenant, command.Original)) && original is null) return Verdict.Declined(Reason.AlreadyReversed);
        if (original is not null)
        {
            return original.Facility is null || original.Event.Control is not (null or LoanOffer or LoanTakeover)
                ? Verdict.Declined(Reason.NothingToReverse)
                : new ReversalRules(World, original, now).Execute();
        }
        return new Verdict { Kind = OutcomeKind.Posted, IsTombstone = true };
    }

    private static bool IsOriginalTooOld(in Command command, long now) =>
        command.Original.IsTimeOrdered && Admissions.IsTooOld(command.Original, now);

    // Before a command on a facility: its slice has come, and nothing of it is overdue.
    private void RequireCurrent(ModelFacility facility, long sequence, long now)
    {
        Regraph.BringCurrent(facility);
        ModelItem? due = facility.Items.Values.FirstOrDefault(item => item.IsDue(now));
        Require(due is null, $"event {sequence} on {facility.Key} at {now}: {due?.Kind} {due?.Reference} ended at {due?.End} and had to be ended before");
        Require(!facility.Ceiling.IsDue(now), $"event {sequence} on {facility.Key} at {now}: a dated limit fell due and had to take effect before");
    }

    private static EventRecord Record(in Command command, Verdict verdict, ModelFacility? facility, long sequence, long now) => new()
    {
        Sequence = sequence,
        RecordedAtMicros = now,
        Kind = command.Kind,
        Outcome = verdict.Kind,
        Reason = verdict.Reason,
        Id = command.Id,
        Key = command.Kind == CommandKind.Reverse && facility is not null ? facility.Key : command.Facility,
        // A mismatch is journaled under the facility's currency.
        Currency = verdict.Reason == Reason.CurrencyMismatch && facility is not null ? facility.Currency : command.Currency,
        AmountAsked = command.Amount,
        Amount = Exact.ToLong(verdict.Amount),
        AmountMin = command.AmountMin,
        Reference = command.Reference,
        Original = command.Original,
        OccurredAtMicros = command.OccurredAtMicros,
        ExpiresAtMicros = verdict.End,
        Channel = command.Channel,
        Options = command.Options,
        MerchantCategory = command.MerchantCategory,
        Scenario = command.Scenario,
        FeesPart = Exact.ToLong(verdict.Allocation?.Fees ?? command.FeesDelta),
        InterestPart = Exact.ToLong(verdict.Allocation?.Interest ?? command.InterestDelta),
        CreditPart = Exact.ToLong(verdict.Allocation?.Credit ?? 0),
        Balances = facility?.Purse.ToContract() ?? default,
        Headroom = facility is null ? 0 : Exact.ToLong(HeadroomOf(facility, now)),
        PreviousSequence = facility?.LastSequence ?? 0,
        Limits = verdict.Limits,
        Attributes = command.Attributes,
        Control = command.Control,
        Loans = verdict.Loans,
        LoanFault = verdict.LoanFault,
    };

    internal static BigInteger HeadroomOf(ModelFacility facility, long now) => facility.Ceiling.Counted - Book.Own(facility, 0);

    private void Remember(in Command command, EventRecord expected, ModelFacility? facility, Verdict verdict)
    {
        Take(expected.Sequence, expected.RecordedAtMicros);
        var entry = new Entry { Event = expected, Command = command, Facility = facility, Allocation = verdict.Allocation, AcceptedKind = verdict.AcceptedKind };
        World.Entries.Add(expected.Sequence, entry);
        if (LoanOffer.Of(command.Control) is { Product: { } product } && (verdict.Loans.Count > 0 || expected.Outcome == OutcomeKind.Referred)) World.Products[product.Hash] = product.Product;
        if (verdict.IsTombstone) World.Tombstones.Add((command.Facility.Tenant, command.Original), entry);
        if (command.Id == default) return;
        World.Ids.Add((command.Facility.Tenant, command.Id), entry);
        if (command.Id.IsSession) World.Sessions[(command.Facility.Tenant, command.Id.Session)] = command.Id.SessionSequence;
    }

    private void Take(long sequence, long now)
    {
        World.LastSequence = sequence;
        World.LastRecordedAt = now;
    }

    private static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) throw new ModelMismatchException(otherwise.Message());
    }
}
