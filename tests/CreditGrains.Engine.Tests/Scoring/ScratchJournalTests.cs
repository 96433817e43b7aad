using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>Events of a second book are read back, from the open frame, from memory and from the file.</summary>
public sealed class ScratchJournalTests
{
    [Fact]
    public void Event_OfAnyFrame_IsReadBack()
    {
        using var journal = new ScratchJournal(512 << 10);
        var random = new Random(5);
        var (next, now) = (1L, 1_000L);
        var times = new List<long> { 0 };
        for (var frame = 0; frame < 600; frame++)
        {
            now += random.Next(3);
            var open = journal.Open(next, now);
            // Some frames have no event, some are larger than what is written at once.
            var count = frame % 100 == 50 ? 4_000 : random.Next(4);
            for (var i = 0; i < count; i++, next++)
            {
                open.Advance(EventCodec.Write(Of(next), open.GetSpan(EventCodec.LengthMax)));
                times.Add(now);
            }
        }

        foreach (var sequence in Enumerable.Range(1, (int)next - 1).Select(each => (long)each).Concat(Enumerable.Range(0, 2_000).Select(_ => random.NextInt64(1, next))))
        {
            Assert.True(journal.TryRead(sequence, out var e), $"{sequence} of {next - 1}");
            Assert.Equal((sequence, times[(int)sequence], sequence * 7), (e.Sequence, e.RecordedAtMicros, e.AmountAsked));
        }

        Assert.False(journal.TryRead(0, out _));
        Assert.False(journal.TryRead(next, out _));
    }

    [Fact]
    public void File_HasNoNameWhileItIsUsed()
    {
        var before = Directory.GetFiles(Path.GetTempPath());
        using var journal = new ScratchJournal(512 << 10);
        for (var sequence = 1L; sequence < 20_000; sequence++)
        {
            var open = journal.Open(sequence, sequence);
            open.Advance(EventCodec.Write(Of(sequence), open.GetSpan(EventCodec.LengthMax)));
        }

        Assert.True(journal.TryRead(1, out _));
        Assert.DoesNotContain(Directory.GetFiles(Path.GetTempPath()).Except(before), path => new FileInfo(path).Length == journal.FileBytes);
        Assert.True(journal.FileBytes > 256 << 10);
    }

    private static LedgerEvent Of(long sequence) => new()
    {
        Sequence = sequence, Kind = CommandKind.PostFee, Outcome = OutcomeKind.Posted, Key = NodeKey.Facility(1, 1, sequence), Currency = Currency.Parse("EUR"), AmountAsked = sequence * 7, Amount = sequence * 7,
    };
}
