using System.Buffers;
using System.Net;
using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Commands;
using CreditGrains.Api.Tests.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Decisions;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Services;

/// <summary>LimitService over the transport: unary, batch and stream, as gRPC and as JSON.</summary>
public sealed class LimitServiceTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Service = "LimitService";

    [Fact]
    public async Task Authorize_Approved_NamesItsHold()
    {
        var decision = await AuthorizeAsync(host.Authorize(12_900));
        Assert.Equal(V1.OutcomeKind.Approved, decision.Kind);
        Assert.Equal((12_900, decision.DecisionId, FakeEngine.Limit - 12_900), (decision.Amount, decision.HoldId, decision.Headroom));
        Assert.Equal(12_900, decision.Balances.Held);
    }

    [Fact]
    public async Task Authorize_Repeated_IsAnsweredTheSameAsDuplicate()
    {
        var request = host.Authorize(50);
        var first = await AuthorizeAsync(request);
        var second = await AuthorizeAsync(request);
        Assert.False(first.Duplicate);
        Assert.True(second.Duplicate);
        second.Duplicate = false;
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Authorize_AboveTheLimit_DeclinesWithTheLimit()
    {
        var decision = await AuthorizeAsync(host.Authorize(FakeEngine.Limit + 1));
        Assert.Equal((V1.OutcomeKind.Declined, V1.Reason.LimitExceeded, "LimitExceeded"), (decision.Kind, decision.Reason, decision.ReasonName));
        Assert.Equal((42, FakeEngine.Limit, 0L), (decision.Limits[0].Node.Id, decision.Limits[0].Limit, decision.HoldId));
    }

    [Fact]
    public async Task Authorize_WithABadField_IsRefusedAsData()
    {
        var request = host.Authorize(1);
        request.Currency = "euro";
        var decision = await AuthorizeAsync(request);
        Assert.Equal((V1.OutcomeKind.Refused, V1.Reason.InvalidCurrency), (decision.Kind, decision.Reason));
        Assert.Contains("euro", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryAccountCommand_SentAsItsMethodAndInExecute_IsAnsweredTheSame()
    {
        foreach (var sample in Samples.Accounts())
        {
            var command = sample with { Id = Domain.Requests.RequestId.FromGuid(host.NewId()) };
            var message = CommandMapping.Write(command);
            var body = (IMessage)V1.Command.Descriptor.FindFieldByNumber((int)message.CommandCase).Accessor.GetValue(message);
            var raw = new Api.Transport.Client.RpcMethod<byte[], V1.Decision>(
                $"/creditgrains.v1.{(command.Kind == CommandKind.RequestReview ? "RiskService" : Service)}/{command.Kind}", (bytes, output) => output.Write(bytes), bytes => V1.Decision.Parser.ParseFrom(bytes));
            var own = await host.Channel.UnaryAsync(raw, body.ToByteArray());
            var executed = await host.CallAsync<V1.Command, V1.Decision>(Service, "Execute", message);
            // What is refused takes no id, so it is refused again.
            Assert.True(executed.Duplicate == (own.Kind != V1.OutcomeKind.Refused), $"{command.Kind}: {executed.Reason} {executed.Message}");
            executed.Duplicate = false;
            Assert.Equal(own, executed);
        }
    }

    [Fact]
    public async Task ExecuteBatch_WithARefusalAmongThem_KeepsPlaces()
    {
        var request = new V1.ExecuteBatchRequest
        {
            Tag = 9,
            Commands =
            {
                new V1.Command { Authorize = host.Authorize(1) },
                new V1.Command(),
                new V1.Command { Authorize = host.Authorize(FakeEngine.Limit + 1) },
                new V1.Command { Authorize = host.Authorize(2) },
            },
        };
        var reply = await host.CallAsync<V1.ExecuteBatchRequest, V1.ExecuteBatchReply>(Service, "ExecuteBatch", request);
        Assert.Equal(9UL, reply.Tag);
        Assert.Equal(
            [V1.OutcomeKind.Approved, V1.OutcomeKind.Refused, V1.OutcomeKind.Declined, V1.OutcomeKind.Approved], reply.Decisions.Select(d => d.Kind));
        Assert.Equal(V1.Reason.InvalidKind, reply.Decisions[1].Reason);
        Assert.Contains("missing", reply.Decisions[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public async Task AuthorizeBatch_OfAWrongLength_IsInvalid(int length)
    {
        var request = new V1.AuthorizeBatchRequest();
        for (var i = 0; i < length; i++) request.Requests.Add(new V1.AuthorizeRequest());
        var failure = await Assert.ThrowsAsync<RpcException>(() => host.CallAsync<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>(Service, "AuthorizeBatch", request));
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
    }

    [Fact]
    public async Task AuthorizeBatch_AtFullLength_IsAnsweredInOrder()
    {
        var request = new V1.AuthorizeBatchRequest { Tag = 3 };
        for (var i = 1; i <= 10_000; i++) request.Requests.Add(host.Authorize(i));
        var reply = await host.CallAsync<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>(Service, "AuthorizeBatch", request);
        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => (long)i), reply.Decisions.Select(d => d.Amount));
    }

    [Fact]
    public async Task Json_Authorize_WorksAsCurlSendsIt()
    {
        var (status, body) = await host.PostAsync("/creditgrains.v1.LimitService/Authorize",
            $$"""{"request_uuid":"{{host.NewId()}}","facility":{"tenant":1,"legal_entity":1,"id":"42"},"amount":"12900","currency":"EUR","channel":"CHANNEL_ONLINE"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("OUTCOME_KIND_APPROVED", (string?)body["kind"]);
        Assert.Equal("12900", (string?)body["amount"]);
        Assert.Equal("REASON_NONE", (string?)body["reason"]);
    }

    [Fact]
    public async Task Json_WithAnUnknownField_IsBadRequestThatNamesIt()
    {
        var (status, body) = await host.PostAsync("/creditgrains.v1.LimitService/Authorize", """{"amont":1}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("amont", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Reason.EngineStopped, StatusCode.Unavailable)]
    [InlineData(Reason.Overloaded, StatusCode.ResourceExhausted)]
    [InlineData(Reason.StandbyLost, StatusCode.Unavailable)]
    [InlineData(Reason.DeadlineExceeded, StatusCode.DeadlineExceeded)]
    [InlineData(Reason.DiskFull, StatusCode.FailedPrecondition)]
    [InlineData(Reason.ClockStepUnconfirmed, StatusCode.FailedPrecondition)]
    public async Task EngineThatCannotServe_IsAStatusForOneAndDataInABatch(Reason reason, StatusCode status)
    {
        host.Engine.Refuse = reason;
        try
        {
            var hot = await Assert.ThrowsAsync<RpcException>(() => AuthorizeAsync(host.Authorize(1)));
            var cold = await Assert.ThrowsAsync<RpcException>(() => host.CallAsync<V1.Command, V1.Decision>(Service, "Execute", new() { Authorize = host.Authorize(1) }));
            var batch = await host.CallAsync<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>(Service, "AuthorizeBatch", new() { Requests = { host.Authorize(1) } });
            Assert.Equal((status, status), (hot.Code, cold.Code));
            Assert.Contains(reason.ToString(), hot.Message, StringComparison.Ordinal);
            Assert.Equal((V1.Reason)reason, batch.Decisions[0].Reason);
        }
        finally
        {
            host.Engine.Refuse = Reason.None;
        }
    }

    private Task<V1.Decision> AuthorizeAsync(V1.AuthorizeRequest request) => host.CallAsync<V1.AuthorizeRequest, V1.Decision>(Service, "Authorize", request);
}
