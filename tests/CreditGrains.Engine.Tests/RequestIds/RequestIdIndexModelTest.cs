using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>Random sequences of everything a host may do, against a dictionary. The seed in a failure's name reproduces it.</summary>
public sealed class RequestIdIndexModelTest
{
    private const int Seeds = 150;
    private const int Steps = 1_200;
    private const long WindowMillis = 12_000;

    public static TheoryData<int> Blocks() => [.. Enumerable.Range(0, 10)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Index_AfterAnySequence_AnswersAsTheModel(int block)
    {
        for (int seed = block * Seeds / 10; seed < (block + 1) * Seeds / 10; seed++)
        {
            using var run = new Run((ulong)seed);
            try
            {
                for (int step = 0; step < Steps; step++) run.Step();
                run.CheckAll();
            }
            catch (Exception cause) when (cause is not SimulatedCrashException)
            {
                throw new InvalidOperationException($"Seed {seed}: {cause.Message}", cause);
            }
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly SeededChance _chance;
        private readonly IndexHost _host;
        private readonly List<(ushort Tenant, RequestId Id, RequestIdEntry Entry)> _history = [];
        private readonly List<(ushort Tenant, RequestId Id, DiskAnswer Answer)> _stale = [];
        private Dictionary<(ushort, RequestId), RequestIdEntry> _model = [];
        private long _floor;

        public Run(ulong seed)
        {
            _chance = new SeededChance(seed);
            var options = new RequestIdOptions
            {
                SegmentMillis = 1_000,
                WindowMillis = WindowMillis,
                MemoryEntriesMax = 20 + _chance.Below(100),
                FilterBytesMax = _chance.Happens(0.3) ? 512 : 1 << 20,
                RunsPerSegmentMax = 1 + _chance.Below(4),
                Seed = new UInt128(seed, ~seed),
            };
            _host = new IndexHost(new FakeDisk(seed), options);
        }

        public void Step()
        {
            switch (_chance.Below(100))
            {
                case < 45: AddOne(); break;
                case < 60: FindOne(); break;
                case < 68: LookAhead(); break;
                case < 76: UseStale(); break;
                case < 88: Spill(); break;
                case < 91: ReplaceOne(); break;
                case < 97: Capture(); break;
                case < 99: Forget(); break;
                default: Crash(); break;
            }
        }

        public void CheckAll()
        {
            foreach (((ushort tenant, RequestId id), RequestIdEntry entry) in _model) Assert.Equal(entry, _host.Find(tenant, id));
        }

        public void Dispose() => _host.Dispose();

        // Few bits, so that ids differ only in tenant or millisecond.
        private (ushort Tenant, RequestId Id) Any() =>
            ((ushort)_chance.Below(3), IndexHost.Id(_floor + _chance.Below((int)WindowMillis), (ulong)_chance.Below(3)));

        private void AddOne()
        {
            (ushort tenant, RequestId id) = Any();
            if (_model.TryGetValue((tenant, id), out RequestIdEntry known))
            {
                Assert.Equal(known, _host.Find(tenant, id));
                return;
            }
            Assert.Null(_host.Find(tenant, id));
            Record(tenant, id, _host.Add(tenant, id, (uint)_chance.Below(1000), _chance.Happens(0.1)));
        }

        private void FindOne()
        {
            (ushort tenant, RequestId id) = AnyKnown();
            Assert.Equal(Expected(tenant, id), _host.Find(tenant, id));
        }

        private void LookAhead()
        {
            (ushort tenant, RequestId id) = AnyKnown();
            bool isFound = _host.Index.DiskLookup.TryFindOnDisk(tenant, id, out DiskAnswer answer);
            Assert.Equal(isFound, answer.IsFound);
            _stale.Add((tenant, id, answer));
        }

        private void UseStale()
        {
            if (_stale.Count == 0) return;
            (ushort tenant, RequestId id, DiskAnswer answer) = _stale[_chance.Below(_stale.Count)];
            if (id.UnixMillis >= _host.Index.FirstMillis) Assert.Equal(Expected(tenant, id), _host.Find(tenant, id, answer));
        }

        private void Spill()
        {
            if (_host.Work is null)
            {
                _host.TakeSpill();
            }
            else if (_chance.Happens(0.2))
            {
                _host.Disk.FailNextWrites();
                Assert.Throws<StoreWriteFailedException>(_host.Work.Write);
                _host.ReturnSpill();
            }
            else
            {
                _host.Work.Write();
                _host.CompleteSpill();
            }
        }

        private void ReplaceOne()
        {
            if (_history.Count == 0) return;
            (ushort tenant, RequestId id, _) = _history[_chance.Below(_history.Count)];
            if (_model.ContainsKey((tenant, id))) Record(tenant, id, _host.Replace(tenant, id));
        }

        private void Capture()
        {
            if (!_host.IsCapturing) _host.BeginCapture();
            else _host.CaptureNext();
        }

        private void Forget()
        {
            _floor += _chance.Below(1_500);
            _host.Index.ForgetBefore(IndexHost.Start + _floor);
            foreach ((ushort, RequestId Id) key in _model.Keys.Where(key => key.Item2.UnixMillis < _host.Index.FirstMillis).ToList())
                _model.Remove(key);
        }

        private void Crash()
        {
            _host.CrashAndRestore(_host.LastSequence - _chance.Below(20));
            _history.RemoveRange((int)_host.LastSequence, _history.Count - (int)_host.LastSequence);
            _stale.Clear();
            _model = [];
            foreach ((ushort tenant, RequestId id, RequestIdEntry entry) in _history)
            {
                if (id.UnixMillis >= _host.Index.FirstMillis) _model[(tenant, id)] = entry;
            }
            CheckAll();
        }

        private void Record(ushort tenant, RequestId id, RequestIdEntry entry)
        {
            _history.Add((tenant, id, entry));
            _model[(tenant, id)] = entry;
        }

        private (ushort Tenant, RequestId Id) AnyKnown()
        {
            if (_history.Count == 0 || _chance.Happens(0.3)) return Any();
            (ushort tenant, RequestId id, _) = _history[_chance.Below(_history.Count)];
            return id.UnixMillis >= _host.Index.FirstMillis ? (tenant, id) : Any();
        }

        private RequestIdEntry? Expected(ushort tenant, RequestId id) =>
            _model.TryGetValue((tenant, id), out RequestIdEntry entry) ? entry : null;
    }
}
