using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Simulation.Clients;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Harness;

/// <summary>
/// One life of a partition, driven as the standalone host drives it: batches are decided while the one before is flushed, at most
/// one frame unflushed; snapshots and spills go beside. Its threads are unrolled into steps, so a seed decides their order.
/// </summary>
internal sealed class Host : IDisposable
{
    private readonly Partition _partition;
    private readonly Verifier _verifier;
    private readonly Dice _dice;
    private readonly PlantedFault _fault;
    private readonly SnapshotScratch _chunks;
    private readonly Troubles _troubles;
    private readonly List<(long Sequence, RequestIdCatalog Ids)> _taken = [];
    private SnapshotTask? _snapshot;
    private SnapshotTask? _toNote;
    private SpillWork? _spill;
    private DiskAnswers? _answers;

    public Host(IFileStore files, PartitionOptions options, Verifier verifier, Dice dice, SnapshotScratch chunks, Troubles troubles, PlantedFault fault, long now)
    {
        _chunks = chunks;
        _troubles = troubles;
        _verifier = verifier;
        _dice = dice;
        _fault = fault;
        _partition = Partition.Open(files, options, now);
    }

    public Partition Partition => _partition;

    /// <summary>The turn decided and not durable yet; null when all is.</summary>
    public Turn? InFlight { get; private set; }

    /// <summary>Looks on disk for the ids of a batch, as callers do before they wait for the writer; what goes on beside may outrun the answers.</summary>
    public void LookAhead(Submission[] submissions)
    {
        _answers = _partition.LookOnDisk([.. submissions.Select(submission => submission.Command)]);
        if (_answers is not null) _troubles.Note(Trouble.LookedOnDisk);
    }

    /// <summary>Decides a batch; commands beyond a full frame are given back. The turn in flight, if any, is flushed after.</summary>
    public Turn? Decide(Submission[] submissions, long now, List<NodeRead> reads)
    {
        DiskAnswers? answers = _answers;
        _answers = null;
        if (!_partition.TryReserve(out _))
        {
            _troubles.Note(Trouble.DiskFull);
            foreach (Submission refused in submissions) _verifier.Acknowledge(refused, new Outcome { Kind = OutcomeKind.Refused, Reason = Reason.DiskFull });
            return null;
        }
        long before = _partition.Executor.LastRecordedAtMicros;
        DecidedBatch batch = _partition.Begin(now);
        bool isPending = _partition.IsClockStepPending;
        var outcomes = new Outcome[submissions.Length];
        Command[] commands = [.. submissions.Select(submission => submission.Command)];
        int taken = _partition.Execute(commands, outcomes, answers);
        // The batch before is being flushed: loans may be aged meanwhile.
        if (InFlight is not null && _dice.Percent(30)) _partition.WorkMeanwhile();
        if (_toNote is { } noted && _partition.NoteDigest(noted.Digest, noted.Sequence)) _toNote = null;
        List<FacilityView> views = Look(reads);
        _partition.End();
        long expected = isPending ? before : Math.Max(before, now);
        if (batch.RecordedAtMicros != expected) throw new PromiseBrokenException($"writer time is {batch.RecordedAtMicros}; the clock shows {now}, it was {before}");
        var turn = new Turn(batch, submissions[..taken], outcomes[..taken], isPending);
        turn.Reads.AddRange(views);
        Faults.AfterDecision(_fault, _partition, _verifier, turn);
        return turn;
    }

    /// <summary>Flushes the turn in flight, answers it, and takes the next in its place.</summary>
    public void HandOver(Turn? next)
    {
        if (InFlight is { } flushing)
        {
            _troubles.Within(Trouble.CrashInFlush, () => _partition.Flush(flushing.Batch));
            // Durable, but in flight until answered: reading repeats back may fail.
            Answer(flushing);
        }
        InFlight = next;
    }

    /// <summary>What goes on beside the batches: snapshots, spills, the spare segment.</summary>
    public void WorkBeside()
    {
        _troubles.Within(Trouble.CrashInSnapshot, StepSnapshot);
        _troubles.Within(Trouble.CrashInSpill, StepSpill);
        if (_partition.Journal.Writer.WantsSpare && _dice.Percent(40)) _partition.Journal.Writer.PrepareSpareAhead(out _);
    }

    public void Dispose()
    {
        _snapshot?.Dispose();
        try
        {
            _partition.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // Handles of a life that ended with the machine; what is held in memory goes all the same.
            _partition.State.Dispose();
            _partition.Ids.Dispose();
        }
    }

    private List<FacilityView> Look(List<NodeRead> reads)
    {
        List<FacilityView> views = [];
        var reader = new StateReader(_partition.State, _partition.Executor);
        foreach (NodeRead read in reads)
        {
            if (reader.Facility(read.Key) is { } view) views.Add(view);
        }
        if (_fault == PlantedFault.ReadOfUnflushedState) views.ForEach(_verifier.Witness);
        return views;
    }

    private void Answer(Turn turn)
    {
        for (int i = 0; i < turn.Outcomes.Length; i++) _partition.Resolve(turn.Submissions[i].Command, ref turn.Outcomes[i]);
        _verifier.Settle(turn);
        foreach (Outcome outcome in turn.Outcomes)
        {
            if (outcome.Duplicate) _troubles.Note(outcome.Reason == Reason.Tombstoned ? Trouble.CameLate : Trouble.Repeated);
            else if (outcome.Reason == Reason.Tombstoned) _troubles.Note(Trouble.CameLate);
            else if (outcome.Reason == Reason.RequestIdTooOld) _troubles.Note(Trouble.CameTooLate);
            else if (outcome.Reason == Reason.ClockStepUnconfirmed) _troubles.Note(Trouble.ClockStepHeld);
        }
        for (int i = 0; i < turn.Outcomes.Length; i++)
        {
            if (_fault == PlantedFault.ReplyBeforeFlush && !turn.Outcomes[i].Duplicate) continue;
            // Some answers are lost on the way; the client asks again.
            if (!_dice.Percent(8)) _verifier.Acknowledge(turn.Submissions[i], turn.Outcomes[i]);
        }
    }

    private void StepSnapshot()
    {
        if (_snapshot is null)
        {
            if (_dice.Percent(4)) _chunks.Prepare([.. _partition.State.Tables.Select(table => table.BlockCount)], 4);
            if (_dice.Percent(12)) _snapshot = SnapshotTask.Begin(_partition, _chunks);
            return;
        }
        _snapshot.Capture((int)_dice.Between(1, 1 << 16));
        if (_dice.Percent(70) && !_snapshot.Write(_dice))
        {
            _troubles.Note(Trouble.SnapshotAbandoned);
            _snapshot.Dispose();
            _snapshot = null;
            return;
        }
        _snapshot.TryPutInForce(_fault == PlantedFault.SnapshotAheadOfJournal);
        if (_snapshot.IsWaiting) _troubles.Note(Trouble.SnapshotWaited);
        if (!_snapshot.IsInForce) return;
        _toNote = _snapshot;
        Retire(_snapshot);
        _snapshot.Dispose();
        _snapshot = null;
    }

    // Until two snapshots were taken in this life, an older one may still need any run.
    private void Retire(SnapshotTask snapshot)
    {
        _taken.Add((snapshot.Sequence, snapshot.Ids));
        if (_taken.Count > 2) _taken.RemoveAt(0);
        if (_taken.Count < 2) return;
        foreach (string name in _partition.Ids.TakeRetired(_taken[0].Ids)) _partition.Files.Delete(name);
    }

    private void StepSpill()
    {
        _spill ??= _partition.Ids.TakeSpillWork();
        if (_spill is null || _dice.Percent(40)) return;
        SpillWork work = _spill;
        _spill = null;
        try
        {
            work.Write();
        }
        catch (StoreException)
        {
            _partition.Ids.ReturnSpill(work);
            return;
        }
        _partition.Ids.CompleteSpill(work);
        if (_answers is not null) _troubles.Note(Trouble.AnswersOutrun);
    }
}

/// <summary>A facility to be read within a turn.</summary>
internal readonly record struct NodeRead(Domain.Limits.NodeKey Key);
