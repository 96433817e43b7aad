using CreditGrains.Domain.Requests;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests.Requests;

public sealed class RequestIdTests
{
    [Fact]
    public void FromGuid_OfTheExampleInRfc9562_GivesItsTime()
    {
        // RFC 9562 appendix A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00.
        var id = RequestId.FromGuid(Guid.Parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));
        Assert.True(id.IsTimeOrdered);
        Assert.False(id.IsSession);
        Assert.Equal(0x017F22E279B0, id.UnixMillis);
        Assert.Equal("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", id.ToString());
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")] // no id
    [InlineData("919108f7-52d1-4320-9bac-f847db4148a8")] // UUIDv4
    [InlineData("1EC9414C-232A-6B00-B3C8-9F6BDECED846")] // UUIDv6
    [InlineData("017F22E2-79B0-7CC3-18C4-DC0C0C07398F")] // version 7 with another variant
    [InlineData("017F22E2-79B0-8CC3-D8C4-DC0C0C07398F")] // version 8 with another variant
    public void Id_OfAnotherKind_IsNeitherTimeOrderedNorSession(string text)
    {
        var id = RequestId.FromGuid(Guid.Parse(text));
        Assert.False(id.IsTimeOrdered);
        Assert.False(id.IsSession);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(RequestId.SessionSequenceMax + 1)]
    public void ForSession_WithSequenceOutOfRange_Throws(long sequence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RequestId.ForSession(1, sequence));

    [Theory]
    [InlineData(-1)]
    [InlineData(1L << 48)]
    public void ForTime_OutOfRange_Throws(long unixMillis) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RequestId.ForTime(unixMillis, 0, 0));

    [Fact]
    public void ForSession_OfAnyPlace_GivesItBack()
    {
        var cases =
            from session in Always.Between(0, (1L << 60) - 1)
            from sequence in Gen.OneOf(Always.Between(1, 3), Always.Between(1, RequestId.SessionSequenceMax))
            select (Session: (ulong)session, Sequence: sequence);
        Always.Holds(cases, c =>
        {
            var id = RequestId.ForSession(c.Session, c.Sequence);
            Assert.True(id.IsSession);
            Assert.False(id.IsTimeOrdered);
            Assert.Equal((c.Session, c.Sequence), (id.Session, id.SessionSequence));
        });
    }

    [Fact]
    public void ForTime_OfAnyTime_GivesItBackAndSortsByIt()
    {
        var cases =
            from millis in Always.Between(0, (1L << 48) - 2)
            from high in Always.Between(0, long.MaxValue)
            from low in Always.Between(0, long.MaxValue)
            select (Millis: millis, High: (ulong)high, Low: (ulong)low);
        Always.Holds(cases, c =>
        {
            var id = RequestId.ForTime(c.Millis, c.High, c.Low);
            Assert.True(id.IsTimeOrdered);
            Assert.Equal(c.Millis, id.UnixMillis);
            Assert.True(string.CompareOrdinal(id.ToString(), RequestId.ForTime(c.Millis + 1, 0, 0).ToString()) < 0);
        });
    }

    [Fact]
    public void Bytes_OfAnyId_ReadBackAndAgreeWithGuid()
    {
        var cases = from high in Always.Between(0, long.MaxValue) from low in Always.Between(0, long.MaxValue) select new RequestId((ulong)high, (ulong)low);
        Always.Holds(cases, id =>
        {
            var bytes = new byte[16];
            id.WriteBytes(bytes);
            Assert.Equal(id, RequestId.FromBytes(bytes));
            Assert.Equal(id, RequestId.FromGuid(id.ToGuid()));
            Assert.Equal(new Guid(bytes, bigEndian: true), id.ToGuid());
        });
    }
}
