using System.Globalization;
using CreditGrains.Dashboard.Browser;
using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>Pages follow what the engine decides, and act on it.</summary>
[Collection(nameof(Site))]
public sealed class LiveTests(Site site)
{
    [BrowserFact]
    public async Task Now_DecisionByGrpc_AppearsWithoutReload()
    {
        await using var visit = await site.VisitAsync("");
        await visit.Page.EvaluateAsync("window.notReloaded = true");
        var decision = await site.AuthorizeAsync(1004, 1_23);
        await visit.Page.Locator($"#latest tbody tr:has(td:text-is('{Text(decision.DecisionId)}'))").WaitForAsync();
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.notReloaded === true"));
    }

    [BrowserFact]
    public async Task Charts_AreLoadedByThePageThatHasThem_OnceItAnswers()
    {
        await using var visit = await site.VisitAsync("alerts");
        Assert.Equal(0, await visit.Page.Locator("#charts").CountAsync());
        await visit.Page.ClickAsync("header nav a[href='']");
        await visit.Page.WaitForSelectorAsync(".chart[data-drawn] canvas");
        Assert.Equal(1, await visit.Page.Locator("script#charts").CountAsync());
        Assert.True(await visit.Page.EvaluateAsync<bool>("performance.getEntriesByName(document.querySelector('#charts').src)[0].startTime >= Number(document.documentElement.dataset.interactive) - 1"));
    }

    [BrowserFact]
    public async Task Now_Decline_ShowsItsReason()
    {
        await using var visit = await site.VisitAsync("");
        var decision = await site.AuthorizeAsync(1003, 5_00);
        var row = visit.Page.Locator($"#latest tbody tr:has(td:text-is('{Text(decision.DecisionId)}'))");
        await row.WaitForAsync();
        Assert.Contains("account frozen", await row.InnerTextAsync(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Account_DecisionByGrpc_ChangesHeadroomWithoutReload()
    {
        await using var visit = await site.VisitAsync("account/1/1004");
        var before = await visit.Page.InnerTextAsync("#headroom");
        await site.AuthorizeAsync(1004, 2_00);
        await visit.Page.WaitForFunctionAsync("before => document.querySelector('#headroom').innerText !== before", before);
    }

    [BrowserFact]
    public async Task Account_HoldVoidedOnThePage_GivesItsHeadroomBack()
    {
        var decision = await site.AuthorizeAsync(1001, 7_00);
        await using var visit = await site.VisitAsync("account/1/1001");
        var row = visit.Page.Locator($"#items tbody tr:has(th:text-is('{Text(decision.DecisionId)}'))");
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Void" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Yes, do it" }).ClickAsync();
        await row.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Contains("void", await visit.Page.InnerTextAsync("#events tbody tr"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Account_FrozenAndUnfrozenOnThePage_IsAskedForFirst()
    {
        await using var visit = await site.VisitAsync("account/1/2001");
        await Button(visit.Page, "freeze").ClickAsync();
        await visit.Page.GetByText("Freeze Account 2001?").WaitForAsync();
        Assert.False(await visit.Page.Locator("dl.tiles .tag", new PageLocatorOptions { HasText = "frozen" }).IsVisibleAsync());
        await Button(visit.Page, "Yes, do it").ClickAsync();
        await visit.Page.Locator("dl.tiles .tag", new PageLocatorOptions { HasText = "frozen" }).WaitForAsync();
        await Button(visit.Page, "unfreeze").ClickAsync();
        await Button(visit.Page, "Yes, do it").ClickAsync();
        await visit.Page.Locator("dl.tiles .tag", new PageLocatorOptions { HasText = "active" }).WaitForAsync();
    }

    [BrowserFact]
    public async Task Account_LimitSetOnThePage_IsInForce()
    {
        await using var visit = await site.VisitAsync("account/1/2002");
        await visit.Page.FillAsync("#new-limit", "410,000.50");
        await Button(visit.Page, "set limit").ClickAsync();
        await Button(visit.Page, "Yes, do it").ClickAsync();
        await visit.Page.Locator("dl.tiles", new PageLocatorOptions { HasText = "of a limit of 410,000.50" }).First.WaitForAsync();
    }

    [BrowserFact]
    public async Task Account_AsOfSlider_ShowsTheBalancesOfThatEvent()
    {
        await site.AuthorizeAsync(1001, 11_00);
        await using var visit = await site.VisitAsync("account/1/1001");
        var newest = await visit.Page.GetAttributeAsync("#asof-state", "data-sequence");
        await visit.Page.FocusAsync("#asof");
        await visit.Page.Keyboard.PressAsync("Home");
        await visit.Page.WaitForFunctionAsync("newest => document.querySelector('#asof-state').dataset.sequence !== newest", newest);
        Assert.Contains("open account", await visit.Page.InnerTextAsync("#asof-state"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Group_Tree_ShowsWhoHangsOnWhom()
    {
        await using var visit = await site.VisitAsync("group/obligorgroup/1/20");
        await visit.Page.ClickAsync("summary >> nth=0");
        var tree = await visit.Page.InnerTextAsync("ul.tree.root");
        Assert.Contains("Enterprise 10", tree, StringComparison.Ordinal);
        Assert.Contains("Borrower 110", tree, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Search_ByNumberKindAndNonsense_FindsOrSaysSo()
    {
        await using var visit = await site.VisitAsync("account");
        await SearchAsync(visit.Page, "1001");
        await visit.Page.ArriveAsync("account/1/1001");
        await SearchAsync(visit.Page, "enterprise 10");
        await visit.Page.ArriveAsync("group/enterprise/1/10");
        await visit.Page.Locator("h1", new PageLocatorOptions { HasText = "Enterprise 10" }).WaitForAsync();
        await SearchAsync(visit.Page, "no such thing");
        await visit.Page.GetByText("Nothing found for \"no such thing\".").WaitForAsync();
    }

    private static async Task SearchAsync(IPage page, string text)
    {
        await page.FillAsync("input[type=search]", text);
        await page.Keyboard.PressAsync("Enter");
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
