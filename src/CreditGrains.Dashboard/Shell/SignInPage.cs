using System.Net;
using CreditGrains.Dashboard.Assets;
using CreditGrains.Dashboard.Texts;
using Microsoft.AspNetCore.Http;

namespace CreditGrains.Dashboard.Shell;

/// <summary>Why somebody is not signed in.</summary>
public enum SignInFault
{
    /// <summary>Nothing was tried yet.</summary>
    None,

    /// <summary>The key or token is not accepted.</summary>
    NotAccepted,

    /// <summary>As many are signed in as may be.</summary>
    TooMany,
}

/// <summary>The page on which a person gives a key or token, in the reader's language and look. It works without scripts.</summary>
public static class SignInPage
{
    /// <summary>The page.</summary>
    /// <param name="request">Of the reader: its cookies and headers tell language and look.</param>
    /// <param name="action">Where the form goes: <c>key</c>, and <c>next</c>.</param>
    /// <param name="next">Where to go on, a path of this server.</param>
    /// <param name="fault">Why it is shown again.</param>
    /// <param name="hasAssets">Whether the host serves the dashboard's style.</param>
    public static string Of(HttpRequest request, string action, string next, SignInFault fault, bool hasAssets)
    {
        ArgumentNullException.ThrowIfNull(request);
        var language = Looks.LanguageOf(request);
        var words = Words.In(language);
        string Text(string key) => WebUtility.HtmlEncode(words[key]);
        var style = hasAssets ? $"""<link rel="icon" type="image/svg+xml" href="{EmbeddedAssets.PathOf("mark.svg")}"><link rel="stylesheet" href="{EmbeddedAssets.PathOf("dashboard.css")}">""" : "";
        var alert = fault == SignInFault.None ? "" : $"""<p class="note bad" role="alert">{Text($"signIn.{fault}")}</p>""";
        return $"""
            <!doctype html><html lang="{Looks.TagOf(language)}" data-look="{Looks.Of(request.Cookies[Looks.LookCookie])}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <title>{Text("signIn.title")} · CreditGrains</title>{style}</head>
            <body><main class="sign-in"><h1>CreditGrains</h1><section class="card wide"><h2>{Text("signIn.title")}</h2>{alert}
            <form method="post" action="{WebUtility.HtmlEncode(action)}"><input type="hidden" name="next" value="{WebUtility.HtmlEncode(next)}">
            <label for="key">{Text("signIn.key")}</label><input id="key" type="password" name="key" autocomplete="off" required autofocus><button class="main">{Text("signIn.enter")}</button></form>
            <p class="muted">{Text("signIn.about")}</p></section></main></body></html>
            """;
    }
}
