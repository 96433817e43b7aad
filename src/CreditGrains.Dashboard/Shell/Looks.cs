using CreditGrains.Dashboard.Texts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CreditGrains.Dashboard.Shell;

/// <summary>Language and look of the pages, chosen by links that set a cookie and lead back.</summary>
internal static class Looks
{
    public const string LanguageCookie = "creditgrains.language";
    public const string LookCookie = "creditgrains.look";

    /// <summary>The looks: as the system has it, light, dark.</summary>
    public static IReadOnlyList<string> All { get; } = ["auto", "light", "dark"];

    /// <summary>A look that exists.</summary>
    public static string Of(string? look) => All.FirstOrDefault(one => one == look) ?? "auto";

    /// <summary>The language of a reader: chosen once, or asked for by the browser.</summary>
    public static string LanguageOf(HttpRequest request) => Words.Languages.FirstOrDefault(code => code == request.Cookies[LanguageCookie]) ?? Words.Preferred(request.Headers.AcceptLanguage);

    /// <summary>A language as documents name it.</summary>
    public static string TagOf(string language) => language == "zh" ? "zh-Hans" : language;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/language/{code}", (string code, string? back, HttpContext context) => Set(context, LanguageCookie, Words.Languages.FirstOrDefault(one => one == code), back));
        routes.MapGet("/look/{name}", (string name, string? back, HttpContext context) => Set(context, LookCookie, All.FirstOrDefault(one => one == name), back));
    }

    private static IResult Set(HttpContext context, string cookie, string? value, string? back)
    {
        if (value is null) return Results.NotFound();
        context.Response.Cookies.Append(cookie, value, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = TimeSpan.FromDays(365) });
        return Results.LocalRedirect(IsLocal(back) ? "/" + back : "/");
    }

    /// <summary>Paths of this site only, without their first slash: a link must not lead a person elsewhere.</summary>
    private static bool IsLocal(string? back) => back is not null && back.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '?' or '=' or '&') && !back.StartsWith('/');
}
