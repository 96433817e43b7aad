using System.Buffers;
using CreditGrains.Api.Codec;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Commands;
using Google.Protobuf;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.LimitService: requests and facts of facilities. The calls are described in its proto.</summary>
internal sealed class LimitService(EngineAccess access)
{
    private readonly CommandCalls calls = new(access);

    public void Bind(ServiceTable table)
    {
        var binder = table.Bind(V1.LimitServiceReflection.Descriptor.Services[0]);
        BindCommands(binder);
        binder
            .RawUnary("Authorize", (request, response, context) => calls.AuthorizeAsync(request, response, context))
            .Unary<V1.Command, V1.Decision>("Execute", (request, context) => calls.ExecuteAsync(request, context))
            .RawUnary("ExecuteBatch", (request, response, context) => ExecuteAsync(request, ReadCommands, response, context))
            .RawUnary("AuthorizeBatch", (request, response, context) => ExecuteAsync(request, ReadAuthorizations, response, context))
            .RawDuplex("ExecuteStream", (requests, responses, context) => new BatchPipeline(access, ReadCommands).RunAsync(requests, responses, context))
            .RawDuplex("AuthorizeStream", (requests, responses, context) => new BatchPipeline(access, ReadAuthorizations).RunAsync(requests, responses, context));
    }

    private void BindCommands(ServiceBinder binder)
    {
        calls.Bind<V1.IncreaseHoldRequest>(binder, CommandKind.IncreaseHold);
        calls.Bind<V1.DrawdownRequest>(binder, CommandKind.Drawdown);
        calls.Bind<V1.CaptureRequest>(binder, CommandKind.Capture);
        calls.Bind<V1.ClearWithoutHoldRequest>(binder, CommandKind.ClearWithoutHold);
        calls.Bind<V1.RepayRequest>(binder, CommandKind.Repay);
        calls.Bind<V1.ClearRepaymentRequest>(binder, CommandKind.ClearRepayment);
        calls.Bind<V1.ReverseRepaymentRequest>(binder, CommandKind.ReverseRepayment);
        calls.Bind<V1.RefundRequest>(binder, CommandKind.Refund);
        calls.Bind<V1.ChargebackRequest>(binder, CommandKind.Chargeback);
        calls.Bind<V1.PostInterestRequest>(binder, CommandKind.PostInterest);
        calls.Bind<V1.PostFeeRequest>(binder, CommandKind.PostFee);
        calls.Bind<V1.WriteOffRequest>(binder, CommandKind.WriteOff);
        calls.Bind<V1.RecoverRequest>(binder, CommandKind.Recover);
        calls.Bind<V1.AdjustRequest>(binder, CommandKind.Adjust);
        calls.Bind<V1.RepayEarlyRequest>(binder, CommandKind.RepayEarly);
        calls.Bind<V1.GrantHolidayRequest>(binder, CommandKind.GrantHoliday);
        calls.Bind<V1.ExtendLoanRequest>(binder, CommandKind.ExtendLoan);
        calls.Bind<V1.RenewLoanRequest>(binder, CommandKind.RenewLoan);
        calls.Bind<V1.VoidRequest>(binder, CommandKind.Void);
        calls.Bind<V1.ReverseRequest>(binder, CommandKind.Reverse);
        calls.Bind<V1.ResolveReferralRequest>(binder, CommandKind.ResolveReferral);
    }

    private async ValueTask ExecuteAsync(ReadOnlySequence<byte> request, BatchReading read, IBufferWriter<byte> response, CallContext context)
    {
        var batch = new CommandBatch();
        read(request, batch);
        context.Charge(batch.Count - 1);
        await batch.ExecuteAsync(access.For(context), context.DeadlineMicros).Guarded();
        BatchCodec.Write(batch, response);
    }

    private static void ReadAuthorizations(ReadOnlySequence<byte> message, CommandBatch batch)
    {
        using var bytes = new ContiguousBytes(message);
        BatchCodec.Read(bytes.Span, batch);
    }

    private static void ReadCommands(ReadOnlySequence<byte> message, CommandBatch batch)
    {
        var request = Parse(message);
        batch.Tag = request.Tag;
        foreach (var item in request.Commands)
        {
            var refusal = CommandMapping.TryRead(item, out batch.Add());
            if (!refusal.IsNone) batch.Refuse(refusal);
        }
    }

    private static V1.ExecuteBatchRequest Parse(ReadOnlySequence<byte> message)
    {
        try
        {
            return V1.ExecuteBatchRequest.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.InvalidArgument, $"The request is not a batch of commands: {e.Message}", e);
        }
    }
}
