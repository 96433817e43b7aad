using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// Runs a gRPC call from headers to status. A unary call whose request has arrived and whose handler completes at once
/// runs without a task. Nothing a handler throws leaves here.
/// </summary>
internal sealed class GrpcDispatcher(GrpcTransportOptions options, ILogger logger, CancellationToken stopping)
{
    /// <param name="call">Fresh or used before, not in use.</param>
    /// <param name="features">The request.</param>
    /// <param name="method">Null when the path names none.</param>
    public Task RunAsync(GrpcCall call, IFeatureCollection features, MethodEntry? method)
    {
        Task? unfinished = null;
        try
        {
            call.Begin(features, method, options, stopping);
            unfinished = Start(call, features, method!);
        }
#pragma warning disable CA1031 // The border of the handler: every failure becomes a status.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(call, e);
        }
        finally
        {
            if (unfinished is null)
                call.End();
        }

        return unfinished ?? Task.CompletedTask;
    }

    /// <summary>Null when the call is finished.</summary>
    private Task? Start(GrpcCall call, IFeatureCollection features, MethodEntry method)
    {
        ThrowIfLate(call);
        options.Gate?.Admit(call.Context, features);
        options.Admit?.Invoke(call.Context);
        if (method.Stream is { } stream)
            return FinishStream(call, stream);
        if (!call.Reader.TryReadOnly(out var request))
            return ReadUnary(call, method.Unary!);
        var pending = method.Unary!(request, call.Writer.Message, call.Context);
        if (!pending.IsCompletedSuccessfully)
            return FinishUnary(call, pending);
        pending.GetAwaiter().GetResult();
        Answer(call);
        return null;
    }

    private async Task ReadUnary(GrpcCall call, RawUnaryHandler handler)
    {
        try
        {
            var request = await call.Reader.ReadOnlyAsync();
            await handler(request, call.Writer.Message, call.Context);
            Answer(call);
        }
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(call, e);
        }
        finally
        {
            call.End();
        }
    }

    private async Task FinishUnary(GrpcCall call, ValueTask pending)
    {
        try
        {
            await pending;
            Answer(call);
        }
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(call, e);
        }
        finally
        {
            call.End();
        }
    }

    private async Task FinishStream(GrpcCall call, RawDuplexHandler handler)
    {
        try
        {
            await handler(call.Reader, call.Writer, call.Context);
            call.Writer.Succeed();
        }
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(call, e);
        }
        finally
        {
            call.End();
        }
    }

    private static void Answer(GrpcCall call)
    {
        call.Writer.EndMessage();
        call.Writer.Succeed();
    }

    private static void ThrowIfLate(GrpcCall call)
    {
        if (call.Context.IsDeadlinePassed)
            throw new RpcException(StatusCode.DeadlineExceeded, CallFailure.DeadlineMessage);
    }

    private void Fail(GrpcCall call, Exception e)
    {
        var failure = CallFailure.From(e, call.Context, logger);
        call.Writer.Fail(failure.Code, failure.Message, failure.Trailers);
    }
}
