using CreditGrains.Dashboard.Accounts;
using CreditGrains.Dashboard.Groups;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Tests.Accounts;

/// <summary>What people type, and what concentration is.</summary>
public sealed class AccountTests
{
    [Theory]
    [InlineData("1001", "Facility/7/3/1001")]
    [InlineData("2/1001", "Facility/7/2/1001")]
    [InlineData("enterprise 10", "Enterprise/7/3/10")]
    [InlineData("Group 4/20", "ObligorGroup/7/4/20")]
    [InlineData("account 5", "Facility/7/3/5")]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("70000/1", null)]
    [InlineData("1/2/3", null)]
    [InlineData("castle 10", null)]
    [InlineData("1 10", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("", null)]
    public void KeyOf_WhatIsTyped_IsAKeyOrNone(string text, string? key) =>
        Assert.Equal(key, AccountSearch.KeyOf(text, tenant: 7, legalEntity: 3)?.ToString());

    [Fact]
    public void Concentration_OfFourAlike_IsAQuarter()
    {
        var parts = Concentration.Of(Enumerable.Range(0, 4).Select(_ => Node(250)))!;
        Assert.Equal(0.25, parts.TopRatio, 12);
        Assert.Equal(0.25, parts.Herfindahl, 12);
        Assert.Equal(1, parts.TopTenRatio, 12);
    }

    [Fact]
    public void Concentration_OfNothing_IsNone() => Assert.Null(Concentration.Of([Node(0), Node(null)]));

    private static NodeView Node(long? exposure) => new(new NodeKey(1, 1, 1, NodeKind.Enterprise), Currency.Parse("EUR"), NodeStatus.Active, default, 1_000, exposure, 1_000 - exposure, 1_000_000, -1, 0, [], [], []);
}
