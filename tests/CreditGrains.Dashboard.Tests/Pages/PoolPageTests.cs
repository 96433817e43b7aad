using CreditGrains.Dashboard.Pools;
using CreditGrains.Dashboard.Tests.Pools;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>The pool page projects what its sliders say.</summary>
[Collection(nameof(Site))]
public sealed class PoolPageTests(Site site)
{
    [BrowserFact]
    public async Task Slider_Moved_ProjectsAnew()
    {
        await using var visit = await site.VisitAsync("pool");
        await visit.Page.WaitForSelectorAsync("#measures tbody tr");
        var before = await visit.Page.InnerTextAsync("#measures tbody");
        var version = await visit.Page.GetAttributeAsync("#projection", "data-version");
        await visit.Page.FocusAsync("#cpr");
        await visit.Page.Keyboard.PressAsync("End");
        await visit.Page.WaitForSelectorAsync("#projection[data-cpr='0.6']");
        Assert.NotEqual(version, await visit.Page.GetAttributeAsync("#projection", "data-version"));
        Assert.NotEqual(before, await visit.Page.InnerTextAsync("#measures tbody"));
    }

    [BrowserFact]
    public async Task LivePool_PaymentReported_MovesThePageWithoutReload()
    {
        await using var visit = await site.VisitAsync($"pool/{LivePool.Id}");
        await visit.Page.WaitForSelectorAsync("#projection");
        await visit.Page.EvaluateAsync("window.notReloaded = true");
        var before = await visit.Page.InnerTextAsync("dl.tiles");
        Assert.Contains("40 loans", before, StringComparison.Ordinal);
        Assert.Contains("late over 30", await visit.Page.InnerTextAsync(".triggers"), StringComparison.Ordinal);
        await site.PayAsync(7);
        await visit.Page.WaitForFunctionAsync("before => document.querySelector('dl.tiles').innerText !== before", before);
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.notReloaded === true"));
    }

    [BrowserFact]
    public async Task BreakEven_OnceTheSlidersRest_IsShown()
    {
        await using var visit = await site.VisitAsync("pool");
        await visit.Page.WaitForFunctionAsync("() => { const cell = document.querySelector('#measures tbody tr td:last-child'); return cell && cell.innerText.endsWith('%'); }");
    }

    [BrowserFact]
    public async Task Csv_Downloaded_HasARowAPeriod()
    {
        await using var visit = await site.VisitAsync("pool");
        await visit.Page.WaitForSelectorAsync("#measures tbody tr");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.ClickAsync("a[download]"));
        await using var stream = await download.CreateReadStreamAsync();
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync()).TrimEnd('\n').Split('\n');
        Assert.Equal($"{SamplePool.Sight.Id}.csv", download.SuggestedFilename);
        Assert.Equal(1 + PoolStudy.Run(SamplePool.Sight, PoolAssumption.Of(SamplePool.Sight)).Months.Count, lines.Length);
    }
}
