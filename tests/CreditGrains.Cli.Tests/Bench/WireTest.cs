using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Load;
using Google.Protobuf;
using DomainRequestId = CreditGrains.Domain.Requests.RequestId;

namespace CreditGrains.Cli.Tests.Bench;

public class WireTest
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(127, 127)]
    [InlineData(10_000_000, 2_099)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Authorization_Written_IsWhatTheGeneratedClassReads(long facility, long amount)
    {
        var id = DomainRequestId.ForTime(1_700_000_000_000, 5, 6);
        var bytes = new byte[AuthorizationWire.LengthMax];
        var length = AuthorizationWire.Write(new Authorization(id, facility, amount), bytes);
        var request = AuthorizeRequest.Parser.ParseFrom(bytes, 0, length);
        var expected = new AuthorizeRequest
        {
            RequestId = ByteString.CopyFrom(id.ToGuid().ToByteArray(bigEndian: true)),
            Facility = new FacilityKey { Tenant = 1, LegalEntity = 1, Id = facility },
            Amount = amount,
            Currency = "EUR",
            Channel = Channel.PointOfSale,
            MerchantCategory = AuthorizationWire.MerchantCategory,
        };
        Assert.Equal(expected, request);
        Assert.Equal(expected.CalculateSize(), length);
    }

    [Fact]
    public void Decision_Written_IsReadFieldByField()
    {
        var decision = new Decision
        {
            Kind = OutcomeKind.Declined, Duplicate = true, Reason = Reason.LimitExceeded, DecisionId = 77, Amount = 12, Headroom = -5,
            Balances = new Balances { Held = 4 }, ReasonName = "LimitExceeded",
            Limits = { new FailingLimit { Limit = 5, Headroom = -1 } },
        };
        Assert.True(DecisionWire.TryRead(decision.ToByteArray(), out var fields));
        Assert.Equal((3, true, 112, 77L, 12L), ((int)fields.Kind, fields.Duplicate, (int)fields.Reason, fields.DecisionId, fields.Amount));
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0806")]
    [InlineData("4a05ff")]
    [InlineData("0b")]
    public void Decision_Malformed_IsNotRead(string bytes) => Assert.False(DecisionWire.TryRead(Convert.FromHexString(bytes), out _));

    [Fact]
    public void Source_ManyRequests_AreUniqueAndInRange()
    {
        var source = new AuthorizationSource(10, 1, TimeProvider.System);
        var seen = new HashSet<DomainRequestId>();
        var facilities = new HashSet<long>();
        for (var i = 0; i < 10_000; i++)
        {
            var next = source.Next();
            Assert.True(seen.Add(next.Id) && next.Id.IsTimeOrdered);
            Assert.InRange(next.Amount, 100, 2_099);
            facilities.Add(next.Facility);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), facilities.Order());
    }
}
