using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Browser;

/// <summary>What is done to pages again and again.</summary>
internal static class PageSteps
{
    /// <summary>Opens a page and waits until it is interactive.</summary>
    public static async Task VisitAsync(this IPage page, Uri site, string path)
    {
        await page.GotoAsync(new Uri(site, path).ToString());
        await page.WaitForSelectorAsync("html[data-interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }

    /// <summary>Waits until every chart of the page was drawn so many times.</summary>
    public static Task ChartsAsync(this IPage page, int times = 1) => page.WaitForFunctionAsync(
        "times => { const all = [...document.querySelectorAll('.chart')]; return all.every(one => Number(one.dataset.drawn ?? 0) >= times); }", times);
}
