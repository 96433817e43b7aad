using CreditGrains.Dashboard.Browser;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>axe-core finds no serious or critical violation on any page, light, dark in Chinese, or on a phone; CREDITGRAINS_LONG=1 looks at every page in all three.</summary>
[Collection(nameof(Site))]
public sealed class AccessibilityTests(Site site)
{
    private const string Run = """
        async () => {
          const result = await axe.run(document, { resultTypes: ['violations'] });
          return result.violations.filter(one => one.impact === 'serious' || one.impact === 'critical')
            .map(one => `${one.id} (${one.impact}): ${one.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).slice(0, 3).join(' | ')}`);
        }
        """;

    [AxeFact]
    public async Task EveryPage_InEveryLook_HasNoSeriousViolation()
    {
        PageLook[] looks = [new(BypassesPolicy: true), new(IsDark: true, Language: "zh-CN", BypassesPolicy: true), new(360, 740, BypassesPolicy: true)];
        var found = new List<string>();
        // Every page, each in the next look; with the longer checks each in all.
        var isLong = Environment.GetEnvironmentVariable("CREDITGRAINS_LONG") == "1";
        foreach (var (turn, look) in looks.Index())
        {
            await using var visit = await site.VisitAsync("", look);
            foreach (var path in LooksTests.Paths.Where((_, place) => isLong || place % looks.Length == turn))
            {
                await visit.Page.VisitAsync(site.Address, path);
                await visit.Page.WaitForSelectorAsync("h1");
                if (path == "pool") await visit.Page.WaitForSelectorAsync("#measures tbody tr");
                await LookAsync(visit, path, look, found);
            }
        }
        Assert.Empty(found);
    }

    [AxeFact]
    public async Task Approvals_WithChangesAndReviews_HaveNoSeriousViolation()
    {
        var found = new List<string>();
        PageLook[] looks = [new(IsDark: true, Language: "zh-CN", BypassesPolicy: true), new(360, 740, BypassesPolicy: true)];
        foreach (var look in looks)
        {
            await using var visit = await site.Tenants.SignInAsync("bob", "approvals", look);
            await visit.Page.WaitForSelectorAsync(".proposal .decide");
            await visit.Page.WaitForSelectorAsync(".review .decide");
            await visit.Page.ClickAsync(".proposal .decide button.danger >> nth=0");
            await visit.Page.WaitForSelectorAsync(".proposal .decide [role=alert]");
            await LookAsync(visit, "approvals", look, found);
            Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"wider than {look.Width}");
        }
        Assert.Empty(found);
    }

    [AxeFact]
    public async Task SignIn_InTheReadersLanguageAndLook_HasNoSeriousViolation()
    {
        var found = new List<string>();
        foreach (var (look, title) in new (PageLook, string)[] { (new(BypassesPolicy: true), "Sign in"), (new(360, 740, "zh-CN", IsDark: true, BypassesPolicy: true), "登录") })
        {
            await using var visit = await site.Tenants.VisitAsync("sign-in", look);
            Assert.Equal(title, await visit.Page.InnerTextAsync("h2"));
            // The style of the pages is there before anybody is signed in.
            Assert.Equal("460px", await visit.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main')).maxWidth"));
            await LookAsync(visit, "sign-in", look, found);
            await visit.Page.FillAsync("#key", "cg_wrong");
            await visit.Page.Keyboard.PressAsync("Enter");
            await visit.Page.WaitForSelectorAsync("[role=alert]");
            await LookAsync(visit, "sign-in", look, found);
        }
        Assert.Empty(found);
    }

    private static async Task LookAsync(SitePage visit, string path, PageLook look, List<string> found)
    {
        await visit.Page.EvaluateAsync("document.querySelectorAll('details').forEach(one => one.open = true)");
        await visit.Page.AddScriptTagAsync(new Microsoft.Playwright.PageAddScriptTagOptions { Path = AxeFactAttribute.Script });
        foreach (var violation in await visit.Page.EvaluateAsync<string[]>(Run)) found.Add($"/{path} {(look.IsDark ? "dark" : "light")} {look.Width}: {violation}");
    }
}
