using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using CreditGrains.Api.Security.Access;

namespace CreditGrains.Server.Security;

/// <summary>
/// Visitors who signed in with a key: a random name in a cookie that scripts cannot read and other sites cannot send, and here what it stands for. In memory
/// only; the key is asked again for every request, so a revoked one ends its sessions.
/// </summary>
internal sealed class Sessions(TimeProvider clock)
{
    /// <summary>The cookie.</summary>
    public const string CookieName = "cg_session";

    /// <summary>Most sessions at once.</summary>
    private const int Max = 10_000;

    private const int NameBytes = 32;

    /// <summary>How long one lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    private readonly ConcurrentDictionary<string, Session> sessions = new(StringComparer.Ordinal);

    /// <summary>Begins a session and sets its cookie.</summary>
    /// <returns>False when there are too many.</returns>
    public bool Begin(HttpContext context, Credentials credentials)
    {
        if (sessions.Count >= Max) Forget();
        if (sessions.Count >= Max) return false;
        var name = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NameBytes));
        sessions[HashOf(name)] = new Session(credentials, clock.GetUtcNow() + Lifetime);
        context.Response.Cookies.Append(CookieName, name, Cookie(context));
        return true;
    }

    /// <summary>What the visitor signed in with; null when there is no session.</summary>
    public Credentials? Find(HttpContext context) => context.Request.Cookies[CookieName] is { } name ? Find(name) : null;

    /// <summary>What the visitor of a cookie signed in with; null when there is no such session.</summary>
    public Credentials? Find(string name)
    {
        if (!sessions.TryGetValue(HashOf(name), out var session)) return null;
        if (clock.GetUtcNow() < session.EndsAt) return session.Credentials;
        sessions.TryRemove(HashOf(name), out _);
        return null;
    }

    /// <summary>Ends the visitor's session.</summary>
    public void End(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is { } name) sessions.TryRemove(HashOf(name), out _);
        context.Response.Cookies.Delete(CookieName, Cookie(context));
    }

    private static CookieOptions Cookie(HttpContext context) =>
        new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = Lifetime, IsEssential = true };

    // By hash: looking up a name takes a time that says nothing of how much of it was right.
    private static string HashOf(string name) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (name, session) in sessions)
            if (session.EndsAt <= now)
                sessions.TryRemove(name, out _);
    }

    private sealed record Session(Credentials Credentials, DateTimeOffset EndsAt);
}
