using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Browser;

/// <summary>Takes pictures of the pages of a server.</summary>
internal static class Pictures
{
    /// <summary>Each row: name of the file, path of the page, how it is looked at, what must be there first.</summary>
    private static readonly (string Name, string Path, PageLook Look, string WaitFor)[] All =
    [
        ("now", "", new PageLook(1400, 1180), "#latest tbody tr"),
        ("now-dark-zh", "", new PageLook(1400, 1180, "zh-CN", IsDark: true), "#latest tbody tr"),
        ("now-phone", "", new PageLook(390, 1400), "#latest tbody tr"),
    ];

    public static async Task TakeAsync(Uri site, string directory, string? only)
    {
        Directory.CreateDirectory(directory);
        await using var chromium = await Chromium.StartAsync();
        foreach (var (name, path, look, waitFor) in All)
        {
            if (only is not null && !name.StartsWith(only, StringComparison.Ordinal)) continue;
            var page = await chromium.OpenAsync(look);
            page.Console += (_, message) => Console.WriteLine($"{name}: {message.Type}: {message.Text}");
            await page.VisitAsync(site, path);
            await page.WaitForSelectorAsync(waitFor);
            await page.ChartsAsync(2);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, name + ".png"), FullPage = false });
            Console.WriteLine($"{name}.png");
            await page.Context.CloseAsync();
        }
    }
}
