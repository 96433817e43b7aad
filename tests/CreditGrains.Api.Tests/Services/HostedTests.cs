namespace CreditGrains.Api.Tests.Services;

/// <summary>Tests with a host of their own each.</summary>
public abstract class HostedTests : IAsyncLifetime, IAsyncDisposable
{
    protected ApiHost Host { get; } = new();

    public Task InitializeAsync() => Host.InitializeAsync();

    public Task DisposeAsync() => Host.DisposeAsync();

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
