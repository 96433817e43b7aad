using CreditGrains.Api.Services;
using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Tests.Services;

/// <summary>The streams of batches: several in flight, answers in order, bounds and ends.</summary>
public sealed class StreamTests : HostedTests
{
    [Fact]
    public async Task AuthorizeStream_ManyBatches_AnswersInOrderWithTheirTags()
    {
        using var stream = Open();
        for (ulong tag = 1; tag <= 100; tag++) await stream.WriteAsync(Batch(tag, length: (int)tag));
        await stream.CompleteAsync();
        var expected = 1UL;
        await foreach (var reply in stream.ReadAllAsync())
        {
            Assert.Equal((expected, (int)expected), (reply.Tag, reply.Decisions.Count));
            expected++;
        }

        Assert.Equal(101UL, expected);
    }

    [Fact]
    public async Task AuthorizeStream_BeforeAnythingIsDurable_HasEightBatchesInFlightAndNoMore()
    {
        var flush = new TaskCompletionSource();
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var submitted = 0;
        Host.Engine.Flush = flush.Task;
        Host.Engine.OnSubmitted = _ =>
        {
            if (Interlocked.Increment(ref submitted) == BatchPipeline.InFlightMax) full.SetResult();
        };
        using var stream = Open();
        for (ulong tag = 1; tag <= 30; tag++) await stream.WriteAsync(Batch(tag, 1));
        await stream.CompleteAsync();
        await full.Task;
        // A later call is served meanwhile, so had a ninth batch been let in it would have been counted by then.
        await Host.CallAsync<V1.GetStatusRequest, V1.GetStatusReply>("QueryService", "GetStatus", new());
        Assert.Equal(BatchPipeline.InFlightMax, Volatile.Read(ref submitted));
        flush.SetResult();
        Assert.Equal(30, await stream.ReadAllAsync().CountAsync());
    }

    [Fact]
    public async Task AuthorizeStream_WithAnEmptyBatch_AnswersThoseBeforeItAndFails()
    {
        using var stream = Open();
        await stream.WriteAsync(Batch(1, 2));
        await stream.WriteAsync(Batch(2, 0));
        var replies = new List<ulong>();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var reply in stream.ReadAllAsync()) replies.Add(reply.Tag);
        });
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([1UL], replies);
    }

    [Fact]
    public async Task ExecuteStream_OfCommands_AnswersInOrder()
    {
        using var stream = Host.Channel.Duplex(ApiHost.Method<V1.ExecuteBatchRequest, V1.ExecuteBatchReply>("LimitService", "ExecuteStream"));
        for (ulong tag = 1; tag <= 20; tag++)
            await stream.WriteAsync(new() { Tag = tag, Commands = { new V1.Command { Authorize = Host.Authorize(1) }, new V1.Command() } });
        await stream.CompleteAsync();
        var tags = new List<ulong>();
        await foreach (var reply in stream.ReadAllAsync())
        {
            tags.Add(reply.Tag);
            Assert.Equal([V1.OutcomeKind.Approved, V1.OutcomeKind.Refused], reply.Decisions.Select(decision => decision.Kind));
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(tag => (ulong)tag), tags);
    }

    [Fact]
    public async Task AuthorizeStream_GivenUpByTheCaller_LeavesTheServerServing()
    {
        var flush = new TaskCompletionSource();
        Host.Engine.Flush = flush.Task;
        var stream = Open();
        await stream.WriteAsync(Batch(1, 3));
        stream.Dispose();
        flush.SetResult();
        var decision = await Host.CallAsync<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize", Host.Authorize(1));
        Assert.Equal(V1.OutcomeKind.Approved, decision.Kind);
    }

    private Api.Transport.Client.DuplexStream<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply> Open() =>
        Host.Channel.Duplex(ApiHost.Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeStream"));

    private V1.AuthorizeBatchRequest Batch(ulong tag, int length)
    {
        var batch = new V1.AuthorizeBatchRequest { Tag = tag };
        for (var i = 0; i < length; i++) batch.Requests.Add(Host.Authorize(i + 1));
        return batch;
    }
}
