using CreditGrains.Dashboard.Browser;
using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>Alerts on the pages.</summary>
[Collection(nameof(Site))]
public sealed class AlertPageTests(Site site)
{
    [BrowserFact]
    public async Task Alert_RaisedByGrpc_AppearsAndGoesWithoutReload()
    {
        await using var visit = await site.VisitAsync("alerts");
        await visit.Page.EvaluateAsync("window.notReloaded = true");
        var before = await visit.Page.GetAttributeAsync(".alerts-count", "data-alerts");
        var hold = await site.AuthorizeAsync(2001, 99_000_00);
        var row = visit.Page.Locator("#standing tbody tr[data-rule=line-2001]");
        await row.WaitForAsync();
        var text = await row.InnerTextAsync();
        Assert.Contains("account 2001 has used 55.6 %", text, StringComparison.Ordinal);
        Assert.Contains("50.0 %", text, StringComparison.Ordinal);
        await visit.Page.WaitForFunctionAsync("before => document.querySelector('.alerts-count').dataset.alerts !== before", before);
        await site.VoidAsync(2001, hold.DecisionId);
        await row.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Contains("cleared", await visit.Page.InnerTextAsync("#changes tbody tr"), StringComparison.Ordinal);
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.notReloaded === true"));
    }

    [BrowserFact]
    public async Task Alert_OnAChinesePage_IsInChinese()
    {
        await using var visit = await site.VisitAsync("alerts", new Browser.PageLook(Language: "zh-CN"));
        var row = visit.Page.Locator("#standing tbody tr[data-rule=card-1004]");
        await row.WaitForAsync();
        Assert.Contains("账户 1004已使用限额的", await row.InnerTextAsync(), StringComparison.Ordinal);
        await row.Locator("a").ClickAsync();
        await visit.Page.ArriveAsync("account/1/1004");
    }
}
