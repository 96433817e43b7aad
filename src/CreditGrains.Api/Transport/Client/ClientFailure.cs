using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using CreditGrains.Api.Transport.Wire;

namespace CreditGrains.Api.Transport.Client;

/// <summary>Turns answers and broken connections into statuses, by gRPC's tables.</summary>
internal static class ClientFailure
{
    public static void ThrowIfNotGrpc(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.Contains("grpc-status"))
            return;
        if (response.StatusCode != HttpStatusCode.OK)
            throw new RpcException(FromHttp((int)response.StatusCode), $"The server answered HTTP {(int)response.StatusCode}.");
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is null || !type.StartsWith("application/grpc", StringComparison.Ordinal))
            throw new RpcException(StatusCode.Unknown, $"The server answered '{type}', not application/grpc.");
    }

    public static void ThrowIfFailed(HttpHeaders headers)
    {
        var text = RequestHeaders.Find(headers, "grpc-status")
            ?? throw new RpcException(StatusCode.Internal, "The response ended without a grpc-status.");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new RpcException(StatusCode.Unknown, $"The grpc-status '{text}' is not a number.");
        if (number == 0)
            return;
        var message = PercentEncoding.Decode(RequestHeaders.Find(headers, "grpc-message") ?? "");
        var code = number <= (int)StatusCode.Unauthenticated ? (StatusCode)number : StatusCode.Unknown;
        throw new RpcException(code, message, inner: null, RequestHeaders.ReadMetadata(headers));
    }

    public static RpcException From(Exception e, bool timedOut, bool cancelled)
    {
        if (timedOut)
            return new(StatusCode.DeadlineExceeded, "The deadline passed before the call finished.", e);
        if (cancelled)
            return new(StatusCode.Cancelled, "The call was cancelled.", e);
        for (var cause = e; cause is not null; cause = cause.InnerException)
            if (cause is HttpProtocolException protocol)
                return IsOfStream(protocol)
                    ? new(FromReset(protocol.ErrorCode), $"The server reset the stream (HTTP/2 error {protocol.ErrorCode}).", e)
                    : new(StatusCode.Unavailable, $"The connection went away (HTTP/2 error {protocol.ErrorCode}).", e);
        return e is HttpRequestException or IOException
            ? new(StatusCode.Unavailable, $"The connection failed: {e.Message}", e)
            : new(StatusCode.Internal, $"The call failed: {e.Message}", e);
    }

    /// <summary>
    /// Whether one stream was reset, rather than its connection closed with that error (GOAWAY). The exception tells them apart by its
    /// text alone, or by the text's key where texts are trimmed away.
    /// </summary>
    private static bool IsOfStream(HttpProtocolException e) =>
        e.Message.Contains("reset the stream", StringComparison.Ordinal) || e.Message.Contains("stream_error", StringComparison.Ordinal);

    private static StatusCode FromHttp(int status) => status switch
    {
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>7 REFUSED_STREAM, 8 CANCEL, 11 ENHANCE_YOUR_CALM, 12 INADEQUATE_SECURITY; the others are faults.</summary>
    private static StatusCode FromReset(long error) => error switch
    {
        7 => StatusCode.Unavailable,
        8 => StatusCode.Cancelled,
        11 => StatusCode.ResourceExhausted,
        12 => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
