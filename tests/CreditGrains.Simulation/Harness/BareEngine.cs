using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Simulation.Harness;

/// <summary>The shipped executor over tables alone, its events kept in a list: no disk, no snapshots. Finds what the rules and the engine disagree on.</summary>
internal sealed class BareEngine : IRequestIds, IDecisionReader, IDisposable
{
    private readonly PartitionState _state = new();
    private readonly Executor _executor;
    private readonly FrameBuffer _frame = new();
    private readonly Dictionary<(ushort, RequestId), (long, uint, bool)> _ids = [];
    private long _first;

    public BareEngine(EngineRules rules) => _executor = new Executor(_state, this, this, rules);

    public List<LedgerEvent> Journal { get; } = [];

    public static IReadOnlyList<NodeKey> SliceOf(in LedgerEvent e) => e.Slice ?? [];

    public Outcome[] Execute(ReadOnlySpan<Command> commands, long now)
    {
        var outcomes = new Outcome[commands.Length];
        _frame.Clear();
        _first = _executor.LastSequence + 1;
        _executor.Begin(now, _frame);
        for (int i = 0; i < commands.Length; i++)
        {
            _executor.Execute(commands.Slice(i, 1), outcomes.AsSpan(i, 1));
            Read();
        }
        Read();
        for (int i = 0; i < commands.Length; i++)
        {
            if (!outcomes[i].Duplicate) continue;
            Outcomes.Fill(Journal[(int)outcomes[i].Sequence - 1], ref outcomes[i]);
            outcomes[i].Duplicate = true;
        }
        return outcomes;
    }

    public void Dispose() => _state.Dispose();

    private void Read()
    {
        ReadOnlySpan<byte> payload = _frame.Payload;
        for (long sequence = _first; !payload.IsEmpty; sequence++)
        {
            int length = EventCodec.LengthOf(payload);
            if (sequence > Journal.Count)
            {
                EventCodec.Read(payload[..length], sequence, _executor.LastRecordedAtMicros, out LedgerEvent e);
                Journal.Add(e);
            }
            payload = payload[length..];
        }
    }

    void IRequestIds.Prefetch(ushort tenant, in RequestId id)
    {
    }

    bool IRequestIds.TryFind(ushort tenant, in RequestId id, out long sequence, out uint fingerprint, out bool isTombstone)
    {
        bool found = _ids.TryGetValue((tenant, id), out (long, uint, bool) entry);
        (sequence, fingerprint, isTombstone) = entry;
        return found;
    }

    void IRequestIds.Add(ushort tenant, in RequestId id, long sequence, uint fingerprint, bool isTombstone) =>
        _ids[(tenant, id)] = (sequence, fingerprint, isTombstone);

    bool IDecisionReader.TryRead(long sequence, out LedgerEvent e)
    {
        Read();
        e = Journal[(int)sequence - 1];
        return true;
    }
}
