using CreditGrains.Engine;

namespace CreditGrains.Cli.Connection;

internal static class LocalEngine
{
    public static Task<ICreditEngine> OpenAsync(string directory, CancellationToken cancellationToken) => throw new NotSupportedException(directory + cancellationToken);
}
