using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Server.Security;
using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Browser;

/// <summary>Who looks at the measured server, as at a bank: two people with keys, changes of theirs that wait for the other, and rules for alerts.</summary>
internal sealed class MeasuredPeople
{
    private const int Proposals = 200;
    private const int AlertingProducts = 5;
    private readonly string directory;
    private readonly string maker = ApiKey.Create();
    private readonly string viewer = ApiKey.Create();
    private readonly List<Cookie> session = [];

    private MeasuredPeople(string directory) => this.directory = directory;

    /// <summary>Path of the rules for alerts.</summary>
    public string AlertRules => Path.Combine(directory, "alerts.json");

    /// <summary>The server's security.</summary>
    public SecuritySettings Security => new()
    {
        Keys = Path.Combine(directory, "keys.json"), Audit = Path.Combine(directory, "audit"), Approvals = new ApprovalSettings { SetLimitAbove = 0 },
    };

    /// <summary>Writes their files.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="accounts">Of the book: the last one raises an alert, so that it tells that rules have been looked at for all.</param>
    public static async Task<MeasuredPeople> OfAsync(string directory, int accounts)
    {
        var people = new MeasuredPeople(directory);
        KeyFile.Of([Entry("maker", people.maker), Entry("viewer", people.viewer)]).Write(Path.Combine(directory, "keys.json"));
        var rules = Enumerable.Range(1, AlertingProducts).Select(id => Rule($"Product/1/1/{id}")).Append(Rule(FormattableString.Invariant($"Facility/1/1/{accounts}")));
        await File.WriteAllTextAsync(people.AlertRules, $$"""{ "name": "measured", "rules": [{{string.Join(',', rules)}}] }""");
        return people;
    }

    /// <summary>Proposes limits, one account each.</summary>
    public async Task ProposeAsync(Uri site)
    {
        using var http = new HttpClient();
        for (var account = 1; account <= Proposals; account++)
        {
            var command = FormattableString.Invariant($$"""{ "setLimit": { "node": { "tenant": 1, "legalEntity": 1, "id": "{{account}}", "kind": "NODE_KIND_FACILITY" }, "limit": "2500000" } }""");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site, "creditgrains.v1.ApprovalService/Propose"))
            {
                Content = new StringContent($$"""{ "command": {{command}}, "note": "measured" }""", Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", maker);
            using var response = await http.SendAsync(request);
            if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"A proposal was answered {response.StatusCode.ToString()}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Signs in once and waits until the newest account's alert stands.</summary>
    public async Task SignInAsync(Chromium chromium, Uri site, int accounts)
    {
        var page = await chromium.OpenAsync(new PageLook());
        await page.SignInAsync(site, "alerts", viewer);
        session.AddRange((await page.Context.CookiesAsync()).Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path }));
        await page.GetByText(accounts.ToString(CultureInfo.InvariantCulture)).First.WaitForAsync(new LocatorWaitForOptions { Timeout = 600_000 });
        await page.Context.CloseAsync();
    }

    /// <summary>A profile of its own, signed in, with nothing in its cache.</summary>
    public async Task<IPage> OpenAsync(Chromium chromium)
    {
        var page = await chromium.OpenAsync(new PageLook());
        await page.Context.AddCookiesAsync(session);
        return page;
    }

    private static string Rule(string node) =>
        $$"""{ "name": "{{node.Replace('/', '-').ToLowerInvariant()}}", "severity": "info", "figure": "utilisation", "of": { "node": "{{node}}" }, "raise": 0.00001, "text": { "en": "{subject}: {figure}", "zh": "{subject}：{figure}" } }""";

    private static KeyEntry Entry(string name, string key) => new() { Id = ApiKey.IdOf(key)!, Name = name, KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = ["risk", "read", "operate"], Tenant = 1 };
}
