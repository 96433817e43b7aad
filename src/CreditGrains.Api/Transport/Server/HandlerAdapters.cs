using System.Buffers;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Server;

/// <summary>Reduces typed handlers to handlers over bytes. A unary handler that completes at once costs no task.</summary>
internal static class HandlerAdapters
{
    public static RawUnaryHandler Unary<TRequest, TResponse>(MethodDescriptor method, UnaryHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var parser = method.InputType.Parser;
        return (request, response, context) =>
        {
            var pending = handler(Parse<TRequest>(parser, request), context);
            if (!pending.IsCompletedSuccessfully)
                return Finish(pending, response);
            Write(pending.Result, response);
            return default;
        };

        static async ValueTask Finish(ValueTask<TResponse> pending, IBufferWriter<byte> response) =>
            Write(await pending, response);
    }

    public static RawDuplexHandler ServerStreaming<TRequest, TResponse>(MethodDescriptor method, ServerStreamingHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var parser = method.InputType.Parser;
        return async (requests, responses, context) =>
        {
            var request = await ReadOnly<TRequest>(parser, requests);
            await handler(request, new TypedWriter<TResponse>(responses), context);
        };
    }

    public static RawDuplexHandler ClientStreaming<TRequest, TResponse>(MethodDescriptor method, ClientStreamingHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var parser = method.InputType.Parser;
        return async (requests, responses, context) =>
        {
            var response = await handler(ReadAll<TRequest>(parser, requests, default), context);
            new TypedWriter<TResponse>(responses).Write(response);
        };
    }

    public static RawDuplexHandler Duplex<TRequest, TResponse>(MethodDescriptor method, DuplexHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var parser = method.InputType.Parser;
        return (requests, responses, context) =>
            handler(ReadAll<TRequest>(parser, requests, default), new TypedWriter<TResponse>(responses), context);
    }

    private static async ValueTask<TRequest> ReadOnly<TRequest>(MessageParser parser, IRawMessageReader requests)
        where TRequest : class, IMessage<TRequest>
    {
        TRequest? only = null;
        while (await requests.WaitToReadAsync())
        {
            while (requests.TryRead(out var message))
                only = only is null ? Parse<TRequest>(parser, message) : throw Cardinality.More();
        }

        return only ?? throw Cardinality.None();
    }

    private static async IAsyncEnumerable<TRequest> ReadAll<TRequest>(
        MessageParser parser, IRawMessageReader requests, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
    {
        while (await requests.WaitToReadAsync(cancellationToken))
        {
            while (requests.TryRead(out var message))
                yield return Parse<TRequest>(parser, message);
        }
    }

    private static TRequest Parse<TRequest>(MessageParser parser, ReadOnlySequence<byte> message)
    {
        try
        {
            return (TRequest)parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.InvalidArgument, $"The request is not a {typeof(TRequest).Name}: {e.Message}", e);
        }
    }

    private static void Write<TResponse>(TResponse response, IBufferWriter<byte> output)
        where TResponse : class, IMessage<TResponse>
    {
        if (response is null)
            throw new InvalidOperationException($"The handler returned no {typeof(TResponse).Name}.");
        response.WriteTo(output);
    }

    private sealed class TypedWriter<TResponse>(IRawMessageWriter output) : IMessageWriter<TResponse>
        where TResponse : class, IMessage<TResponse>
    {
        public ValueTask WriteAsync(TResponse message)
        {
            Write(message);
            return output.FlushAsync();
        }

        public void Write(TResponse message)
        {
            HandlerAdapters.Write(message, output.Message);
            output.EndMessage();
        }

        public ValueTask FlushAsync() => output.FlushAsync();
    }
}
