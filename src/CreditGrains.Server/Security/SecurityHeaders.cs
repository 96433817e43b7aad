namespace CreditGrains.Server.Security;

/// <summary>Headers that keep a browser from running, framing, guessing or keeping what it should not.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// What a page may load: from this server only; scripts from files, never inline; connections back to it, for live pages. Styles may be inline, which
    /// charts need.
    /// </summary>
    public const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        // What an endpoint says of itself stands: a style sheet with its hash in its name may be kept.
        context.Response.OnStarting(static state =>
        {
            var response = (HttpResponse)state;
            if (response.Headers.CacheControl.Count == 0) response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context.Response);
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
