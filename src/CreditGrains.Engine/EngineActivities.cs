using System.Diagnostics;

namespace CreditGrains.Engine;

/// <summary>Traces of what an engine does beside deciding: recovery, snapshots, archiving. Nobody listens unless a host does; then a few a minute.</summary>
public static class EngineActivities
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "CreditGrains.Engine";

    internal static readonly ActivitySource Source = new(SourceName);
}
