using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Client;

/// <summary>A method to call: its path and how its messages become bytes.</summary>
/// <param name="Path"><c>/package.Service/Method</c>.</param>
/// <param name="Write">Writes a request; runs before the call returns to its caller.</param>
/// <param name="Read">Makes a response; the bytes are lent until it returns.</param>
public sealed record RpcMethod<TRequest, TResponse>(
    string Path,
    Action<TRequest, IBufferWriter<byte>> Write,
    Func<ReadOnlySequence<byte>, TResponse> Read);

/// <summary>Makes <see cref="RpcMethod{TRequest,TResponse}"/>.</summary>
public static class RpcMethod
{
    /// <summary>A method of a generated service.</summary>
    /// <exception cref="ArgumentException">The service has no such method or its messages are of other types.</exception>
    public static RpcMethod<TRequest, TResponse> Of<TRequest, TResponse>(ServiceDescriptor service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(service);
        var descriptor = service.FindMethodByName(method)
            ?? throw new ArgumentException($"{service.FullName} has no method {method}.", nameof(method));
        if (descriptor.InputType.ClrType != typeof(TRequest) || descriptor.OutputType.ClrType != typeof(TResponse))
            throw new ArgumentException($"{descriptor.FullName} has messages of other types.", nameof(method));
        var parser = descriptor.OutputType.Parser;
        return new(
            $"/{service.FullName}/{method}",
            static (request, output) => request.WriteTo(output),
            bytes => (TResponse)parser.ParseFrom(bytes));
    }

    /// <summary>A method whose messages stay bytes.</summary>
    public static RpcMethod<ReadOnlyMemory<byte>, byte[]> Raw(string path) =>
        new(path, static (request, output) => output.Write(request.Span), static bytes => bytes.ToArray());
}
