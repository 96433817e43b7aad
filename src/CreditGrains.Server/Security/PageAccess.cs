using System.Security.Claims;
using CreditGrains.Api.Security.Access;

namespace CreditGrains.Server.Security;

/// <summary>Stands before every page and endpoint that is no call: who visits, and may they. Sets the headers that keep browsers careful.</summary>
internal sealed class PageAccess(ServerSecurity security, TimeProvider clock)
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        SecurityHeaders.Set(context);
        if (security.Browsers.Check(request.Headers, request.Scheme) is { } foreign) return RefuseAsync(context, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", foreign);
        var rule = context.GetEndpoint()?.Metadata.GetMetadata<PageRule>();
        if (rule is null) return RefuseAsync(context, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", $"No rule says who may open {request.Path}.");

        var (credentials, isBySession) = CredentialsOf(context);
        var session = isBySession ? request.Cookies[Sessions.CookieName] : null;
        if (isBySession && !IsSafe(request.Method) && request.Headers.Origin.Count == 0)
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", "OriginMissing: a change by a session must say which page it comes from.");
        var recognition = security.Authenticator.Authenticate(credentials);
        var principal = Accepted(recognition);
        if (principal is not null) context.Features.Set(new Visitor(principal));
        if (rule.AnyOf is not { } roles) return next(context);
        if (principal is null)
        {
            if (HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            {
                context.Response.Redirect($"{SignIn.Path}?next={Uri.EscapeDataString(request.Path + request.QueryString)}");
                return Task.CompletedTask;
            }

            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, StatusCodes.Status401Unauthorized, "UNAUTHENTICATED", $"Unauthenticated: {recognition.Refusal ?? "the credentials have ended"}.");
        }

        if (!principal.HasAny(roles))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", $"RoleMissing: {request.Path} needs the role {string.Join(" or ", RoleNames.Of(roles))}.");
        if (rule.IsEngineWide && principal.Tenant != 0)
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", $"OutsideScope: {request.Path} shows the book as a whole; use a key of all tenants.");
        context.User = new ClaimsPrincipal(new PrincipalIdentity(() => session is null || security.Sessions.Find(session) is not null ? Accepted(security.Authenticator.Authenticate(credentials)) : null, principal.Id));
        return next(context);
    }

    private Principal? Accepted(in Recognition recognition) => recognition.ValidUntil > clock.GetUtcNow() ? recognition.Principal : null;

    /// <summary>What the visitor shows: a header, else a session, else a certificate.</summary>
    private (Credentials Credentials, bool IsBySession) CredentialsOf(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 0) return (new Credentials(authorization.Count == 1 ? authorization[0] : "several", null), false);
        return security.Sessions.Find(context) is { } session ? (session, true) : (new Credentials(null, context.Connection.ClientCertificate), false);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static Task RefuseAsync(HttpContext context, int status, string code, string message) =>
        Results.Json(new Dictionary<string, string> { ["code"] = code, ["message"] = message }, statusCode: status).ExecuteAsync(context);
}
