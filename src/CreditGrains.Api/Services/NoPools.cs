using CreditGrains.Api.Transport;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Api.Services;

/// <summary>An engine that keeps no pools: every read is refused by name.</summary>
internal sealed class NoPools : IPoolSource
{
    public static readonly NoPools Instance = new();

    public ValueTask<PoolState?> GetPoolAsync(NodeKey key) => throw Refusal();

    public ValueTask<IReadOnlyList<NodeKey>> ListPoolsAsync(ushort tenant, NodeKey after, int take) => throw Refusal();

    public Task<LivePoolLoans?> CopyPoolAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken) => throw Refusal();

    public Task<PoolLines?> ReadLinesAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken) => throw Refusal();

    public Task<PoolForecasts?> ProjectPoolAsync(NodeKey key, PoolAssumptions assumptions, string conventions, Action<double>? progress, CancellationToken cancellationToken) => throw Refusal();

    private static RpcException Refusal() => new(StatusCode.Unimplemented, "This engine keeps no pools; ask a server that does.");
}
