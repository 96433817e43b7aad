using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// Binds the methods of one service to handlers. Each call checks at once that the method exists, that its kind is the
/// one asked for, and that the message types match; a mismatch throws <see cref="ArgumentException"/>, a second handler
/// for a method <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class ServiceBinder
{
    private readonly ServiceTable table;
    private readonly ServiceDescriptor service;

    internal ServiceBinder(ServiceTable table, ServiceDescriptor service)
    {
        this.table = table;
        this.service = service;
    }

    /// <summary>Binds a unary method.</summary>
    /// <param name="method">Method name as in the .proto file.</param>
    /// <param name="handler">Runs each call.</param>
    /// <param name="compress">Whether responses are gzipped when the caller accepts it.</param>
    public ServiceBinder Unary<TRequest, TResponse>(string method, UnaryHandler<TRequest, TResponse> handler, bool compress = false)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var descriptor = Check<TRequest, TResponse>(method, clientStreams: false, serverStreams: false);
        return Add(descriptor, HandlerAdapters.Unary(descriptor, handler), null, compress);
    }

    /// <summary>Binds a server-streaming method.</summary>
    /// <inheritdoc cref="Unary" path="/param"/>
    public ServiceBinder ServerStreaming<TRequest, TResponse>(string method, ServerStreamingHandler<TRequest, TResponse> handler, bool compress = false)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var descriptor = Check<TRequest, TResponse>(method, clientStreams: false, serverStreams: true);
        return Add(descriptor, null, HandlerAdapters.ServerStreaming(descriptor, handler), compress);
    }

    /// <summary>Binds a client-streaming method.</summary>
    /// <inheritdoc cref="Unary" path="/param"/>
    public ServiceBinder ClientStreaming<TRequest, TResponse>(string method, ClientStreamingHandler<TRequest, TResponse> handler, bool compress = false)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var descriptor = Check<TRequest, TResponse>(method, clientStreams: true, serverStreams: false);
        return Add(descriptor, null, HandlerAdapters.ClientStreaming(descriptor, handler), compress);
    }

    /// <summary>Binds a bidirectional method.</summary>
    /// <inheritdoc cref="Unary" path="/param"/>
    public ServiceBinder Duplex<TRequest, TResponse>(string method, DuplexHandler<TRequest, TResponse> handler, bool compress = false)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var descriptor = Check<TRequest, TResponse>(method, clientStreams: true, serverStreams: true);
        return Add(descriptor, null, HandlerAdapters.Duplex(descriptor, handler), compress);
    }

    /// <summary>Binds a unary method to a handler over bytes.</summary>
    /// <inheritdoc cref="Unary" path="/param"/>
    public ServiceBinder RawUnary(string method, RawUnaryHandler handler, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(Check(method, clientStreams: false, serverStreams: false), handler, null, compress);
    }

    /// <summary>Binds a bidirectional method to a handler over bytes.</summary>
    /// <inheritdoc cref="Unary" path="/param"/>
    public ServiceBinder RawDuplex(string method, RawDuplexHandler handler, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(Check(method, clientStreams: true, serverStreams: true), null, handler, compress);
    }

    private ServiceBinder Add(MethodDescriptor descriptor, RawUnaryHandler? unary, RawDuplexHandler? stream, bool compress)
    {
        table.Add(new MethodEntry
        {
            Path = $"/{service.FullName}/{descriptor.Name}",
            Descriptor = descriptor,
            Compress = compress,
            Unary = unary,
            Stream = stream,
        });
        return this;
    }

    private MethodDescriptor Check<TRequest, TResponse>(string method, bool clientStreams, bool serverStreams)
    {
        var descriptor = Check(method, clientStreams, serverStreams);
        if (descriptor.InputType.ClrType != typeof(TRequest))
            throw new ArgumentException($"{descriptor.FullName} takes {descriptor.InputType.FullName}, not {typeof(TRequest)}.", nameof(method));
        if (descriptor.OutputType.ClrType != typeof(TResponse))
            throw new ArgumentException($"{descriptor.FullName} returns {descriptor.OutputType.FullName}, not {typeof(TResponse)}.", nameof(method));
        return descriptor;
    }

    private MethodDescriptor Check(string method, bool clientStreams, bool serverStreams)
    {
        var descriptor = service.FindMethodByName(method)
            ?? throw new ArgumentException($"{service.FullName} has no method {method}.", nameof(method));
        if (descriptor.IsClientStreaming != clientStreams || descriptor.IsServerStreaming != serverStreams)
            throw new ArgumentException($"{descriptor.FullName} is of another kind: check which sides stream.", nameof(method));
        return descriptor;
    }
}
