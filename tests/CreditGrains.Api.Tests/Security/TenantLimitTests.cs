using CreditGrains.Api.Security.Limits;
using CreditGrains.Api.Transport;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Limits of tenants over the wire: items of batches and streams count one by one.</summary>
public sealed class TenantLimitTests
{
    [Fact]
    public async Task Batch_BeyondTheTenantsRate_IsRefusedByNameAndDoesNothing()
    {
        await using var server = await StartAsync(settings => settings with { Limits = [new TenantLimit { Tenant = 1, CommandsPerSecond = 1, Burst = 40 }] });
        var key = server.AddKey("pos", tenant: 1, "decide,read");
        await RoleTests.SettleAsync(server, key);
        var batch = new V1.AuthorizeBatchRequest { Requests = { Enumerable.Range(0, 30).Select(_ => Authorize(1, 1, 9999, 1)) } };
        var client = server.Client(key);
        await client.UnaryAsync(Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeBatch"), batch);
        var before = (await server.Running.Engine.GetStatusAsync()).LastSequence;
        batch = new V1.AuthorizeBatchRequest { Requests = { Enumerable.Range(0, 30).Select(_ => Authorize(1, 1, 9999, 1)) } };
        var refused = await RefusalOf(() => client.UnaryAsync(Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeBatch"), batch));
        Assert.Equal(StatusCode.ResourceExhausted, refused.Code);
        Assert.StartsWith("TooManyCommands", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await server.Running.Engine.GetStatusAsync()).LastSequence);
    }

    [Fact]
    public async Task Streams_BeyondTheTenantsConcurrency_AreRefusedUntilOneEnds()
    {
        await using var server = await StartAsync(settings => settings with { Limits = [new TenantLimit { Tenant = 1, CommandsPerSecond = 100_000, ConcurrentCallsMax = 1 }] });
        var key = server.AddKey("pos", tenant: 1, "decide");
        await RoleTests.SettleAsync(server, key);
        var client = server.Client(key);
        using (var stream = client.Duplex(Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeStream")))
        {
            await stream.WriteAsync(new V1.AuthorizeBatchRequest { Requests = { Authorize(1, 1, 9999, 1) } });
            await using var replies = stream.ReadAllAsync().GetAsyncEnumerator();
            Assert.True(await replies.MoveNextAsync());
            var refused = await RefusalOf(() => client.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, 9999, 1)));
            Assert.StartsWith("TooManyCalls", refused.Message, StringComparison.Ordinal);
            await stream.CompleteAsync();
            Assert.False(await replies.MoveNextAsync());
        }

        // The stream's end reaches the gate a moment after its caller.
        var until = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            try
            {
                await client.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, 9999, 1));
                return;
            }
            catch (RpcException e) when (e.Code == StatusCode.ResourceExhausted && DateTime.UtcNow < until)
            {
                await Task.Yield();
            }
        }
    }
}
