using CreditGrains.Domain.Limits;

namespace CreditGrains.Domain.Tests.Limits;

public sealed class NodeKeyTests
{
    [Theory]
    [InlineData(1, 1, 1, NodeKind.Facility, true)]
    [InlineData(long.MaxValue, 65_535, 65_535, NodeKind.Pool, true)]
    [InlineData(0, 1, 1, NodeKind.Facility, false)]
    [InlineData(-1, 1, 1, NodeKind.Facility, false)]
    [InlineData(1, 0, 1, NodeKind.Facility, false)]
    [InlineData(1, 1, 0, NodeKind.Facility, false)]
    [InlineData(1, 1, 1, NodeKind.None, false)]
    [InlineData(1, 1, 1, (NodeKind)11, false)]
    public void IsValid_OfParts_NeedsEachInRange(long id, ushort tenant, ushort entity, NodeKind kind, bool valid) =>
        Assert.Equal(valid, new NodeKey(id, tenant, entity, kind).IsValid);

    [Fact]
    public void Default_IsNoKey() => Assert.False(default(NodeKey).IsValid);

    [Fact]
    public void Facility_OfItsParts_IsAFacilityOfThem()
    {
        var key = NodeKey.Facility(2, 3, 4);
        Assert.Equal(new NodeKey(4, 2, 3, NodeKind.Facility), key);
        Assert.True(key.IsFacility);
        Assert.Equal("Facility/2/3/4", key.ToString());
    }
}
