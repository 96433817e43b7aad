using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Simulation.Clients;
using CreditGrains.Simulation.Disk;
using CreditGrains.Simulation.Model;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Harness;

/// <summary>
/// Runs the shipped engine and journal on a fake clock and a fake disk, by a seed: clients that retry, crashes at any disk
/// operation, failing and full disks, clock steps. Everything it does follows from the seed.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private const long Start = 1_780_000_000_000_000;
    private const long TickMicros = 60_000_000;
    private const int OpeningsMax = 50;
    private const int HangRounds = 12;
    private const int ChunksMax = 64;
    private const int LastTurnsMax = 400;

    private readonly Dice _dice;
    private readonly SimulationOptions _options;
    private readonly int _turns;
    private readonly PartitionOptions _partitionOptions;
    private readonly FakeDisk _disk;
    private readonly IFileStore _store;
    private readonly Verifier _verifier;
    private readonly TimeSource _time;
    private readonly Fleet _fleet;
    private readonly Chronicle _chronicle = new();
    private readonly SnapshotScratch _chunks = new(ChunksMax);
    private readonly Troubles _troubles = new();
    private readonly Queue<Submission> _waiting = new();
    private readonly List<FeedReader> _feeds = [new(), new()];
    private Host? _host;
    private Turn? _lost;
    private int _turn;

    private Simulation(ulong seed, SimulationOptions options)
    {
        _options = options;
        _turns = options.TurnsOf(seed);
        _dice = new Dice(seed);
        _partitionOptions = SmallPartition.Options(_dice.Fork());
        Dice delays = _dice.Fork();
        _disk = new FakeDisk(_dice.Next(), new FakeDiskOptions
        {
            SectorSurvivalRatio = _dice.Below(11) / 10.0,
            DirectorySurvivalRatio = _dice.Below(11) / 10.0,
            OnOperation = _ => Delay(delays),
        });
        _store = options.Fault == PlantedFault.NoSync ? new LyingStore(_disk) : _disk;
        _verifier = new Verifier(_partitionOptions);
        World world = _verifier.Model.World;
        _time = new TimeSource(_dice.Fork(), world, Start);
        _fleet = new Fleet(_dice.Fork(), new WorldPlan(_dice.Fork(), Start), new Profile(_dice.Fork()), world);
    }

    /// <summary>Runs a seed.</summary>
    /// <exception cref="SimulationFailedException">A promise was broken; the message says how to run it again.</exception>
    public static SimulationResult Run(ulong seed, SimulationOptions? options = null)
    {
        using var simulation = new Simulation(seed, options ?? new SimulationOptions());
        try
        {
            return simulation.Run();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new SimulationFailedException(seed, simulation._turn, simulation._chronicle, failure);
        }
    }

    public void Dispose()
    {
        _host?.Dispose();
        _verifier.Dispose();
    }

    private SimulationResult Run()
    {
        Open();
        for (_turn = 1; _turn <= _turns; _turn++) Survive(Step);
        _disk.CrashAtOperation = null;
        _disk.Options.CapacityBytes = long.MaxValue;
        _disk.Heal();
        for (bool isDone = false; !isDone;) Survive(() => isDone = FinishAll());
        _options.AtEnd?.Invoke(_disk, _host!.Partition);
        _troubles.Note(Trouble.SyncFailed, _disk.FailedSyncs);
        _troubles.Note(Trouble.WriteFailed, _disk.FailedWrites);
        _troubles.Note(Trouble.MixedWrites, _disk.MixedCrashes);
        return new SimulationResult(_verifier.Journal.Count, _disk.Operations, _verifier.Model.World.LastRecordedAt, _troubles);
    }

    // Most operations take no time worth a thought; now and then one hangs, as a disk does that retries within.
    private void Delay(Dice dice)
    {
        if (!dice.Percent(1)) return;
        _troubles.Note(Trouble.SlowDisk);
        _time.Pass(dice.Weighted([60, 30, 10]) switch
        {
            0 => dice.Between(1_000, 900_000),
            1 => dice.Between(1, 30) * TimeSource.Second,
            _ => dice.Between(1, 10) * TickMicros,
        });
    }

    // Power may go at any operation, a disk may fail, a bit flip: then comes the next life.
    private void Survive(Action act)
    {
        try
        {
            act();
        }
        catch (SimulatedCrashException)
        {
            Restart(hasPower: _dice.Percent(20));
        }
        catch (Exception failure) when (_disk.IsDecayed && Damage.IsNamed(failure))
        {
            NoteRefusal(failure);
            _disk.Heal();
            Restart(hasPower: _dice.Percent(50));
        }
        catch (Exception failure) when (failure is StoreException or JournalException && !Damage.IsFound(failure))
        {
            _chronicle.Note(() => $"the disk failed: {failure.Message}");
            Restart(hasPower: _dice.Percent(50));
        }
    }

    private void Step()
    {
        PlanTrouble();
        PassTime();
        Host host = _host!;
        Submission[] submissions = NextSubmissions();
        if (_dice.Percent(70)) host.LookAhead(submissions);
        host.WorkBeside();
        if (_dice.Percent(15)) HangInFlush(host);
        List<NodeRead> reads = [.. _verifier.Model.World.Nodes.Values.OfType<ModelFacility>().Where(_ => _dice.Percent(6)).Select(facility => new NodeRead(facility.Key))];
        Turn? turn = host.Decide(submissions, _time.Now, reads);
        Note(turn, submissions);
        if (turn is not null)
        {
            foreach (Submission left in submissions.Skip(turn.Submissions.Length)) _waiting.Enqueue(left);
        }
        host.HandOver(turn);
        if (_dice.Percent(50)) host.HandOver(null);
        foreach (FeedReader feed in _feeds.Where(_ => _dice.Percent(20))) feed.Read(host.Partition, _verifier);
        if (_dice.Percent(2)) RestartInOrder();
    }

    // A flush that takes long: what goes on beside it gets far, and power may well go before it ends.
    private void HangInFlush(Host host)
    {
        if (_disk.CrashAtOperation is null && _dice.Percent(20)) _disk.CrashAtOperation = _disk.Operations + _dice.Between(1, 60);
        for (int left = HangRounds; left > 0; left--) host.WorkBeside();
    }

    private Submission[] NextSubmissions()
    {
        List<Submission> next = [];
        while (_waiting.TryDequeue(out Submission left)) next.Add(left);
        int count = next.Count > 0 ? 0 : _dice.Weighted([1, 4, 4, 4, 4, 2, 2, 1, 1]);
        for (int i = 0; i < count; i++) next.Add(_fleet.Next(_time.Now));
        return [.. next];
    }

    // A host ticks while it idles, so a pause is no step; a step that nobody saw coming must be confirmed.
    private void PassTime()
    {
        long before = _time.Now;
        _time.Advance();
        if (_time.Now < before) _troubles.Note(Trouble.ClockWentBack);
        Partition partition = _host!.Partition;
        if (!_dice.Percent(15))
        {
            for (long tick = before + TickMicros; tick < _time.Now; tick += TickMicros) partition.Tick(tick);
        }
        partition.Tick(_time.Now);
        if (partition.IsClockStepPending && _dice.Percent(30)) partition.ConfirmClock(_time.Now);
    }

    private void PlanTrouble()
    {
        if (_disk.CrashAtOperation is null && _dice.Percent(5)) _disk.CrashAtOperation = _disk.Operations + _dice.Between(1, 30);
        if (_dice.Below(250) == 0) _disk.FailNextSyncs();
        if (_dice.Below(250) == 0) _disk.FailNextWrites();
        if (_disk.IsDecayed)
        {
            if (_dice.Percent(20)) _disk.Heal();
        }
        else if (_dice.Percent(2) && _disk.Decay() is { } place)
        {
            _troubles.Note(Trouble.BitFlipped);
            _chronicle.Note(() => $"a bit flipped in {place}");
        }
        if (_disk.Options.CapacityBytes != long.MaxValue)
        {
            if (_dice.Percent(30)) _disk.Options.CapacityBytes = long.MaxValue;
        }
        else if (_dice.Percent(2))
        {
            _disk.Options.CapacityBytes = _disk.UsedBytes + _dice.Between(0, 1 << 20);
        }
    }

    private void RestartInOrder()
    {
        _host!.HandOver(null);
        EndLife();
        _disk.CrashAtOperation = null;
        Open();
    }

    private void EndLife()
    {
        _host?.Dispose();
        _host = null;
    }

    private void NoteRefusal(Exception refusal)
    {
        _troubles.Note(Trouble.FlipRefused);
        _chronicle.Note(() => $"refused: {refusal.Message}");
    }

    private void Restart(bool hasPower)
    {
        _troubles.Note(hasPower ? Trouble.ProcessDied : Trouble.PowerLost);
        _lost = _host?.InFlight ?? _lost;
        EndLife();
        _waiting.Clear();
        if (hasPower) _disk.Restart();
        else _disk.Crash();
        _disk.CrashAtOperation = _dice.Percent(15) ? _disk.Operations + _dice.Between(1, 12) : null;
        _disk.Options.CapacityBytes = long.MaxValue;
        _chronicle.Note(() => hasPower ? "the process died" : "power was lost");
        Open();
    }

    // Opening may itself be cut short.
    private void Open()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                OpenOnce();
                return;
            }
            catch (SimulatedCrashException) when (attempt < OpeningsMax)
            {
                _troubles.Note(Trouble.CrashInOpening);
                EndLife();
                _disk.Crash();
                _disk.CrashAtOperation = _dice.Percent(30) ? _disk.Operations + _dice.Between(1, 12) : null;
            }
            catch (Exception failure) when (_disk.IsDecayed && Damage.IsNamed(failure))
            {
                NoteRefusal(failure);
                EndLife();
                _disk.Restart();
                _disk.Heal();
            }
        }
    }

    private void OpenOnce()
    {
        _host = new Host(_store, _partitionOptions, _verifier, _dice.Fork(), _chunks, _troubles, _options.Fault, _time.Now);
        Partition partition = _host.Partition;
        (long opened, long snapshot, long before) = (partition.Executor.LastSequence, partition.SnapshotSequence, _verifier.Journal.Count);
        _chronicle.Note(() => $"opened at event {opened}, snapshot {snapshot}");
        Faults.AfterOpening(_options.Fault, partition, _store, _partitionOptions);
        _verifier.Recovered(partition, _lost, checksDigests: _turn <= _turns && _dice.Percent(40));
        if (snapshot > 0) _troubles.Note(Trouble.OpenedFromSnapshot);
        if (partition.Journal.Recovery.CutBytes > 0) _troubles.Note(Trouble.FrameCut);
        if (_lost is { Events.Count: > 0 }) _troubles.Note(_verifier.Journal.Count > before ? Trouble.FrameSurvived : Trouble.FrameLost);
        if (_disk.IsDecayed) _troubles.Note(Trouble.FlipOutlived);
        _lost = null;
    }

    // Without further trouble everyone gets an answer, and all of it holds once more after a restart.
    private bool FinishAll()
    {
        _host!.HandOver(null);
        for (int left = LastTurnsMax; left > 0 && _fleet.Clients.Any(client => client.Unanswered.Count > 0); left--)
        {
            _host.Partition.ConfirmClock(_time.Now);
            Submission[] again = [.. _fleet.Unanswered().Take(20)];
            _host.HandOver(_host.Decide(again, _time.Now, []));
            _host.HandOver(null);
        }
        if (_fleet.Clients.FirstOrDefault(client => client.Unanswered.Count > 0) is { } unheard)
        {
            throw new PromiseBrokenException($"{unheard.Unanswered[0].Kind} {unheard.Unanswered[0].Id} was never answered");
        }
        foreach (FeedReader feed in _feeds) feed.Read(_host.Partition, _verifier);
        RestartInOrder();
        foreach (FeedReader feed in _feeds) feed.RequireAll(_verifier);
        _verifier.CheckDigestsFromTheStart(_host.Partition);
        if (_dice.Percent(50)) _verifier.CheckFromEventsAlone();
        return true;
    }

    private void Note(Turn? turn, Submission[] submissions) => Note(turn, submissions, _turn, _time.Now);

    private void Note(Turn? turn, Submission[] submissions, int number, long now) => _chronicle.Note(() =>
        $"turn {number} at {now}: events {turn?.FirstSequence} to {turn?.LastSequence}; "
            + string.Join(", ", submissions.Select((submission, i) => $"{submission.Command.Kind}{(turn is not null && i < turn.Outcomes.Length ? $" {turn.Outcomes[i].Kind} {turn.Outcomes[i].Reason}" : " waits")}")));
}

/// <summary>What a seed came to.</summary>
internal readonly record struct SimulationResult(int Events, long DiskOperations, long LastRecordedAtMicros, Troubles Troubles);
