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
        foreach (var (place, path) in LooksTests.Paths.Index())
            foreach (var look in isLong ? looks : [looks[place % looks.Length]])
            {
                await using var visit = await site.VisitAsync(path, look);
                await visit.Page.WaitForSelectorAsync("h1");
                if (path == "pool") await visit.Page.WaitForSelectorAsync("#measures tbody tr");
                await visit.Page.EvaluateAsync("document.querySelectorAll('details').forEach(one => one.open = true)");
                await visit.Page.AddScriptTagAsync(new Microsoft.Playwright.PageAddScriptTagOptions { Path = AxeFactAttribute.Script });
                foreach (var violation in await visit.Page.EvaluateAsync<string[]>(Run)) found.Add($"/{path} {(look.IsDark ? "dark" : "light")} {look.Width}: {violation}");
            }
        Assert.Empty(found);
    }
}
