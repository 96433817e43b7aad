using System.Net;
using Microsoft.AspNetCore.Http;

namespace CreditGrains.Dashboard.Shell;

/// <summary>
/// Keeps pages of other sites out. A site may let its own name point to this machine; the browser then sends that name as host. And it may open a connection from its own page; the browser then sends its origin.
/// </summary>
internal static class SameSite
{
    /// <summary>Why a request is refused; null when it is not.</summary>
    public static string? Refusal(HttpRequest request)
    {
        var host = request.Host.Host;
        if (!IsThisMachine(host)) return "The dashboard answers to localhost and loopback addresses only.";
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return null;
        return Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value ? null : "The dashboard takes no requests from pages of other sites.";
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
