using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Hosting;

/// <summary>What silos may open of a database's connections.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData("Host=x", 32, 2, 29)]
    [InlineData("Host=x;Maximum Pool Size=100", 100, 6, 93)]
    [InlineData("Host=x;MaxPoolSize=12", 12, 2, 9)]
    public void Share_OfAConnectionString_IsDealtWhole(string connection, int whole, int storage, int main) =>
        Assert.Equal(new ConnectionShare(whole, storage, main), ConnectionShare.Of(connection, journalConnections: 4));

    [Fact]
    public void Share_TooSmallForTheJournal_IsRefusedWithWhatIsNeeded() =>
        Assert.Contains("needs 12 or more", Assert.Throws<ArgumentException>(() => ConnectionShare.Of("Host=x;Maximum Pool Size=11", 4)).Message, StringComparison.Ordinal);

    [ClusterFact]
    public async Task Claim_BeyondWhatTheServerAllows_IsRefusedAndPossibleWhenOthersAreGone()
    {
        using var server = PostgresServer.Start("-c max_connections=50");
        var share = ConnectionShare.Of("Host=x;Maximum Pool Size=24", 4);
        await using var first = await ConnectionClaim.TakeAsync(server.ConnectionString, share, TimeProvider.System);
        var second = await ConnectionClaim.TakeAsync(server.ConnectionString, share with { Whole = 23 }, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<ClusterStartException>(() => ConnectionClaim.TakeAsync(server.ConnectionString, share with { Whole = 1 }, TimeProvider.System));
        Assert.Contains("silos that run already 47: together 48, and the server allows 47", refused.Message, StringComparison.Ordinal);
        await second.DisposeAsync();
        await (await ConnectionClaim.TakeAsync(server.ConnectionString, share with { Whole = 1 }, TimeProvider.System)).DisposeAsync();
    }
}
