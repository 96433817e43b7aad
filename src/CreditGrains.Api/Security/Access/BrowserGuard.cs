using System.Net;
using Microsoft.AspNetCore.Http;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// Keeps pages of other sites from using a visitor's browser against this server: a request with an Origin must have this server's own. A server that is
/// open on loopback also answers only to names of this machine, since another site's name may be made to point here (DNS rebinding).
/// </summary>
public sealed class BrowserGuard(bool isLoopbackOnly)
{
    private string hostSeen = "";

    /// <summary>Says what is wrong with where a request comes from.</summary>
    /// <returns>Null when nothing is.</returns>
    public string? Check(IHeaderDictionary headers, string scheme)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var host = headers.Host.ToString();
        if (isLoopbackOnly && !IsLoopback(host)) return $"HostRefused: this server is open to its own machine only, and the request names '{Shown(host)}'; call it as 127.0.0.1 or localhost.";
        var origin = headers.Origin;
        if (origin.Count == 0) return null;
        return string.Equals(origin.ToString(), $"{scheme}://{host}", StringComparison.OrdinalIgnoreCase)
            ? null
            : $"OriginRefused: the request comes from a page of '{Shown(origin.ToString())}', not of this server.";
    }

    private bool IsLoopback(string host)
    {
        if (string.Equals(host, Volatile.Read(ref hostSeen), StringComparison.Ordinal)) return host.Length > 0;
        if (!HostString.FromUriComponent(host).HasValue) return false;
        var name = new HostString(host).Host.Trim('[', ']');
        var isLoopback = string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
        if (isLoopback) Volatile.Write(ref hostSeen, host);
        return isLoopback;
    }

    /// <summary>What a caller sent, short and printable, for a message.</summary>
    private static string Shown(string text) => string.Concat(text.Take(100).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
