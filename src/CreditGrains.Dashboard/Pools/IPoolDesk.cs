namespace CreditGrains.Dashboard.Pools;

/// <summary>Where the pages find asset pools.</summary>
public interface IPoolDesk
{
    /// <summary>Names of the pools, in the order they are offered.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync();
}

/// <summary>No pools.</summary>
public sealed class NoPools : IPoolDesk
{
    /// <summary>The only one.</summary>
    public static NoPools Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync() => ValueTask.FromResult<IReadOnlyList<string>>([]);
}
