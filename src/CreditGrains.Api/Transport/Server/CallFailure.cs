using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Transport.Server;

/// <summary>Turns whatever ended a call into what its caller may know; the rest goes to the log.</summary>
internal static partial class CallFailure
{
    public const string DeadlineMessage = "The deadline passed before the call finished.";

    /// <summary>Precedence: a named failure, then deadline, server stop, caller gone, broken body, and last the unknown.</summary>
    public static RpcException From(Exception e, CallContext context, ILogger logger)
    {
        if (e is RpcException named)
            return named;
        if (e is OperationCanceledException or IOException)
        {
            if (context.IsDeadlinePassed)
                return new RpcException(StatusCode.DeadlineExceeded, DeadlineMessage);
            if (context.IsStopping)
                return new RpcException(StatusCode.Unavailable, "The server is stopping.");
            if (context.IsAborted)
                return new RpcException(StatusCode.Cancelled, "The caller cancelled the call.");
            if (e is BadHttpRequestException)
                return new RpcException(StatusCode.Internal, "The request body could not be read.");
        }

        HandlerFailed(logger, context.Method, e);
        return new RpcException(StatusCode.Unknown, "The handler failed; the server's log has the cause.");
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed.")]
    private static partial void HandlerFailed(ILogger logger, string method, Exception e);
}
