using System.Collections.Frozen;

namespace CreditGrains.Api.Transport;

/// <summary>Header names the transport owns: they never reach or come from a caller's metadata.</summary>
internal static class ReservedHeaders
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "content-type",
        "content-length",
        "content-encoding",
        "te",
        "host",
        "connection",
        "keep-alive",
        "upgrade",
        "proxy-connection",
        "transfer-encoding",
        "date",
        "server",
        "trailer");

    public static bool Contains(string name) =>
        name.StartsWith(':') || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) || Names.Contains(name);
}
