using BenchmarkDotNet.Attributes;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;

namespace CreditGrains.Benchmarks.Events;

/// <summary>The event of a four-node approval to bytes and back.</summary>
[MemoryDiagnoser]
public class EventCodecBenchmark
{
    private const long RecordedAtMicros = 1_700_000_000_000_000;
    private const long Sequence = 50_000_000;
    private readonly byte[] bytes = new byte[EventCodec.LengthMax];
    private LedgerEvent approval;
    private int length;

    [GlobalSetup]
    public void Setup()
    {
        approval = new LedgerEvent
        {
            Sequence = Sequence,
            RecordedAtMicros = RecordedAtMicros,
            Kind = CommandKind.Authorize,
            Outcome = OutcomeKind.Approved,
            Key = NodeKey.Facility(1, 1, 7_654_321),
            Id = RequestId.ForTime(RecordedAtMicros / 1_000, 5, 6),
            Fingerprint = 0xDEADBEEF,
            Currency = Currency.Parse("EUR"),
            Channel = Channel.PointOfSale,
            MerchantCategory = 5411,
            AmountAsked = 12_900,
            Amount = 12_900,
            ExpiresAtSeconds = RecordedAtMicros / 1_000_000 + 7 * 86_400,
            Balances = default(FacilityBalances) with { Held = 12_900 },
            Headroom = 9_987_100,
            PreviousSequence = Sequence - 10_000_000,
        };
        length = EventCodec.Write(approval, bytes);
    }

    [Benchmark]
    public int Write() => EventCodec.Write(approval, bytes);

    [Benchmark]
    public long Read()
    {
        EventCodec.Read(bytes.AsSpan(0, length), Sequence, RecordedAtMicros, out var read);
        return read.Headroom;
    }
}
