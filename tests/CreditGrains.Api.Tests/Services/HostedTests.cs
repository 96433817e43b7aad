namespace CreditGrains.Api.Tests.Services;

/// <summary>Tests with a host of their own each.</summary>
public abstract class HostedTests(TimeProvider? clock = null) : IAsyncLifetime, IAsyncDisposable
{
    protected ApiHost Host { get; } = new(clock ?? TimeProvider.System);

    public Task InitializeAsync() => Host.InitializeAsync();

    public Task DisposeAsync() => Host.DisposeAsync();

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
