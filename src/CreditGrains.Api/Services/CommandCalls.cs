using System.Buffers;
using CreditGrains.Api.Codec;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Steps;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using Google.Protobuf;

namespace CreditGrains.Api.Services;

/// <summary>Runs calls of one command: refusals are data, an engine that cannot serve is a status.</summary>
internal sealed class CommandCalls(EngineAccess access)
{
    private readonly StepPool<AnswerStep> steps = new(pool => new AnswerStep(pool));

    /// <summary>Binds a unary method whose request is a command of one kind.</summary>
    public void Bind<TRequest>(ServiceBinder binder, CommandKind kind)
        where TRequest : class, IMessage<TRequest>, IIdentified =>
        binder.Unary<TRequest, V1.Decision>(kind.ToString(), (request, context) =>
        {
            var refusal = CommandMapping.TryRead(request, kind, out var command);
            return ExecuteAsync(command, refusal, context);
        });

    /// <summary>Any command.</summary>
    public ValueTask<V1.Decision> ExecuteAsync(V1.Command message, CallContext context)
    {
        var refusal = CommandMapping.TryRead(message, out var command);
        return ExecuteAsync(command, refusal, context);
    }

    /// <summary>The hot call, bytes to bytes.</summary>
    public ValueTask AuthorizeAsync(ReadOnlySequence<byte> request, IBufferWriter<byte> response, CallContext context)
    {
        using var bytes = new ContiguousBytes(request);
        var refusal = AuthorizeCodec.Read(bytes.Span, out var command);
        if (!refusal.IsNone)
        {
            Write(command.Kind, refusal.ToOutcome(), response);
            return default;
        }

        var pending = access.For(context).ExecuteAsync(command, context.DeadlineMicros);
        if (!pending.IsCompletedSuccessfully) return steps.Rent().After(pending, response);
        Answer(pending.Result, response);
        return default;
    }

    private ValueTask<V1.Decision> ExecuteAsync(in Command command, Refusal refusal, CallContext context) =>
        refusal.IsNone
            ? DecideAsync(command.Kind, command.Reference, access.For(context).ExecuteAsync(command, context.DeadlineMicros))
            : new(DecisionMapping.Write(command.Kind, command.Reference, refusal.ToOutcome()));

    private static async ValueTask<V1.Decision> DecideAsync(CommandKind kind, long reference, ValueTask<Outcome> pending)
    {
        var outcome = await pending.Guarded();
        Statuses.ThrowIfUnavailable(outcome);
        return DecisionMapping.Write(kind, reference, outcome);
    }

    /// <summary>Writes the answer to the hot call.</summary>
    /// <exception cref="Transport.RpcException">The engine cannot serve now.</exception>
    internal static void Answer(in Outcome outcome, IBufferWriter<byte> response)
    {
        Statuses.ThrowIfUnavailable(outcome);
        Write(CommandKind.Authorize, outcome, response);
    }

    private static void Write(CommandKind kind, in Outcome outcome, IBufferWriter<byte> response)
    {
        var writer = new WireWriter(response.GetSpan(DecisionCodec.LengthMax(outcome)));
        DecisionCodec.Write(kind, reference: 0, outcome, ref writer);
        response.Advance(writer.Length);
    }
}
