using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Clients;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Harness;

/// <summary>
/// Holds the promises of DESIGN §3 against what a partition does: its durable journal as seen so far, the model that follows it,
/// every answer and every read that left the engine.
/// </summary>
/// <param name="options">Settings of the partition.</param>
internal sealed class Verifier(PartitionOptions options) : IDisposable
{
    private readonly JournalReplay _replay = new(options);
    private readonly List<FacilityView> _reads = [];

    public ReferenceModel Model { get; } = new(options.AtomicRegraphMax);

    public Correspondence Letters { get; } = new();

    /// <summary>Durable events, from the first.</summary>
    public List<EventRecord> Journal { get; } = [];

    /// <summary>Answers of a flushed turn, before they reach the clients: each is what the rules say, and its event too.</summary>
    public void Settle(Turn turn)
    {
        for (int i = 0; i < turn.Outcomes.Length; i++) SettleOne(turn, turn.Submissions[i].Command, turn.Outcomes[i]);
        TakeUpTo(turn, turn.LastSequence);
        foreach (FacilityView read in turn.Reads)
        {
            Model.CheckFacility(read);
            Witness(read);
        }
    }

    /// <summary>Takes an answer as it leaves the engine.</summary>
    public void Acknowledge(in Submission submission, in Outcome outcome)
    {
        Letters.Acknowledge(submission.Command, outcome);
        submission.Client?.Hear(submission.Command, outcome);
    }

    /// <summary>Takes a read as it leaves the engine.</summary>
    public void Witness(FacilityView read) => _reads.Add(read);

    /// <summary>What an opened partition holds: all that was durable, at most the one turn in flight, and the same state either way.</summary>
    public void Recovered(Partition partition, Turn? inFlight, bool checksDigests)
    {
        List<EventRecord> found = JournalReading.All(partition);
        Require(found.Count >= Journal.Count, $"the journal ends at {found.Count}; {Journal.Count} was durable");
        for (int i = 0; i < Journal.Count; i++) Require(EventDiff.AreSame(Journal[i], found[i]), $"event {i + 1} is another after the restart: {Journal[i]}, then {found[i]}");
        int more = found.Count - Journal.Count;
        if (more > 0) Survived(found, inFlight, more);
        Require(partition.Executor.LastSequence == Journal.Count, $"the state is of event {partition.Executor.LastSequence}, the journal ends at {Journal.Count}");
        CheckAnswers(partition);
        CheckReads();
        if (checksDigests) _replay.Check(partition, found);
        CheckViews(partition);
    }

    /// <summary>Every node and facility as queries show them.</summary>
    public void CheckViews(Partition partition)
    {
        var reader = new StateReader(partition.State, partition.Executor);
        long now = partition.Executor.LastRecordedAtMicros;
        List<NodeKey> keys = [.. Model.World.Nodes.Keys];
        Model.CheckViews(
            keys.Where(key => key.IsFacility).Select(key => reader.Facility(key) ?? throw new PromiseBrokenException($"{key} is gone")),
            keys.Select(key => reader.Node(key) ?? throw new PromiseBrokenException($"{key} is gone")),
            now);
    }

    /// <summary>A replay from the first event on gives the state in memory and every digest in the journal.</summary>
    public void CheckDigestsFromTheStart(Partition partition)
    {
        using var replay = new JournalReplay(options);
        replay.Check(partition, Journal);
    }

    public void Dispose() => _replay.Dispose();

    /// <summary>A model that knows only the journal agrees with all of it.</summary>
    public void CheckFromEventsAlone()
    {
        var fresh = new ReferenceModel(options.AtomicRegraphMax);
        foreach (EventRecord journaled in Journal) fresh.Observe(journaled);
    }

    private void SettleOne(Turn turn, in Command command, in Outcome outcome)
    {
        EventRecord? own = EventOf(turn, command, outcome);
        if (own is not null) TakeUpTo(turn, own.Sequence - 1);
        if (turn.IsClockStepPending && IsHeldBack(command.Kind))
        {
            Require(outcome.Reason == Reason.ClockStepUnconfirmed, $"{command.Kind} got {outcome.Kind} {outcome.Reason} while the clock's step was not confirmed");
            return;
        }
        Admission admission = Model.Admit(command, turn.RecordedAtMicros);
        string wanted = admission.IsBarred ? $"barred by {admission.Earlier!.Event.Sequence}"
            : admission.Reason != Reason.None ? $"refused {admission.Reason}"
            : admission.Earlier is { } earlier ? $"a repeat of {earlier.Event.Sequence}" : "evaluated";
        string found = outcome.Kind == OutcomeKind.Refused ? $"refused {outcome.Reason}"
            : outcome.Duplicate ? $"a repeat of {outcome.Sequence}"
            : own is null ? $"barred by {outcome.Sequence}" : "evaluated";
        Require(wanted == found, $"{command.Kind} {command.Id} {command.Control}: the rules say {wanted}, it was {found}. {outcome.Message}");
        if (own is not null) Take(own, command);
        if (outcome.Kind == OutcomeKind.Refused) return;
        string? fault = EventDiff.OutcomeFault(outcome, admission, Journal[(int)outcome.Sequence - 1]);
        Require(fault is null, $"{command.Kind} {command.Id}\n{fault}");
    }

    private static bool IsHeldBack(CommandKind kind) =>
        kind is CommandKind.Authorize or CommandKind.IncreaseHold or CommandKind.Drawdown or CommandKind.ResolveReferral;

    private static EventRecord? EventOf(Turn turn, in Command command, in Outcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Refused || outcome.Duplicate || outcome.Sequence < turn.FirstSequence) return null;
        EventRecord journaled = turn.Events[(int)(outcome.Sequence - turn.FirstSequence)];
        return journaled.Id == command.Id ? journaled : null;
    }

    private void TakeUpTo(Turn turn, long sequence)
    {
        while (Journal.Count < sequence)
        {
            EventRecord next = turn.Events[(int)(Journal.Count + 1 - turn.FirstSequence)];
            Take(next, turn.CommandOf(next));
        }
    }

    private void Take(EventRecord journaled, Command? command)
    {
        Model.Observe(journaled, command);
        Journal.Add(journaled);
    }

    private void Survived(List<EventRecord> found, Turn? inFlight, int more)
    {
        Require(inFlight is not null && inFlight.Events.Count == more && inFlight.FirstSequence == Journal.Count + 1,
            $"{more} events beyond {Journal.Count} came back; the turn in flight had {inFlight?.Events.Count ?? 0}");
        foreach (EventRecord decided in inFlight!.Events)
        {
            EventRecord survivor = found[(int)decided.Sequence - 1];
            Require(EventDiff.AreSame(decided, survivor), $"event {decided.Sequence} came back as another: {decided}, then {survivor}");
            Take(survivor, inFlight.CommandOf(decided));
        }
    }

    // Every answer for good is in the journal, and its id leads there.
    private void CheckAnswers(Partition partition)
    {
        foreach ((Command command, Outcome outcome) in Letters.Answered)
        {
            Require(outcome.Sequence <= Journal.Count, $"{command.Kind} {command.Id} was answered with event {outcome.Sequence}; the journal ends at {Journal.Count}");
            EventRecord journaled = Journal[(int)outcome.Sequence - 1];
            bool isBarring = outcome.Reason == Reason.Tombstoned && journaled.Original == command.Id;
            Require(journaled.Id == command.Id || isBarring, $"{command.Kind} {command.Id} was answered with event {outcome.Sequence}, which is {journaled.Kind} {journaled.Id}");
            if (isBarring || (command.Id.IsTimeOrdered && Admissions.IsTooOld(command.Id, partition.Executor.LastRecordedAtMicros))) continue;
            long sequence = partition.Executor.FindSequence(command.Facility.Tenant, command.Id);
            Require(sequence == outcome.Sequence, $"{command.Kind} {command.Id} was answered with event {outcome.Sequence}; its id now leads to {sequence}");
        }
    }

    // What a read showed happened: its last event is in the journal and left those balances.
    private void CheckReads()
    {
        foreach (FacilityView read in _reads)
        {
            bool isThere = read.LastSequence <= Journal.Count && Journal[(int)read.LastSequence - 1] is var last
                && last.Key == read.Node.Key && last.Balances == read.Balances;
            Require(isThere, $"a read of {read.Node.Key} showed event {read.LastSequence} and {read.Balances}, which the journal does not hold");
        }
    }

    private static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) throw new PromiseBrokenException(otherwise.Message());
    }
}
