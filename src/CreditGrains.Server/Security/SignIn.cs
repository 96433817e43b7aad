using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Shell;
using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Server.Security;

/// <summary>Where a person gives a key or token, and what follows from it. Works without scripts.</summary>
/// <param name="security">Tells whose key it is.</param>
/// <param name="hasAssets">Whether the dashboard, and with it its style, is served.</param>
internal sealed class SignIn(ServerSecurity security, bool hasAssets)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/sign-in";

    private const long FormLengthMax = 32 * 1024;

    /// <summary>Adds the page, its form and the way out.</summary>
    public void Map(WebApplication app)
    {
        app.MapGet(Path, (string? next, HttpContext context) =>
        {
            // Without a referrer a browser says of the form below that it comes from nowhere, and it is refused as one of another site.
            context.Response.Headers["Referrer-Policy"] = "same-origin";
            return Page(context, LocalOf(next));
        }).AllowAnyone();
        app.MapPost(Path, (Func<HttpContext, Task<IResult>>)EnterAsync).AllowAnyone();
        app.MapPost("/sign-out", (HttpContext context) =>
        {
            security.Sessions.End(context);
            return Results.Redirect(Path);
        }).AllowAnyone();
    }

    private async Task<IResult> EnterAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = FormLengthMax;
        // A form of another site could sign a visitor in as somebody else; browsers say where a form comes from.
        if (context.Request.Headers.Origin.Count == 0 || !context.Request.HasFormContentType) return Results.StatusCode(StatusCodes.Status403Forbidden);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var next = LocalOf(form["next"]);
        var credentials = new Credentials($"Bearer {form["key"].ToString().Trim()}", null);
        var recognition = security.Authenticator.Authenticate(credentials);
        if (recognition.Principal is null) return Page(context, next, SignInFault.NotAccepted, StatusCodes.Status401Unauthorized);
        return security.Sessions.Begin(context, credentials) ? Results.Redirect(next) : Page(context, next, SignInFault.TooMany, StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A path of this server; anything else becomes the first page, so that no link leads elsewhere through here.</summary>
    private static string LocalOf(string? next) =>
        next is ['/', .. var rest] && !rest.StartsWith('/') && !rest.StartsWith('\\') && next.All(c => c is > ' ' and <= '~' and not '\\') ? next : "/";

    private IResult Page(HttpContext context, string next, SignInFault fault = SignInFault.None, int status = StatusCodes.Status200OK) =>
        Results.Content(SignInPage.Of(context.Request, Path, next, fault, hasAssets), "text/html; charset=utf-8", statusCode: status);
}
