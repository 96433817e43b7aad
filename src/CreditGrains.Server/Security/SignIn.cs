using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Server.Security;

/// <summary>The page on which a person gives a key or token, and what follows from it. Works without scripts.</summary>
internal static class SignIn
{
    /// <summary>Where it is.</summary>
    public const string Path = "/sign-in";

    private const long FormLengthMax = 32 * 1024;

    /// <summary>Adds the page, its form and the way out.</summary>
    public static void Map(WebApplication app, ServerSecurity security)
    {
        app.MapGet(Path, (string? next, HttpContext context) =>
        {
            // Without a referrer a browser says of the form below that it comes from nowhere, and it is refused as one of another site.
            context.Response.Headers["Referrer-Policy"] = "same-origin";
            return Page(LocalOf(next), "");
        }).AllowAnyone();
        app.MapPost(Path, (Func<HttpContext, Task<IResult>>)(context => EnterAsync(context, security))).AllowAnyone();
        app.MapPost("/sign-out", (HttpContext context) =>
        {
            security.Sessions.End(context);
            return Results.Redirect(Path);
        }).AllowAnyone();
    }

    private static async Task<IResult> EnterAsync(HttpContext context, ServerSecurity security)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = FormLengthMax;
        // A form of another site could sign a visitor in as somebody else; browsers say where a form comes from.
        if (context.Request.Headers.Origin.Count == 0 || !context.Request.HasFormContentType) return Results.StatusCode(StatusCodes.Status403Forbidden);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var next = LocalOf(form["next"]);
        var credentials = new Api.Security.Access.Credentials($"Bearer {form["key"].ToString().Trim()}", null);
        var recognition = security.Authenticator.Authenticate(credentials);
        if (recognition.Principal is null) return Page(next, "This key is not accepted here.", StatusCodes.Status401Unauthorized);
        return security.Sessions.Begin(context, credentials) ? Results.Redirect(next) : Page(next, "Too many people are signed in; try again later.", StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A path of this server; anything else becomes the first page, so that no link leads elsewhere through here.</summary>
    private static string LocalOf(string? next) =>
        next is ['/', .. var rest] && !rest.StartsWith('/') && !rest.StartsWith('\\') && next.All(c => c is > ' ' and <= '~' and not '\\') ? next : "/";

    private static IResult Page(string next, string message, int status = StatusCodes.Status200OK) => Results.Content(
        $"""
        <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in - CreditGrains</title></head>
        <body><main><h1>CreditGrains</h1><p role="alert">{System.Net.WebUtility.HtmlEncode(message)}</p>
        <form method="post" action="{Path}"><input type="hidden" name="next" value="{System.Net.WebUtility.HtmlEncode(next)}">
        <label>API key or token <input type="password" name="key" autocomplete="off" required autofocus></label> <button>Sign in</button></form></main></body></html>
        """, "text/html; charset=utf-8", statusCode: status);
}
