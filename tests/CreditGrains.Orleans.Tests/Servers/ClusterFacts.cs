namespace CreditGrains.Orleans.Tests.Servers;

/// <summary>A test that needs PostgreSQL and Redis; without them it is skipped, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = Programs.Missing;
}

/// <summary>One that takes minutes too: runs with CREDITGRAINS_LONG=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongClusterFactAttribute : FactAttribute
{
    public LongClusterFactAttribute() =>
        Skip = Programs.Missing ?? (Environment.GetEnvironmentVariable("CREDITGRAINS_LONG") == "1" ? null : "takes minutes; runs with CREDITGRAINS_LONG=1");
}
