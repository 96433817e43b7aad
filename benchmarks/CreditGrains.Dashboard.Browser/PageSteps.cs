using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Browser;

/// <summary>What is done to pages again and again.</summary>
internal static class PageSteps
{
    /// <summary>Opens a page and waits until it is interactive.</summary>
    public static async Task VisitAsync(this IPage page, Uri site, string path)
    {
        await page.GotoAsync(new Uri(site, path).ToString());
        await page.InteractiveAsync();
    }

    /// <summary>Signs in as a person does, is led to a page and waits until it is interactive.</summary>
    public static async Task SignInAsync(this IPage page, Uri site, string path, string key)
    {
        await page.GotoAsync(new Uri(site, $"sign-in?next=/{path}").ToString());
        await page.FillAsync("input[name=key]", key);
        await page.ClickAsync("button");
        await page.InteractiveAsync();
    }

    private static async Task InteractiveAsync(this IPage page) => await page.WaitForSelectorAsync("html[data-interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });

    /// <summary>Waits until the page shows a path, its fragment included. Asked of the page: a move without a load that ends while Playwright begins to wait for it is missed.</summary>
    public static Task ArriveAsync(this IPage page, string path) => page.WaitForFunctionAsync("path => (location.pathname + location.hash).endsWith(path)", $"/{path}");

    /// <summary>Waits until every chart of the page was drawn so many times.</summary>
    public static Task ChartsAsync(this IPage page, int times = 1) => page.WaitForFunctionAsync(
        "times => { const all = [...document.querySelectorAll('.chart')]; return all.every(one => Number(one.dataset.drawn ?? 0) >= times); }", times);
}
