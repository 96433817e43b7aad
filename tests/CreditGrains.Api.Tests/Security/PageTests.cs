using System.Net;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Pages: headers, signing in, and what a page of another site could try.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/nothing")]
    [InlineData("/healthz")]
    public async Task Page_Any_HasTheSecurityHeaders(string path)
    {
        await using var server = await StartAsync();
        var (_, _, headers) = await server.GetAsync(path, key: null);
        string Of(string name) => string.Join(' ', headers.GetValues(name));
        Assert.Contains("default-src 'self'", Of("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Of("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", Of("Content-Security-Policy"), StringComparison.Ordinal);
        // Where there is a form, the browser must say that it comes from here; else it says that it comes from nowhere.
        Assert.Equal(("nosniff", "DENY", path == "/sign-in" ? "same-origin" : "no-referrer", "no-store"), (Of("X-Content-Type-Options"), Of("X-Frame-Options"), Of("Referrer-Policy"), Of("Cache-Control")));
        Assert.False(headers.Contains("Server"));
    }

    [Fact]
    public async Task JsonAnswer_Any_IsNeitherGuessedNorKept()
    {
        await using var server = await StartAsync();
        var (_, _, headers) = await server.PostAsync("/creditgrains.v1.QueryService/GetStatus", "{}", key: null);
        Assert.Equal(("nosniff", "no-store"), (headers.GetValues("X-Content-Type-Options").Single(), headers.CacheControl!.ToString()));
    }

    [Fact]
    public async Task SignIn_WithAKey_GivesASessionThatEndsWithTheKey()
    {
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 0, "read");
        await RoleTests.SettleAsync(server, key);
        using var browser = new Browser(server);
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?next=%2Fmemory%3Fsince%3D1"), await browser.GetAsync("/memory?since=1"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync("/sign-in", ("key", "cg_wrong"))).Status);
        Assert.Equal((HttpStatusCode.Redirect, "/memory"), await browser.PostAsync("/sign-in", ("key", key), ("next", "/memory")));
        var cookie = browser.CookieSet!;
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key[16..], cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/memory")).Status);
        server.Revoke("reader");
        var until = DateTime.UtcNow.AddSeconds(20);
        while ((await browser.GetAsync("/memory")).Status == HttpStatusCode.OK) Assert.True(DateTime.UtcNow < until, "the session outlives its key");
    }

    [Fact]
    public async Task SignOut_EndsTheSessionOnTheServerToo()
    {
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 0, "read");
        await RoleTests.SettleAsync(server, key);
        using var browser = new Browser(server);
        await browser.PostAsync("/sign-in", ("key", key));
        using var copy = new Browser(server, browser.Cookie);
        Assert.Equal(HttpStatusCode.OK, (await copy.GetAsync("/memory")).Status);
        await browser.PostAsync("/sign-out");
        Assert.Equal(HttpStatusCode.Redirect, (await copy.GetAsync("/memory")).Status);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Form_OfAnotherSite_DoesNothing(string? origin)
    {
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 0, "read");
        await RoleTests.SettleAsync(server, key);
        using var browser = new Browser(server) { Origin = origin };
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/sign-in", ("key", key))).Status);
        Assert.Null(browser.CookieSet);
    }

    [Theory]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/memory\r\nSet-Cookie: a=b", "/")]
    [InlineData("/memory?since=1", "/memory?since=1")]
    public async Task SignIn_WithAPlaceToGoOnTo_StaysOnThisServer(string next, string expected)
    {
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 0, "read");
        await RoleTests.SettleAsync(server, key);
        using var browser = new Browser(server);
        Assert.Equal((HttpStatusCode.Redirect, expected), await browser.PostAsync("/sign-in", ("key", key), ("next", next)));
    }

    [Fact]
    public async Task Call_WithASessionCookieAlone_IsUnauthenticated()
    {
        // Cookies go along unasked, so calls do not take them.
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 0, "read");
        await RoleTests.SettleAsync(server, key);
        using var browser = new Browser(server);
        await browser.PostAsync("/sign-in", ("key", key));
        var (status, _, _) = await server.PostAsync("/creditgrains.v1.QueryService/GetStatus", "{}", key: null, ("Cookie", browser.Cookie!));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task Body_BeyondTheBound_IsRefusedBeforeItIsKept()
    {
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 0, "read");
        await RoleTests.SettleAsync(server, key);
        var body = new string(' ', 17 * 1024 * 1024);
        // The server answers and closes while the body is still being sent; whether the answer is read or the break is seen first is the client's luck.
        HttpStatusCode? answer = null;
        var broken = await Record.ExceptionAsync(async () => answer = (await server.PostAsync("/creditgrains.v1.QueryService/GetStatus", body, key)).Status);
        Assert.True(answer == HttpStatusCode.TooManyRequests || broken is HttpRequestException, $"{answer} {broken}");
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/creditgrains.v1.QueryService/GetStatus", "{}", key)).Status);
    }

    /// <summary>A browser that asks for pages, keeps one cookie and says where its forms come from.</summary>
    private sealed class Browser : IDisposable
    {
        private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        private readonly Uri address;

        public Browser(SecuredServer server, string? cookie = null)
        {
            address = server.Running.HttpAddress;
            Origin = address.GetLeftPart(UriPartial.Authority);
            Cookie = cookie;
        }

        public string? Origin { get; init; }

        public string? Cookie { get; private set; }

        public string? CookieSet { get; private set; }

        public Task<(HttpStatusCode Status, string Location)> GetAsync(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
            request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml");
            return SendAsync(request);
        }

        public Task<(HttpStatusCode Status, string Location)> PostAsync(string path, params (string Name, string Value)[] form)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
            if (Origin is not null) request.Headers.TryAddWithoutValidation("Origin", Origin);
            return SendAsync(request);
        }

        public void Dispose() => http.Dispose();

        private async Task<(HttpStatusCode Status, string Location)> SendAsync(HttpRequestMessage request)
        {
            if (Cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", Cookie);
            using var response = await http.SendAsync(request);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
            {
                CookieSet = set.Single();
                Cookie = CookieSet.Split(';')[0];
            }

            return (response.StatusCode, response.Headers.Location?.OriginalString ?? "");
        }
    }
}
