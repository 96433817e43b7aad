using CreditGrains.Dashboard.Browser;
using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>Models and policies on the pages.</summary>
[Collection(nameof(Site))]
public sealed class RiskPageTests(Site site)
{
    [BrowserFact]
    public async Task Risk_ShowsVersionsRolesMonitorsAndShadows()
    {
        await site.ScoredAsync();
        await using var visit = await site.VisitAsync("risk");
        var versions = await visit.Page.InnerTextAsync("#versions");
        foreach (var role in (string[])["acting", "challenger", "shadow"]) Assert.Contains(role, versions, StringComparison.Ordinal);
        Assert.Contains("made by ana, checked by bo", versions, StringComparison.Ordinal);
        await visit.Page.Locator("#monitors tbody tr", new PageLocatorOptions { HasText = "card@1" }).First.WaitForAsync();
        await visit.Page.Locator("#shadows tbody tr", new PageLocatorOptions { HasText = "authorize@2" }).WaitForAsync();
        await visit.Page.ChartsAsync();
    }

    [BrowserFact]
    public async Task Backtest_StartedByKeyboard_EndsWithItsFigures()
    {
        await site.ScoredAsync();
        await using var visit = await site.VisitAsync("risk");
        await visit.Page.FocusAsync("#backtest-policy");
        await visit.Page.SelectOptionAsync("#backtest-policy", new SelectOptionValue { Label = "authorize@2" });
        await visit.Page.WaitForSelectorAsync("form.line button.main:enabled");
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        var row = visit.Page.Locator("#backtests tbody tr", new PageLocatorOptions { HasText = "backtest of policy authorize@2" }).First;
        await row.Locator("td", new LocatorLocatorOptions { HasText = "done" }).WaitForAsync();
    }

    [BrowserFact]
    public async Task Backtest_CancelledOnThePage_SaysSo()
    {
        await site.SlowPolicyAsync(entity: 9);
        await using var visit = await site.VisitAsync("risk/9");
        await visit.Page.SelectOptionAsync("#backtest-policy", new SelectOptionValue { Label = "slow@1" });
        await visit.Page.ClickAsync("form.line button.main:enabled");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel: backtest of policy slow@1" }).ClickAsync();
        var row = visit.Page.Locator("#backtests tbody tr", new PageLocatorOptions { HasText = "backtest of policy slow@1" });
        await row.Locator("td", new LocatorLocatorOptions { HasText = "cancelled" }).WaitForAsync();
        Assert.Equal(0, await row.Locator("button").CountAsync());
    }

    [BrowserFact]
    public async Task Account_WithScores_ShowsThemWithReasons()
    {
        await site.ScoredAsync();
        await using var visit = await site.VisitAsync("account/1/10002");
        await visit.Page.Locator("#scores summary").ClickAsync();
        Assert.Contains("card@", await visit.Page.InnerTextAsync("#scores table"), StringComparison.Ordinal);
    }
}
