using System.Net;
using CreditGrains.Api.Transport.Hosting;
using Microsoft.AspNetCore.Connections;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>How fast connections are let in.</summary>
public sealed class PacedListenerTests : IAsyncDisposable
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);
    private readonly ManualClock clock = new();
    private readonly Listener inner = new();

    [Fact]
    public async Task Accept_AtOnce_LetsTheBurstInAndNoMore()
    {
        await using var listener = await BindAsync();
        for (var i = 0; i < PacedListenerFactory.AcceptsAtOnceMax; i++) Assert.True(listener.AcceptAsync().AsTask().IsCompleted);
        Assert.False(listener.AcceptAsync().AsTask().IsCompleted);
        Assert.Equal(PacedListenerFactory.AcceptsAtOnceMax, inner.Accepted);
    }

    [Fact]
    public async Task Accept_OverASecond_LetsTheRateIn()
    {
        await using var listener = await BindAsync();
        for (var i = 0; i < PacedListenerFactory.AcceptsAtOnceMax; i++) await listener.AcceptAsync();
        var waiting = listener.AcceptAsync().AsTask();
        for (var millis = 0; millis < 1_000; millis++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            // The accept loop of the server: one after the other.
            while (await TryAsync(waiting)) waiting = listener.AcceptAsync().AsTask();
        }

        Assert.InRange(inner.Accepted - PacedListenerFactory.AcceptsAtOnceMax, PacedListenerFactory.AcceptsPerSecond - 1, PacedListenerFactory.AcceptsPerSecond + 1);
    }

    [Fact]
    public async Task Unbind_WhileOneWaits_AsksTheListenerBelow()
    {
        await using var listener = await BindAsync();
        for (var i = 0; i < PacedListenerFactory.AcceptsAtOnceMax; i++) await listener.AcceptAsync();
        var waiting = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(inner.IsUnbound);
    }

    [Fact]
    public async Task Accept_Cancelled_IsCancelled()
    {
        await using var listener = await BindAsync();
        for (var i = 0; i < PacedListenerFactory.AcceptsAtOnceMax; i++) await listener.AcceptAsync();
        using var cancelled = new CancellationTokenSource();
        var waiting = listener.AcceptAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ValueTask<IConnectionListener> BindAsync() => new PacedListenerFactory(inner, clock).BindAsync(Anywhere);

    /// <summary>Whether it is done, given the time in which what a timer started ends.</summary>
    private static async Task<bool> TryAsync(Task task)
    {
        for (var i = 0; i < 20 && !task.IsCompleted; i++) await Task.Yield();
        return task.IsCompleted;
    }

    private sealed class Listener : IConnectionListenerFactory, IConnectionListener
    {
        public int Accepted { get; private set; }

        public bool IsUnbound { get; private set; }

        public EndPoint EndPoint => Anywhere;

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (!IsUnbound) Accepted++;
            return new((ConnectionContext?)null);
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            IsUnbound = true;
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
