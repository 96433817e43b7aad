using CreditGrains.Api.Transport.Health.V1;
using CreditGrains.Api.Transport.Server;
using static CreditGrains.Api.Transport.Health.V1.HealthCheckResponse.Types;

namespace CreditGrains.Api.Transport.Health;

/// <summary>The standard health service. The empty service name stands for the whole server. Thread-safe.</summary>
public sealed class HealthService
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ServingStatus> statuses = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Adds Check and Watch to a table. The server itself starts as NOT_SERVING until told otherwise.</summary>
    public void Bind(ServiceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        lock (gate)
            statuses.TryAdd("", ServingStatus.NotServing);
        table.Bind(HealthReflection.Descriptor.Services[0])
            .Unary<HealthCheckRequest, HealthCheckResponse>("Check", Check)
            .ServerStreaming<HealthCheckRequest, HealthCheckResponse>("Watch", Watch);
    }

    /// <summary>Says whether a service serves; watchers learn it at once.</summary>
    /// <param name="service">Full service name, or empty for the whole server.</param>
    /// <param name="isServing">Whether calls to it are answered.</param>
    public void Set(string service, bool isServing)
    {
        ArgumentNullException.ThrowIfNull(service);
        TaskCompletionSource signal;
        lock (gate)
        {
            statuses[service] = isServing ? ServingStatus.Serving : ServingStatus.NotServing;
            signal = changed;
            changed = NewSignal();
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValueTask<HealthCheckResponse> Check(HealthCheckRequest request, CallContext context)
    {
        var (status, _) = Read(request.Service);
        return status == ServingStatus.ServiceUnknown
            ? throw new RpcException(StatusCode.NotFound, $"The health of '{request.Service}' is not kept here.")
            : new(new HealthCheckResponse { Status = status });
    }

    /// <summary>Sends the latest status, not each one: a slow watcher skips what it missed.</summary>
    private async ValueTask Watch(HealthCheckRequest request, IMessageWriter<HealthCheckResponse> responses, CallContext context)
    {
        ServingStatus? sent = null;
        while (true)
        {
            var (status, next) = Read(request.Service);
            if (status != sent)
            {
                await responses.WriteAsync(new HealthCheckResponse { Status = status });
                sent = status;
            }

            await next.WaitAsync(context.CancellationToken);
        }
    }

    private (ServingStatus Status, Task Changed) Read(string service)
    {
        lock (gate)
            return (statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown), changed.Task);
    }
}
