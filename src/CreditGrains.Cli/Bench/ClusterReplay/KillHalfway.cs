using CreditGrains.Cli.Bench.Cluster;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Bench.ClusterReplay;

/// <summary>Kills the last silo (SIGKILL) once a replay has come half-way, while it goes on.</summary>
internal sealed class KillHalfway(ClusterUnderTest cluster, long parts) : IWorkProgress
{
    /// <summary>The end of the killed process; null while it lives.</summary>
    public Task? Killing { get; private set; }

    /// <inheritdoc/>
    public void Report(long done)
    {
        if (Killing is null && done * 2 >= parts) Killing = cluster.Silos[^1].Process!.KillAsync();
    }
}

/// <summary>Takes no notice of progress.</summary>
internal sealed class Unwatched : IWorkProgress
{
    /// <inheritdoc/>
    public void Report(long done)
    {
    }
}
