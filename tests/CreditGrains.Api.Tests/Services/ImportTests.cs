using System.Security.Cryptography;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Decisions;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Services;

/// <summary>Bulk import: once, again, broken off, with bad rows, and out of order.</summary>
public sealed class ImportTests : HostedTests
{
    private const long RefusedByEngine = 666;
    private static readonly byte[] Hash = SHA256.HashData("a file"u8);

    [Fact]
    public async Task Import_OfAFile_CountsWhatBecameOfItsRows()
    {
        var reply = await ImportAsync(Hash, 10, 1, FakeEngine.Limit + 1, 2, FakeEngine.Limit + 2, 3);
        Assert.Equal((5, 3, 0, 0), (reply.Rows, reply.Applied, reply.Repeated, reply.Malformed));
        Assert.True(reply.Changed);
        Assert.Equal((V1.Reason.LimitExceeded, 2, "LimitExceeded"), (reply.Declined[0].Reason, reply.Declined[0].Count, reply.Declined[0].ReasonName));
        Assert.Equal([2L, 4], reply.FirstErrors.Select(error => error.Row));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Import_OfTheSameFileAgain_ChangesNothingAndSaysSo(int batchLength)
    {
        long[] amounts = [1, -1, FakeEngine.Limit + 1, 2, -2, RefusedByEngine, 3, 4];
        var first = await ImportAsync(Hash, 3, amounts);
        Assert.Equal((8, 4, 3), (first.Rows, first.Applied, first.Malformed));
        Assert.Equal([2L, 3, 5, 6], first.FirstErrors.Select(error => error.Row));
        var journaled = Host.Engine.Count;
        var second = await ImportAsync(Hash, batchLength, amounts);
        Assert.Equal((8, 0, 5, 3), (second.Rows, second.Applied, second.Repeated, second.Malformed));
        Assert.False(second.Changed);
        Assert.Empty(second.Declined);
        Assert.Equal(journaled, Host.Engine.Count);
    }

    [Fact]
    public async Task Import_BrokenOffAndSentAgain_GoesOnWhereItStopped()
    {
        await ImportAsync(Hash, 2, 1, 2, 3);
        var reply = await ImportAsync(Hash, 2, 1, 2, 3, 4, 5);
        Assert.Equal((5, 2, 3), (reply.Rows, reply.Applied, reply.Repeated));
        Assert.Equal(5, Host.Engine.Count);
    }

    [Fact]
    public async Task Import_WithMalformedRows_NamesThemAndImportsTheRest()
    {
        var reply = await ImportAsync(Hash, 3, 1, -1, 2, -2, 3);
        Assert.Equal((3, 2), (reply.Applied, reply.Malformed));
        Assert.Equal([(2L, V1.Reason.InvalidAmount), (4L, V1.Reason.InvalidAmount)], reply.FirstErrors.Select(error => (error.Row, error.Reason)));
        Assert.All(reply.FirstErrors, error => Assert.NotEqual("", error.Message));
    }

    [Fact]
    public async Task Import_WithTooManyMalformedRows_Stops()
    {
        var reply = await RunAsync(Header(Hash, malformedRowsMax: 2), Batch(1, 1, -1, -1, -1, 2), Batch(6, 3));
        Assert.True(reply.Stopped);
        Assert.Equal(3, reply.Malformed);
    }

    [Fact]
    public async Task Import_OfAnotherFileUnderTheSameHash_IsInvalid()
    {
        await ImportAsync(Hash, 2, 1, 2, 3);
        var failure = await Assert.ThrowsAsync<RpcException>(() => ImportAsync(Hash, 2, 1, 9, 3));
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Contains("Row 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_IntoAStoppedEngine_IsUnavailable()
    {
        Host.Engine.Refuse = Reason.EngineStopped;
        var failure = await Assert.ThrowsAsync<RpcException>(() => ImportAsync(Hash, 2, 1));
        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task Import_IntoAnOverloadedEngine_WaitsAndLosesNothing()
    {
        Host.Engine.Refuse = Reason.Overloaded;
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Host.Engine.OnSubmitted = _ => refused.TrySetResult();
        var importing = ImportAsync(Hash, 2, 1, 2, 3);
        await refused.Task;
        Host.Engine.Refuse = Reason.None;
        Assert.Equal(3, (await importing).Applied);
    }

    public static TheoryData<string, V1.ImportRecord[]> BadImports => new()
    {
        { "empty", [] },
        { "header", [Batch(1, 1)] },
        { "32 bytes", [Header([1, 2, 3])] },
        { "tenant", [Header(Hash, tenant: 0)] },
        { "1000", [Header(Hash, malformedRowsMax: 1_001)] },
        { "batches", [Header(Hash), Header(Hash)] },
        { "next row is 1", [Header(Hash), Batch(2, 1)] },
        { "next row is 3", [Header(Hash), Batch(1, 1, 2), Batch(4, 1)] },
        { "0 rows", [Header(Hash), Batch(1)] },
    };

    [Theory]
    [MemberData(nameof(BadImports))]
    public async Task Import_OutOfOrder_IsInvalidWithAReason(string message, V1.ImportRecord[] records)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => RunAsync(records));
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_RowOfAnotherTenant_IsMalformed()
    {
        var batch = Batch(1, 1);
        batch.Batch.Commands[0].Authorize.Facility.Tenant = 2;
        var reply = await RunAsync(Header(Hash), batch);
        Assert.Equal((0, 1, V1.Reason.InvalidKey), (reply.Applied, reply.Malformed, reply.FirstErrors[0].Reason));
    }

    private Task<V1.ImportReply> ImportAsync(byte[] hash, int batchLength, params long[] amounts) =>
        RunAsync([Header(hash), .. amounts.Chunk(batchLength).Select((chunk, i) => Batch(i * batchLength + 1, chunk))]);

    private async Task<V1.ImportReply> RunAsync(params V1.ImportRecord[] records)
    {
        using var stream = Host.Channel.ClientStreaming(ApiHost.Method<V1.ImportRecord, V1.ImportReply>("ControlService", "Import"));
        foreach (var record in records)
        {
            try
            {
                await stream.WriteAsync(record);
            }
            catch (RpcException e) when (e.Code == StatusCode.Cancelled)
            {
                break; // The server has answered early; what it said comes from CompleteAsync.
            }
        }

        return await stream.CompleteAsync();
    }

    private static V1.ImportRecord Header(byte[] hash, uint tenant = 1, uint malformedRowsMax = 0) =>
        new() { Header = new() { FileSha256 = ByteString.CopyFrom(hash), Tenant = tenant, MalformedRowsMax = malformedRowsMax } };

    private static V1.ImportRecord Batch(long firstRow, params long[] amounts) => new()
    {
        Batch = new()
        {
            FirstRow = firstRow,
            Commands = { amounts.Select(amount => new V1.Command { Authorize = new() { Facility = new() { Tenant = 1, LegalEntity = 1, Id = 42 }, Amount = amount, Currency = "EUR", Scenario = amount == RefusedByEngine ? FakeEngine.RefusedScenario : 0u } }) },
        },
    };
}
