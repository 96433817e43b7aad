using System.Diagnostics;
using System.Net;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;

namespace CreditGrains.Cli.Bench.Server;

/// <summary>The server that is measured: one that runs already, or one started here.</summary>
internal sealed class ServerTarget : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    private static readonly RpcMethod<GetStatusRequest, GetStatusReply> StatusMethod =
        RpcMethod.Of<GetStatusRequest, GetStatusReply>(QueryServiceReflection.Descriptor.Services[0], "GetStatus");

    private readonly ServerProcess? process;

    private ServerTarget(IPEndPoint address, ServerProcess? process, string? authorization)
    {
        this.process = process;
        Address = address;
        Channel = new RpcChannel(new Uri($"http://{address}"), new RpcChannelOptions { Authorization = authorization });
    }

    public IPEndPoint Address { get; }

    public RpcChannel Channel { get; }

    /// <summary>Its process; null when it was not started here.</summary>
    public ServerProcess? Process => process;

    /// <summary>Starts or finds the server and waits until it answers.</summary>
    public static Task<ServerTarget> OpenAsync(BenchSettings settings, CancellationToken cancellation = default) => settings.Address is { } address
        ? WhenAnsweringAsync(new ServerTarget(address, null, settings.Authorization), cancellation)
        : WhenAnsweringAsync(Of(ServerProcess.Start(settings)), cancellation);

    /// <summary>A server that was started; it may not answer yet.</summary>
    public static ServerTarget Of(ServerProcess process) => new(process.Address, process, null);

    /// <summary>A server that was started; waits until it answers.</summary>
    public static Task<ServerTarget> OfAsync(ServerProcess process, string? authorization = null) => WhenAnsweringAsync(new ServerTarget(process.Address, process, authorization), CancellationToken.None);

    private static async Task<ServerTarget> WhenAnsweringAsync(ServerTarget target, CancellationToken cancellation)
    {
        try
        {
            await target.WaitUntilAnsweringAsync(cancellation);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>How the engine is.</summary>
    public Task<GetStatusReply> StatusAsync() => Channel.UnaryAsync(StatusMethod, new GetStatusRequest());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (process is not null) await process.DisposeAsync();
    }

    private async Task WaitUntilAnsweringAsync(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await StatusAsync();
                return;
            }
            catch (RpcException e) when (e.Code == StatusCode.Unavailable)
            {
                if (process is null) throw new BenchFault($"no server answers at {Address}; start 'creditgrains serve' or leave --address out", e);
                if (process.HasExited) throw new BenchFault($"the server ended while starting: {process.LastLine}", e);
                if (Stopwatch.GetElapsedTime(start) > StartTimeout) throw new BenchFault($"the server did not answer within {StartTimeout}", e);
                await Task.Delay(RetryDelay, cancellation);
            }
        }
    }
}
