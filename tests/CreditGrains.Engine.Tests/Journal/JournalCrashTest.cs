using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Whatever a crash does, what was acknowledged comes back, in order, and at most one frame more.</summary>
public sealed class JournalCrashTest
{
    private const int RandomSeeds = 3_000;
    private const int FramesMax = 24;

    [Fact]
    public void Crash_AtEveryOperation_KeepsAcknowledgedFrames()
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            var rehearsal = new FakeDisk(seed);
            new Run(rehearsal, seed).AppendUntilCrash();
            for (long operation = 1; operation <= rehearsal.Operations; operation++) CrashAndRecover(seed, operation);
        }
    }

    [Fact]
    public void Crash_AtRandomOperations_TwiceInARow_KeepsAcknowledgedFrames()
    {
        for (ulong seed = 100; seed < 100 + RandomSeeds; seed++)
        {
            var chance = new SeededChance(seed);
            CrashAndRecover(seed, 1 + chance.Below(140), 1 + chance.Below(12), 1 + chance.Below(60));
        }
    }

    [Fact]
    public void SyncFailure_AtRandomSyncs_ThenRestartOrCrash_KeepsAcknowledgedFrames()
    {
        for (ulong seed = 100_000; seed < 100_000 + RandomSeeds; seed++)
        {
            var chance = new SeededChance(seed);
            var disk = new FakeDisk(seed);
            var run = new Run(disk, seed);
            run.AppendUntilFailure(chance.Below(FramesMax), failsWrite: chance.Happens(0.3));
            // The memory of the operating system survives; what recovery accepts from it must then survive a power cut.
            if (chance.Happens(0.7)) disk.Restart();
            else disk.Crash();
            run.Recover();
            disk.Crash();
            run.Recover();
        }
    }

    private static void CrashAndRecover(ulong seed, params long[] crashes)
    {
        var disk = new FakeDisk(seed);
        var run = new Run(disk, seed);
        foreach (long operation in crashes)
        {
            disk.CrashAtOperation = disk.Operations + operation;
            run.AppendUntilCrash();
            disk.Crash();
            run.Check();
        }
        run.Recover();
        run.AppendUntilCrash();
        disk.Crash();
        run.Recover();
    }

    /// <summary>A writer's history: what was acknowledged, and the one frame that may or may not be there.</summary>
    private sealed class Run(FakeDisk disk, ulong seed)
    {
        private readonly SeededChance _chance = new(~seed);
        private readonly List<(long Sequence, byte[] Payload)> _acknowledged = [];
        private (long Sequence, byte[] Payload)? _pending;

        public void AppendUntilCrash()
        {
            try
            {
                using PartitionJournal journal = JournalBench.Open(disk, fromSequence: 1);
                Learn();
                int frames = 1 + _chance.Below(FramesMax);
                for (int i = 0; i < frames; i++) Append(journal.Writer);
            }
            catch (SimulatedCrashException)
            {
                // The point of the run.
                return;
            }
        }

        public void AppendUntilFailure(int framesBefore, bool failsWrite)
        {
            using PartitionJournal journal = JournalBench.Open(disk);
            for (int i = 0; i < framesBefore; i++) Append(journal.Writer);
            if (failsWrite) disk.FailNextWrites();
            else disk.FailNextSyncs();
            Assert.ThrowsAny<StoreException>(() => Append(journal.Writer));
            Assert.Throws<JournalPoisonedException>(() => Append(journal.Writer));
            Assert.Throws<JournalPoisonedException>(() => journal.Writer.TryReserve(1, out _));
        }

        public void Recover()
        {
            using (JournalBench.Open(disk)) Learn();
        }

        /// <summary>What a verification shows is what was acknowledged, and at most the pending frame.</summary>
        public void Check() => Compare(JournalBench.ReadAll(disk));

        // After an opening for write the pending frame's fate is decided for good.
        private void Learn()
        {
            List<(long Sequence, byte[] Payload)> read = JournalBench.ReadAll(disk);
            Compare(read);
            if (_pending is { } pending && read.Count > _acknowledged.Count) _acknowledged.Add(pending);
            _pending = null;
        }

        private void Append(JournalWriter writer)
        {
            byte[] payload = JournalBench.Payload(_chance.Below(int.MaxValue), 1 + _chance.Below(2048));
            int events = 1 + _chance.Below(9);
            if (!writer.IsPoisoned)
            {
                Assert.True(writer.TryReserve(payload.Length, out _));
                _pending = (writer.NextSequence, payload);
            }
            writer.Append(payload, events, writer.NextSequence, writer.LastRecordedAt);
            _acknowledged.Add(_pending!.Value);
            _pending = null;
        }

        private void Compare(List<(long Sequence, byte[] Payload)> read)
        {
            Assert.InRange(read.Count, _acknowledged.Count, _acknowledged.Count + (_pending is null ? 0 : 1));
            for (int i = 0; i < read.Count; i++)
            {
                (long sequence, byte[] payload) = i < _acknowledged.Count ? _acknowledged[i] : _pending!.Value;
                Assert.Equal(sequence, read[i].Sequence);
                Assert.True(payload.AsSpan().SequenceEqual(read[i].Payload), $"seed {seed}: another payload at {sequence}");
            }
        }
    }
}
