using System.Buffers;
using System.IO.Pipelines;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Api.Transport.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Transport.Json;

/// <summary>
/// Runs a call whose request is JSON (the protobuf mapping). A unary call answers one object; a server-streaming call
/// answers one object a line, and a failure after the first line is a last line <c>{"error":{...}}</c>. Calls whose
/// requests stream need gRPC.
/// </summary>
internal sealed class JsonDispatcher(ServiceTable services, GrpcTransportOptions options, ILogger logger, CancellationToken stopping)
{
    private readonly Lazy<JsonCodec> codec = new(() => new JsonCodec(services));

    public async Task RunAsync(CallContext context, IFeatureCollection features, MethodEntry? method)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var body = features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
        // An answer is for its caller only, and nothing a browser should guess the type of or keep.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        try
        {
            Begin(context, features, method);
            // Before the body is read: nobody unknown makes the server keep megabytes.
            options.Gate?.Admit(context, features);
            var descriptor = method!.Descriptor;
            var request = codec.Value.Parse(descriptor.InputType, await ReadBody(features, context));
            if (context.IsDeadlinePassed)
                throw new RpcException(StatusCode.DeadlineExceeded, CallFailure.DeadlineMessage);
            options.Admit?.Invoke(context);
            await Answer(method, request, context, features, body);
            if (!response.HasStarted)
                AddHeaders(features, context.SentTrailers);
        }
#pragma warning disable CA1031 // The border of the handler: every failure becomes a status.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(CallFailure.From(e, context, logger), context, features, body);
        }
        finally
        {
            context.End();
        }
    }

    private void Begin(CallContext context, IFeatureCollection features, MethodEntry? method)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        context.Begin(features, request.Path, compress: false, options.TimeProvider, method?.Stream is null ? default : stopping);
        if (method is null)
            throw new RpcException(StatusCode.Unimplemented, $"No method {request.Path} is served here.");
        if (method.Descriptor.IsClientStreaming)
            throw new RpcException(StatusCode.Unimplemented, $"{request.Path} takes a stream of requests; call it by gRPC.");
        var timeout = request.Headers.GrpcTimeout.ToString();
        if (timeout.Length == 0)
            return;
        if (!TimeoutHeader.TryParse(timeout, out var left))
            throw new RpcException(StatusCode.InvalidArgument, $"grpc-timeout '{timeout}' is not one to eight digits and a unit of H, M, S, m, u or n.");
        context.SetTimeout(left);
    }

    private async Task Answer(MethodEntry method, IMessage request, CallContext context, IFeatureCollection features, PipeWriter body)
    {
        var encoded = new ReadOnlySequence<byte>(request.ToByteArray());
        if (method.Stream is { } stream)
        {
            var lines = new JsonLineWriter(codec.Value, method.Descriptor.OutputType, context, options.SendLengthMax, () => StartLines(features, context, body));
            await stream(new SingleMessageReader(encoded), lines, context);
            lines.End();
            return;
        }

        var output = new MessageBuffer();
        await method.Unary!(encoded, output, context);
        if (output.Length > options.SendLengthMax)
            throw new RpcException(StatusCode.ResourceExhausted, $"A response of {output.Length} bytes passes the send limit of {options.SendLengthMax} bytes.");
        var json = codec.Value.Format(method.Descriptor.OutputType, output.Message.Span);
        features.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentType = "application/json";
        AddHeaders(features, context.SentHeaders);
        body.Write(json);
        output.Free();
    }

    private static PipeWriter StartLines(IFeatureCollection features, CallContext context, PipeWriter body)
    {
        features.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentType = "application/x-ndjson";
        AddHeaders(features, context.SentHeaders);
        return body;
    }

    /// <summary>Reads the whole body, up to the receive limit.</summary>
    private async Task<byte[]> ReadBody(IFeatureCollection features, CallContext context)
    {
        var reader = features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
        while (true)
        {
            var result = await reader.ReadAsync(context.CancellationToken);
            if (result.Buffer.Length > options.ReceiveLengthMax)
            {
                // The rest is not read, so the connection cannot be used again.
                features.GetRequiredFeature<IHttpResponseFeature>().Headers.Connection = "close";
                throw new RpcException(StatusCode.ResourceExhausted, $"The body passes the receive limit of {options.ReceiveLengthMax} bytes.");
            }

            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static void Fail(RpcException failure, CallContext context, IFeatureCollection features, PipeWriter body)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        if (response.HasStarted || response.Headers.ContentType.Count > 0)
        {
            body.Write(JsonCodec.ErrorLine(failure));
            return;
        }

        response.StatusCode = HttpStatusMap.HttpStatus(failure.Code);
        response.Headers.ContentType = "application/json";
        AddHeaders(features, context.SentHeaders);
        AddHeaders(features, context.SentTrailers);
        AddHeaders(features, failure.Trailers);
        body.Write(JsonCodec.Error(failure));
    }

    private static void AddHeaders(IFeatureCollection features, Metadata? metadata)
    {
        if (metadata is null)
            return;
        var headers = features.GetRequiredFeature<IHttpResponseFeature>().Headers;
        foreach (var (key, value) in metadata)
            headers.Append(key, Metadata.WireValue(value));
    }
}
