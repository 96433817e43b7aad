using System.Text;
using System.Text.RegularExpressions;
using CreditGrains.Dashboard.Browser;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>A person of one tenant sees what is theirs on every page, and nothing of another.</summary>
[Collection(nameof(Site))]
public sealed partial class TenantPageTests(Site site)
{
    private static readonly string[] Pages = ["", "account", "group", "pool", "risk", "approvals", "alerts"];

    public static TheoryData<string, string, string[]> Persons => new()
    {
        { "ann", nameof(TwoTenants.One), [nameof(TwoTenants.Two)] },
        { "tia", nameof(TwoTenants.Two), [nameof(TwoTenants.One), nameof(TwoTenants.Branch)] },
        { "bea", nameof(TwoTenants.Branch), [nameof(TwoTenants.One), nameof(TwoTenants.Two)] },
    };

    [BrowserTheory]
    [MemberData(nameof(Persons))]
    public async Task EveryPage_ShowsWhatIsOnesOwn_AndNothingOfAnother(string who, string own, string[] others)
    {
        var tenants = site.Tenants;
        var (mine, foreign) = (PartOf(own), others.Select(PartOf).ToArray());
        // Everything the server sends to a browser that stays on each page for a few views, drawn or not.
        var heard = new StringBuilder();
        await using var visit = await tenants.SignInAsync(who, "", heard: heard);
        await visit.Page.WaitForFunctionAsync("id => document.body.textContent.includes(id)", mine.Enterprise.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var link in (string[])["account", "group", "pool", "risk", "approvals", "alerts"])
        {
            await visit.Page.ClickAsync($"nav a[href='{link}']");
            await visit.Page.ArriveAsync(link);
            await visit.Page.WaitForSelectorAsync("h1");
        }

        // The board of this part is watched by now, so what it knows is in the first drawing of every page too.
        var seen = await CrawlAsync(tenants, who, [.. Pages, .. mine.Paths]);
        lock (heard) seen.Append(heard);
        var text = seen.ToString();
        Assert.All(mine.Marks, mark => Assert.True(text.Contains(mark, StringComparison.Ordinal), $"{who} does not see '{mark}'"));
        Assert.All(foreign.SelectMany(part => part.Marks), mark => Assert.False(text.Contains(mark, StringComparison.Ordinal), $"{who} sees '{mark}'"));
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("ann", nameof(TwoTenants.Two))]
    [InlineData("bea", nameof(TwoTenants.One))]
    public async Task AddressesOfAnother_ShowNothingOfIt(string who, string another)
    {
        var part = PartOf(another);
        foreach (var path in part.Paths)
        {
            var (status, text) = await site.Tenants.GetAsync(path, who);
            Assert.Equal(200, status);
            // What the address itself says stands in the heading.
            Assert.All(part.Marks.Where(mark => !path.Contains(mark, StringComparison.Ordinal)), mark => Assert.False(text.Contains(mark, StringComparison.Ordinal), $"/{path} shows {who} '{mark}'"));
        }
    }

    [Theory]
    [InlineData("ann", false, true)]
    [InlineData("bea", false, false)]
    [InlineData("all", true, true)]
    public async Task Now_HealthAndFigures_AreOfWhoTheyCanBeSplitFor(string who, bool hasHealth, bool hasFigures)
    {
        var (status, text) = await site.Tenants.GetAsync("", who);
        Assert.Equal(200, status);
        Assert.Equal(hasHealth, text.Contains("Last snapshot at", StringComparison.Ordinal));
        Assert.Equal(hasHealth, text.Contains("Open holds and other items", StringComparison.Ordinal));
        Assert.Equal(!hasHealth, text.Contains("id=\"part\"", StringComparison.Ordinal));
        Assert.Equal(hasFigures, text.Contains("id=\"decisions\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoMayNotRead_SeesNoPage()
    {
        foreach (var path in Pages) Assert.Equal(403, (await site.Tenants.GetAsync(path, "till")).Status);
    }

    [Fact]
    public async Task PoolCsv_OfAnother_IsNotFound()
    {
        string Csv(Part part) => $"pool-csv/live-{part.Entity}-{part.Pool.Id}?cpr=0&cdr=0&severity=0";
        Assert.Equal(200, (await site.Tenants.GetAsync(Csv(TwoTenants.One), "ann")).Status);
        Assert.Equal(404, (await site.Tenants.GetAsync(Csv(TwoTenants.Two), "ann")).Status);
        Assert.Equal(404, (await site.Tenants.GetAsync(Csv(TwoTenants.One), "tia")).Status);
    }

    /// <summary>The first drawing of pages and of whatever they link to on this site.</summary>
    private static async Task<StringBuilder> CrawlAsync(TwoTenants tenants, string who, IEnumerable<string> from)
    {
        var (seen, visited, waiting) = (new StringBuilder(), new HashSet<string>(StringComparer.Ordinal), new Queue<string>(from));
        while (waiting.TryDequeue(out var path))
        {
            if (!visited.Add(path)) continue;
            Assert.True(visited.Count < 100, "the pages lead to more than was planted");
            var (status, text) = await tenants.GetAsync(path, who);
            Assert.True(status == 200, $"/{path} answered {status}");
            seen.Append(text);
            foreach (Match link in Links().Matches(text))
                if (link.Groups[1].Value is var to && !to.StartsWith('/') && !to.Contains('#', StringComparison.Ordinal) && !to.StartsWith("look", StringComparison.Ordinal) && !to.StartsWith("language", StringComparison.Ordinal) && to.Length > 0)
                    waiting.Enqueue(System.Net.WebUtility.HtmlDecode(to));
        }
        return seen;
    }

    private static Part PartOf(string name) => name switch { nameof(TwoTenants.One) => TwoTenants.One, nameof(TwoTenants.Two) => TwoTenants.Two, _ => TwoTenants.Branch };

    [GeneratedRegex("<a[^>]* href=\"([^\"]*)\"")]
    private static partial Regex Links();
}
