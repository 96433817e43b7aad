namespace CreditGrains.Api.Security.Limits;

/// <summary>What one tenant may ask of a server at once.</summary>
public sealed record TenantLimit
{
    /// <summary>The tenant, 1 to 65,535; 0 is each tenant without a row of its own, and principals of all tenants together.</summary>
    public ushort Tenant { get; init; }

    /// <summary>Commands and queries a second, items of batches each counted; 1 to 1,000,000,000.</summary>
    public required long CommandsPerSecond { get; init; }

    /// <summary>Most at once after a pause; 0 takes those of a second. Default 0.</summary>
    public long Burst { get; init; }

    /// <summary>Most calls under way, streams included; 0 is no limit. Default 0.</summary>
    public int ConcurrentCallsMax { get; init; }

    internal void Validate()
    {
        if (CommandsPerSecond is < 1 or > TokenBucket.Max) throw Invalid("commandsPerSecond", CommandsPerSecond);
        if (Burst is < 0 or > TokenBucket.Max) throw Invalid("burst", Burst);
        if (ConcurrentCallsMax < 0) throw Invalid("concurrentCallsMax", ConcurrentCallsMax);
    }

    private SecurityFileException Invalid(string field, long value) =>
        new("SecurityFileInvalid", $"the limits of tenant {Tenant} have {field} {value}; use 1 to {TokenBucket.Max}, or leave out what may be left out.");
}
