using System.Net;
using CreditGrains.Api.Security.Limits;
using Microsoft.AspNetCore.Connections;

namespace CreditGrains.Api.Transport.Hosting;

/// <summary>
/// Lets connections in at a bounded rate, each port for itself. To take a connection costs the processor as much as some hundred decisions, and whoever opens
/// thousands at once would take it from the calls of everybody else. Those that are not yet in wait in the system's queue, then knock again (TCP), and lose nothing.
/// </summary>
/// <param name="inner">Opens the ports.</param>
/// <param name="time">The clock.</param>
internal sealed class PacedListenerFactory(IConnectionListenerFactory inner, TimeProvider time) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Connections a second.</summary>
    internal const int AcceptsPerSecond = 250;

    /// <summary>Connections at once after a pause: the callers of a server that has come back.</summary>
    internal const int AcceptsAtOnceMax = 100;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new PacedListener(await inner.BindAsync(endpoint, cancellationToken), time);

    private sealed class PacedListener(IConnectionListener inner, TimeProvider time) : IConnectionListener
    {
        private readonly TokenBucket bucket = new(AcceptsPerSecond, AcceptsAtOnceMax);
        private readonly long start = time.GetTimestamp();
        private readonly CancellationTokenSource unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            // Its place first: a connection that waits for one waits with the system, which keeps it without a cost.
            while (bucket.Take(1, Micros()) is var waitMicros and > 0)
            {
                if (!await WaitAsync(waitMicros, cancellationToken)) break;
            }

            return await inner.AcceptAsync(cancellationToken);
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await unbound.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await unbound.CancelAsync();
            await inner.DisposeAsync();
            unbound.Dispose();
        }

        private long Micros() => (long)time.GetElapsedTime(start).TotalMicroseconds;

        /// <summary>False once the port is closed: then the listener below says that there is no more to come.</summary>
        private async Task<bool> WaitAsync(long micros, CancellationToken cancellationToken)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(unbound.Token, cancellationToken);
            try
            {
                await Task.Delay(TimeSpan.FromMicroseconds(micros), time, both.Token);
                return true;
            }
            catch (OperationCanceledException) when (unbound.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
