using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Browser;

/// <summary>Debian's chromium, without a window. Downloads nothing: where there is no chromium it says so.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private readonly IPlaywright driver;
    private readonly IBrowser browser;

    private Chromium(IPlaywright driver, IBrowser browser)
    {
        this.driver = driver;
        this.browser = browser;
    }

    /// <summary>The executable on the path; null when there is none.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(directory => Names.Select(name => Path.Combine(directory, name))).FirstOrDefault(File.Exists);

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">There is no chromium.</exception>
    public static async Task<Chromium> StartAsync()
    {
        var executable = Executable ?? throw new InvalidOperationException("Chromium is not installed; on Debian: apt-get install chromium");
        var driver = await Playwright.CreateAsync();
        var browser = await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable, Headless = true, Args = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
        });
        return new Chromium(driver, browser);
    }

    /// <summary>A fresh profile with one page.</summary>
    /// <param name="look">Width, height, language and colours.</param>
    public async Task<IPage> OpenAsync(PageLook look)
    {
        ArgumentNullException.ThrowIfNull(look);
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = look.Language,
            BypassCSP = look.BypassesPolicy,
        });
        context.SetDefaultTimeout(20_000);
        return await context.NewPageAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        driver.Dispose();
    }
}

/// <summary>How a page is looked at.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Language">The browser's language, such as "en-GB".</param>
/// <param name="IsDark">Whether the system is dark.</param>
/// <param name="BypassesPolicy">Whether scripts of the tester may run in the page.</param>
public sealed record PageLook(int Width = 1400, int Height = 900, string Language = "en-GB", bool IsDark = false, bool BypassesPolicy = false);
