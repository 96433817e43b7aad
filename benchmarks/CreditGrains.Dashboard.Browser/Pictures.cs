using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Browser;

/// <summary>Takes pictures of the pages of a server. Where it has keys, signs in with that of the variable CREDITGRAINS_API_KEY.</summary>
internal static class Pictures
{
    /// <summary>What only a server with approvals has.</summary>
    private const string Proposal = ".proposal";

    private static readonly string? Key = Environment.GetEnvironmentVariable("CREDITGRAINS_API_KEY");

    /// <summary>Each row: name of the file, path of the page, how it is looked at, what must be there first.</summary>
    private static readonly (string Name, string Path, PageLook Look, string WaitFor)[] All =
    [
        ("now", "", new PageLook(1400, 1180), "#latest tbody tr"),
        ("now-dark-zh", "", new PageLook(1400, 1180, "zh-CN", IsDark: true), "#latest tbody tr"),
        ("account", "account/1/20001", new PageLook(1400, 1500), "#events tbody tr"),
        ("account-phone-zh", "account/1/10002", new PageLook(390, 2200, "zh-CN"), "#events tbody tr"),
        ("group", "group/obligorgroup/1/501", new PageLook(1400, 1180), "ul.tree"),
        ("groups-dark", "group", new PageLook(1400, 1180, IsDark: true), "table tbody tr"),
        ("pool", "pool", new PageLook(1400, 1900), "#measures tbody tr"),
        ("pool-dark-zh", "pool", new PageLook(1400, 1900, "zh-CN", IsDark: true), "#measures tbody tr"),
        ("risk", "risk", new PageLook(1400, 1180), "#monitors tbody tr"),
        ("alerts", "alerts", new PageLook(1400, 900), "#standing tbody tr"),
        ("approvals", "approvals", new PageLook(1400, 1500), Proposal),
        ("approvals-phone-dark-zh", "approvals", new PageLook(390, 1500, "zh-CN", IsDark: true), Proposal),
        ("now-phone", "", new PageLook(390, 1400), "#latest tbody tr"),
    ];

    public static async Task TakeAsync(Uri site, string directory, string? only)
    {
        Directory.CreateDirectory(directory);
        await using var chromium = await Chromium.StartAsync();
        foreach (var (name, path, look, waitFor) in All)
        {
            if (only is not null && !name.StartsWith(only, StringComparison.Ordinal)) continue;
            if (waitFor == Proposal && Key is null)
            {
                Console.WriteLine($"{name}.png: left out; it needs a server with approvals, something that waits, and a person's key in CREDITGRAINS_API_KEY");
                continue;
            }

            var page = await chromium.OpenAsync(look);
            page.Console += (_, message) => Console.WriteLine($"{name}: {message.Type}: {message.Text}");
            if (Key is null) await page.VisitAsync(site, path);
            else await page.SignInAsync(site, path, Key);
            await page.WaitForSelectorAsync(waitFor, new Microsoft.Playwright.PageWaitForSelectorOptions { State = Microsoft.Playwright.WaitForSelectorState.Attached });
            await page.ChartsAsync(1);
            // What the board reads first is on the page with its next view.
            await page.WaitForTimeoutAsync(2_500);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, name + ".png"), FullPage = only is not null });
            Console.WriteLine($"{name}.png");
            await page.Context.CloseAsync();
        }
    }
}
