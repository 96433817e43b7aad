using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.Tests.EndToEnd;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>Answered requests sent again to a real engine.</summary>
public sealed class AskedAgainTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Requests_RepeatedUnderTheirNumber_AreAsBefore_AllOthersAreNot()
    {
        using var channel = new RpcChannel(new Uri(server.Address));
        // The book is empty: what is asked is declined, which is journaled and repeated like an approval.
        var source = new AuthorizationSource(1_000, 5, TimeProvider.System, holdSeconds: 5);
        var answered = new List<AnsweredRequest>();
        for (var i = 0; i < 10; i++)
        {
            var request = source.Next();
            var bytes = new byte[AuthorizationWire.LengthMax];
            var decision = await channel.UnaryAsync(Calls.Authorize, V1.AuthorizeRequest.Parser.ParseFrom(bytes, 0, AuthorizationWire.Write(request, bytes)));
            Assert.True(decision.DecisionId > 0);
            answered.Add(new AnsweredRequest(request, decision.DecisionId));
        }

        Assert.Equal(0, await AskedAgain.CountOthersAsync(channel, answered));
        answered[3] = answered[3] with { DecisionId = answered[3].DecisionId + 1 };
        answered[5] = answered[5] with { Request = source.Next() };
        answered[7] = answered[7] with { Request = answered[7].Request with { Amount = 7 } };
        Assert.Equal(3, await AskedAgain.CountOthersAsync(channel, answered));
    }
}
