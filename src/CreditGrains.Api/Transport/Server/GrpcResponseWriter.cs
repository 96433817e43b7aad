using System.Buffers;
using System.IO.Pipelines;
using CreditGrains.Api.Transport.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// The response of a gRPC call: headers with the first message, then messages, then the status. A status without any
/// message goes into the headers alone. Used again for the next call.
/// </summary>
internal sealed class GrpcResponseWriter(CallContext context) : IRawMessageWriter
{
    private static readonly StringValues ContentType = new("application/grpc");
    private static readonly StringValues GzipEncoding = new(Gzip.Name);
    private static readonly StringValues[] StatusTexts =
        [.. Enum.GetValues<StatusCode>().Order().Select(code => new StringValues(((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture)))];

    private readonly MessageBuffer message = new();
    private MessageBuffer? packed;
    private IFeatureCollection features = null!;
    private IHttpResponseFeature response = null!;
    private PipeWriter? pipe;
    private int lengthMax;
    private bool gzipAccepted;
    private bool compress;

    public IBufferWriter<byte> Message => message;

    private bool IsStarted => pipe is not null;

    public void Begin(IFeatureCollection call, int sendLengthMax)
    {
        features = call;
        response = call.GetRequiredFeature<IHttpResponseFeature>();
        lengthMax = sendLengthMax;
        gzipAccepted = false;
        pipe = null;
    }

    public void AllowGzip() => gzipAccepted = true;

    public void End()
    {
        message.Clear();
        packed?.Clear();
        features = null!;
        response = null!;
        pipe = null;
    }

    public void EndMessage()
    {
        if (message.Length > lengthMax)
        {
            var length = message.Length;
            message.Clear();
            throw new RpcException(StatusCode.ResourceExhausted, $"A response of {length} bytes passes the send limit of {lengthMax} bytes.");
        }

        var output = Start();
        if (compress)
        {
            packed ??= new MessageBuffer();
            Gzip.Compress(message.Message.Span, packed);
            output.Write(packed.Frame(compressed: true).Span);
            packed.Clear();
        }
        else
        {
            output.Write(message.Frame(compressed: false).Span);
        }

        message.Clear();
    }

    public ValueTask FlushAsync()
    {
        var token = context.CancellationToken;
        var output = Start();
        // Not with the token: a flush cancelled by it resets the stream, and the caller would never see the status.
        var pending = output.FlushAsync(CancellationToken.None);
        if (!pending.IsCompletedSuccessfully)
            return FinishAsync(pending, output, token);
        Check(pending.Result, token);
        return default;
    }

    /// <summary>Ends the call well: the status goes into the trailers, after the messages.</summary>
    public void Succeed()
    {
        Start();
        var trailers = features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        trailers.GrpcStatus = StatusTexts[(int)StatusCode.OK];
        Add(trailers, context.SentTrailers);
    }

    /// <summary>Ends the call with a failure; messages not yet ended are dropped.</summary>
    public void Fail(StatusCode code, string text, Metadata? extra)
    {
        message.Clear();
        Microsoft.AspNetCore.Http.IHeaderDictionary target;
        if (IsStarted)
        {
            target = features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        }
        else if (response.HasStarted)
        {
            return;
        }
        else
        {
            target = response.Headers;
            target.ContentType = ContentType;
            Add(target, context.SentHeaders);
        }

        target.GrpcStatus = (int)code < StatusTexts.Length ? StatusTexts[(int)code] : StatusTexts[(int)StatusCode.Unknown];
        target.GrpcMessage = PercentEncoding.Encode(text);
        Add(target, context.SentTrailers);
        Add(target, extra);
    }

    private PipeWriter Start()
    {
        if (pipe is not null)
            return pipe;
        var headers = response.Headers;
        headers.ContentType = ContentType;
        compress = gzipAccepted && context.CompressResponses;
        if (compress)
            headers.GrpcEncoding = GzipEncoding;
        Add(headers, context.SentHeaders);
        return pipe = features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
    }

    private static void Add(Microsoft.AspNetCore.Http.IHeaderDictionary target, Metadata? metadata)
    {
        if (metadata is null)
            return;
        foreach (var (key, value) in metadata)
            target[key] = StringValues.Concat(target[key], Metadata.WireValue(value));
    }

    private static async ValueTask FinishAsync(ValueTask<FlushResult> pending, PipeWriter output, CancellationToken token)
    {
        await using var giveUp = token.UnsafeRegister(static output => ((PipeWriter)output!).CancelPendingFlush(), output);
        Check(await pending, token);
    }

    private static void Check(FlushResult result, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (result.IsCanceled || result.IsCompleted)
            throw new OperationCanceledException("The caller no longer reads the responses.");
    }
}
