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

        var recognition = security.Authenticator.Authenticate(CredentialsOf(context));
        var principal = recognition.ValidUntil > clock.GetUtcNow() ? recognition.Principal : null;
        if (principal is not null) context.Features.Set(new Visitor(principal));
        if (rule.AnyOf is not { } roles) return next(context);
        if (principal is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, StatusCodes.Status401Unauthorized, "UNAUTHENTICATED", $"Unauthenticated: {recognition.Refusal ?? "the credentials have ended"}.");
        }

        return principal.HasAny(roles)
            ? next(context)
            : RefuseAsync(context, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", $"RoleMissing: {request.Path} needs the role {string.Join(" or ", RoleNames.Of(roles))}.");
    }

    private static Credentials CredentialsOf(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        return new Credentials(authorization.Count == 1 ? authorization[0] : null, context.Connection.ClientCertificate);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message) =>
        Results.Json(new Dictionary<string, string> { ["code"] = code, ["message"] = message }, statusCode: status).ExecuteAsync(context);
}
