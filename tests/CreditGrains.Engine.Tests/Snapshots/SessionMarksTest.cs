using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Tests.Snapshots;

/// <summary>The marks of sessions are handed out in parts, as of the start, and only what goes on from what is there is taken.</summary>
public sealed class SessionMarksTest
{
    [Theory]
    [InlineData(34)]
    [InlineData(60)]
    [InlineData(1 << 16)]
    public void Parts_OfAnySize_GiveTheMarksAsOfTheStart(int partBytes)
    {
        var small = Sessions(1, 64, 65, 1_000);
        var expected = SmallStateCodec.Write(small);
        var head = SmallStateCodec.WriteWithoutMarks(small);
        var marks = new SessionMarks(small);
        for (var place = 1_001; place <= 2_000; place++) small.Sessions[(1, 3)].Advance(place, place * 7);
        var loaded = new SmallState();
        SmallStateCodec.Read(head, loaded);
        foreach (var part in Parts(marks, partBytes)) Assert.True(SessionMarks.TryLoad(part, loaded));
        Assert.True(SessionMarks.AreComplete(loaded));
        Assert.Equal(expected, SmallStateCodec.Write(loaded));
    }

    [Fact]
    public void Part_MissingRepeatedCutOrOfAnotherSession_IsRefused()
    {
        var small = Sessions(1_000);
        var parts = Parts(new SessionMarks(small), 100);
        var loaded = new SmallState();
        SmallStateCodec.Read(SmallStateCodec.WriteWithoutMarks(small), loaded);
        Assert.False(SessionMarks.TryLoad(parts[1], loaded));
        Assert.True(SessionMarks.TryLoad(parts[0], loaded));
        Assert.False(SessionMarks.TryLoad(parts[0], loaded));
        Assert.False(SessionMarks.TryLoad(parts[1].AsSpan(0, parts[1].Length - 1), loaded));
        Assert.False(SessionMarks.TryLoad(parts[1].AsSpan(0, 5), loaded));
        Assert.False(SessionMarks.TryLoad(parts[1], new SmallState()));
        Assert.False(SessionMarks.AreComplete(loaded));
    }

    private static SmallState Sessions(params int[] places)
    {
        var small = new SmallState();
        for (var session = 0; session < places.Length; session++)
        {
            var progress = new SessionProgress();
            for (var place = 1; place <= places[session]; place++) progress.Advance(place, place * 3 + session);
            small.Sessions.Add((1, (ulong)session), progress);
        }
        return small;
    }

    private static List<byte[]> Parts(SessionMarks marks, int partBytes)
    {
        var parts = new List<byte[]>();
        var buffer = new byte[partBytes];
        for (var length = marks.TakeNext(buffer); length > 0; length = marks.TakeNext(buffer)) parts.Add(buffer[..length]);
        return parts;
    }

    [Fact]
    public void Advance_OverAVastGap_TakesOneMark_AndPlacesOnBothSidesAreFound()
    {
        var progress = new SessionProgress();
        progress.Advance(5, 100);
        progress.Advance(long.MaxValue / 2, 200);
        progress.Advance(long.MaxValue / 2 + 1, 300);
        Assert.Equal([new SessionMark(5, 100), new SessionMark(long.MaxValue / 2, 200)], progress.Marks);
        Assert.Equal((100L, 200L), progress.RangeOf(5));
        Assert.Equal((200L, long.MaxValue), progress.RangeOf(long.MaxValue / 2 + 1));
        var (start, end) = progress.RangeOf(4);
        Assert.True(end < start);
    }
}
