using System.Net;
using CreditGrains.Dashboard.Browser;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>Language, colours, small screens, keyboard, and what the server sends along.</summary>
[Collection(nameof(Site))]
public sealed class LooksTests(Site site)
{
    public static IReadOnlyList<string> Paths { get; } = ["", "account", "account/1/1001", "account/1/999", "group", "group/obligorgroup/1/20", "pool", $"pool/{LivePool.Id}", "risk", "alerts", "approvals"];

    [BrowserFact]
    public async Task EveryPage_OnAPhone_LoadsWithoutComplaint_AndScrollsOnlyDown()
    {
        // A refusal by the content security policy is an error of the console. One browser for all pages: what they load in common it keeps.
        await using var visit = await site.VisitAsync(Paths[0], new PageLook(360, 740));
        foreach (var path in Paths)
        {
            await visit.Page.VisitAsync(site.Address, path);
            await visit.Page.WaitForSelectorAsync("h1");
            if (path is "" or "group" or "pool" or "risk") await visit.Page.ChartsAsync();
            Assert.Empty(visit.Complaints);
            Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"'{path}' is wider than a phone");
        }
    }

    [BrowserFact]
    public async Task Browser_InChinese_GetsChinesePages()
    {
        await using var visit = await site.VisitAsync("", new PageLook(Language: "zh-CN"));
        Assert.Equal("实时", await visit.Page.InnerTextAsync("h1"));
        Assert.Equal("zh-Hans", await visit.Page.GetAttributeAsync("html", "lang"));
        await visit.Page.ClickAsync("nav.looks a[lang=en]");
        await visit.Page.GetByText("Decisions a second", new Microsoft.Playwright.PageGetByTextOptions { Exact = true }).First.WaitForAsync();
    }

    [BrowserFact]
    public async Task Dark_ChosenByLink_StaysOnTheNextPage()
    {
        await using var visit = await site.VisitAsync("account/1/1001");
        await visit.Page.ClickAsync("nav.looks a[href^='look/dark']");
        await visit.Page.WaitForSelectorAsync("html[data-look=dark]");
        Assert.EndsWith("/account/1/1001", visit.Page.Url, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Keyboard_SkipLink_ShowsItselfAndLeadsToTheContent()
    {
        await using var visit = await site.VisitAsync("account");
        await visit.Page.FocusAsync(".skip");
        Assert.True(await visit.Page.EvaluateAsync<bool>("document.querySelector('.skip').getBoundingClientRect().left >= 0"));
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync("account#main");
    }

    [Fact]
    public async Task Page_Headers_ForbidForeignContentAndFrames()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(site.Address);
        var policy = string.Join(";", response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Page_AskedForByAnotherSite_IsRefused(string header, string value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, site.Address);
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("language/zh?back=account/1/1001", "/account/1/1001")]
    [InlineData("language/zh?back=//evil.example", "/")]
    [InlineData("look/dark?back=https://evil.example", "/")]
    [InlineData("look/dark?back=/%5Cevil.example", "/")]
    public async Task Choice_OfLook_LeadsBackToThisSiteOnly(string path, string location)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        using var response = await http.GetAsync(new Uri(site.Address, path));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(location, response.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("pool-csv/sample?cpr=2&cdr=0&severity=0", HttpStatusCode.BadRequest)]
    [InlineData("pool-csv/sample?cpr=NaN&cdr=0&severity=0", HttpStatusCode.BadRequest)]
    [InlineData("pool-csv/nothing?cpr=0&cdr=0&severity=0", HttpStatusCode.NotFound)]
    [InlineData("assets/0000/dashboard.css", HttpStatusCode.NotFound)]
    [InlineData("language/xx", HttpStatusCode.NotFound)]
    public async Task Address_ThatIsWrong_IsRefused(string path, HttpStatusCode status)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(site.Address, path));
        Assert.Equal(status, response.StatusCode);
    }
}
