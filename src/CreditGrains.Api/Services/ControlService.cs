using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.ControlService: the book and the engine. The calls are described in its proto.</summary>
internal sealed class ControlService(EngineAccess access)
{
    private readonly CommandCalls calls = new(access);

    public void Bind(ServiceTable table)
    {
        var binder = table.Bind(V1.ControlServiceReflection.Descriptor.Services[0]);
        BindCommands(binder);
        binder
            .Unary<V1.ConfirmClockRequest, V1.ConfirmClockReply>("ConfirmClock", async (_, context) =>
            {
                await access.For(context).ConfirmClockAsync().Guarded();
                return new V1.ConfirmClockReply();
            })
            .Unary<V1.SnapshotRequest, V1.SnapshotReply>("Snapshot", async (_, context) => new V1.SnapshotReply { DecisionId = await access.For(context).SnapshotAsync().Guarded() })
            .ClientStreaming<V1.ImportRecord, V1.ImportReply>("Import", (records, context) => ImportCall.RunAsync(access.For(context), records, context));
    }

    private void BindCommands(ServiceBinder binder)
    {
        calls.Bind<V1.OpenNodeRequest>(binder, CommandKind.OpenNode);
        calls.Bind<V1.OpenFacilityRequest>(binder, CommandKind.OpenFacility);
        calls.Bind<V1.LinkNodeRequest>(binder, CommandKind.LinkNode);
        calls.Bind<V1.UnlinkNodeRequest>(binder, CommandKind.UnlinkNode);
        calls.Bind<V1.MoveFacilityRequest>(binder, CommandKind.MoveFacility);
        calls.Bind<V1.SetLimitRequest>(binder, CommandKind.SetLimit);
        calls.Bind<V1.SetSubLimitRequest>(binder, CommandKind.SetSubLimit);
        calls.Bind<V1.SetVelocityLimitRequest>(binder, CommandKind.SetVelocityLimit);
        calls.Bind<V1.SetReviewThresholdRequest>(binder, CommandKind.SetReviewThreshold);
        calls.Bind<V1.FreezeRequest>(binder, CommandKind.Freeze);
        calls.Bind<V1.UnfreezeRequest>(binder, CommandKind.Unfreeze);
        calls.Bind<V1.CloseRequest>(binder, CommandKind.Close);
        calls.Bind<V1.SetFxRateRequest>(binder, CommandKind.SetFxRate);
        calls.Bind<V1.AdvanceBusinessDateRequest>(binder, CommandKind.AdvanceBusinessDate);
        calls.Bind<V1.TransferToPoolRequest>(binder, CommandKind.TransferToPool);
        calls.Bind<V1.ActivateFeaturesRequest>(binder, CommandKind.ActivateFeatures);
    }
}
