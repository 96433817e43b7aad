using System.Buffers;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Tests.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Services;

/// <summary>ControlService over the transport, but for the import.</summary>
public sealed class ControlServiceTests : HostedTests
{
    [Fact]
    public async Task EveryControlCommand_SentAsItsMethod_IsPostedAndShownInItsDecision()
    {
        // Parts of files and what is made of them have no method of their own: RiskService sends them.
        foreach (var control in Samples.Controls().Where(control => !control.Kind.IsRisk()))
        {
            var message = CommandMapping.Write(Command.Of(RequestId.FromGuid(Host.NewId()), control));
            var body = (IMessage)V1.Command.Descriptor.FindFieldByNumber((int)message.CommandCase).Accessor.GetValue(message);
            var raw = new Api.Transport.Client.RpcMethod<byte[], V1.Decision>(
                $"/creditgrains.v1.{(control is PoolCommand ? "PoolService" : "ControlService")}/{control.Kind}", (bytes, output) => output.Write(bytes), bytes => V1.Decision.Parser.ParseFrom(bytes));
            var decision = await Host.Channel.UnaryAsync(raw, body.ToByteArray());
            Assert.Equal(V1.OutcomeKind.Posted, decision.Kind);
            var shown = await Host.CallAsync<V1.GetDecisionRequest, V1.GetDecisionReply>("QueryService", "GetDecision", new() { DecisionId = decision.DecisionId });
            Assert.Equal(CommandMapping.Write(control), shown.Event.Control);
        }
    }

    [Fact]
    public async Task EveryCommandOfModelsAndPolicies_SentByExecute_IsPostedAndShownInItsDecision()
    {
        foreach (var control in Samples.Controls().Where(control => control.Kind.IsRisk()))
        {
            var decision = await Host.CallAsync<V1.Command, V1.Decision>("LimitService", "Execute", CommandMapping.Write(Command.Of(RequestId.FromGuid(Host.NewId()), control)));
            Assert.Equal(V1.OutcomeKind.Posted, decision.Kind);
            var shown = await Host.CallAsync<V1.GetDecisionRequest, V1.GetDecisionReply>("QueryService", "GetDecision", new() { DecisionId = decision.DecisionId });
            Assert.Equal(CommandMapping.Write(control), shown.Event.Control);
        }
    }

    [Fact]
    public async Task ConfirmClock_AfterAStep_LetsApprovalsResume()
    {
        Host.Engine.Refuse = Reason.ClockStepUnconfirmed;
        Assert.True((await StatusAsync()).ClockStepPending);
        await Host.CallAsync<V1.ConfirmClockRequest, V1.ConfirmClockReply>("ControlService", "ConfirmClock", new());
        Assert.False((await StatusAsync()).ClockStepPending);
    }

    [Fact]
    public async Task Snapshot_WhenVerified_SaysWhatItHolds()
    {
        await Host.CallAsync<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize", Host.Authorize(1));
        var reply = await Host.CallAsync<V1.SnapshotRequest, V1.SnapshotReply>("ControlService", "Snapshot", new());
        Assert.Equal(1, reply.DecisionId);
    }

    [Fact]
    public async Task Snapshot_OnADiskThatRefuses_IsNamedAndTellsNoPath()
    {
        await AssertSnapshotAsync(new StoreFullException("/data/snapshot-1"), StatusCode.FailedPrecondition, "DiskFull: ");
        await AssertSnapshotAsync(new StoreSyncFailedException("/data/snapshot-1"), StatusCode.Unavailable, "SyncFailed: ");
    }

    private async Task AssertSnapshotAsync(Exception cause, StatusCode code, string name)
    {
        Host.Engine.SnapshotFailure = cause;
        var failure = await Assert.ThrowsAsync<RpcException>(() => Host.CallAsync<V1.SnapshotRequest, V1.SnapshotReply>("ControlService", "Snapshot", new()));
        Assert.Equal(code, failure.Code);
        Assert.StartsWith(name, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/data", failure.Message, StringComparison.Ordinal);
    }

    private Task<V1.GetStatusReply> StatusAsync() => Host.CallAsync<V1.GetStatusRequest, V1.GetStatusReply>("QueryService", "GetStatus", new());
}
