using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Server;

/// <summary>Opens the standalone engine with its usual settings.</summary>
internal static class StandaloneOpening
{
    /// <summary>Recovery of a large book takes seconds, so it runs beside the caller.</summary>
    public static Task<ICreditEngine> OpenAsync(string dataDirectory, CancellationToken cancellationToken) => Task.Run<ICreditEngine>(
        () => CreditEngine.Open(new EngineOptions { DataDirectory = dataDirectory, Clock = TimeProvider.System }), cancellationToken);
}
