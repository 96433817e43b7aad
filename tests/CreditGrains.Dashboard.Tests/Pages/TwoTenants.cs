using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Dashboard.Browser;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Scoring;
using CreditGrains.Server;
using CreditGrains.Server.Security;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>
/// A server with keys, approvals and audit, and the same things planted in the books of two tenants and of a second legal entity of the first, each under numbers and names that stand nowhere else.
/// </summary>
public sealed class TwoTenants : IAsyncDisposable
{
    private const string PoolTerms = """{ "name": "pool-NAME", "currency": "EUR", "cutOff": "2026-01-31", "buckets": [0, 30], "default": { "daysPastDue": 91 }, "triggers": [{ "name": "trigger-NAME", "measure": "delinquency", "level": 0.1 }] }""";

    private static readonly Currency Eur = Currency.Parse("EUR");
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-tenants-").FullName;
    private readonly Dictionary<string, string> keys = [];
    private readonly HttpClient http = new();
    private readonly Chromium? chromium;
    private RunningServer server = null!;

    private TwoTenants(Chromium? chromium) => this.chromium = chromium;

    /// <summary>The parts of the book: the first tenant's, the second's, and another legal entity of the first.</summary>
    public static Part One { get; } = new(1, 1, "one", 1_110_001_000);

    public static Part Two { get; } = new(2, 1, "two", 2_220_002_000);

    public static Part Branch { get; } = new(1, 2, "branch", 3_330_003_000);

    public Uri Address => server.HttpAddress;

    public static async Task<TwoTenants> StartAsync(Chromium? chromium)
    {
        var site = new TwoTenants(chromium);
        KeyFile.Of(
        [
            site.Key("ann", 1, ["risk", "read", "operate"]), site.Key("bob", 1, ["risk", "read"]), site.Key("eve", 1, ["read"]), site.Key("tia", 2, ["risk", "read", "operate"]),
            site.Key("bea", 1, ["read", "risk"], 2), site.Key("all", 0, ["admin"]), site.Key("till", 1, ["decide"]),
        ]).Write(Path.Combine(site.directory, "keys.json"));
        var rules = Path.Combine(site.directory, "alerts.json");
        await File.WriteAllTextAsync(rules, $$"""{ "name": "rules", "rules": [{{string.Join(',', new[] { One, Two, Branch }.Select(part => $$"""{ "name": "rule-{{part.Name}}", "severity": "info", "figure": "utilisation", "of": { "node": "{{part.Account}}" }, "raise": 0.00001, "text": { "en": "alert-{{part.Name}} {figure}", "zh": "alert-{{part.Name}} {figure}" } }"""))}}] }""");
        site.server = await CreditGrainsServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(site.directory, "data"), GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null, AlertRules = rules, Dashboard = new DashboardOptions { Every = TimeSpan.FromMilliseconds(300) },
            Security = new SecuritySettings
            {
                Keys = Path.Combine(site.directory, "keys.json"), Audit = Path.Combine(site.directory, "audit"), Approvals = new ApprovalSettings { SetLimitAbove = 0, Always = ["Unfreeze"] },
            },
        });
        foreach (var part in new[] { One, Two, Branch }) await site.PlantAsync(part);
        foreach (var (part, by) in new[] { (One, "ann"), (Two, "tia"), (Branch, "ann") }) await site.ProposeAsync(by, part.Account, part.Limit + 1_00, $"why-{part.Name}");
        return site;
    }

    /// <summary>A page as its first drawing is, by a key.</summary>
    public async Task<(int Status, string Text)> GetAsync(string path, string who)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[who]);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a page without signing in.</summary>
    public async Task<SitePage> VisitAsync(string path, PageLook look)
    {
        var page = await chromium!.OpenAsync(look);
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(new Uri(Address, path).ToString());
        return new SitePage(page, complaints);
    }

    /// <summary>Signs in on the sign-in page, as a person does, and is led to a page, which is interactive.</summary>
    /// <param name="who">Name of a key.</param>
    /// <param name="path">Where to.</param>
    /// <param name="look">How.</param>
    /// <param name="heard">Gets whatever the server sends over the page's connection.</param>
    public async Task<SitePage> SignInAsync(string who, string path, PageLook? look = null, StringBuilder? heard = null)
    {
        var page = await chromium!.OpenAsync(look ?? new PageLook());
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        if (heard is not null)
            page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
            {
                lock (heard) heard.Append(Encoding.UTF8.GetString(frame.Binary ?? [])).Append(frame.Text);
            };
        await page.SignInAsync(Address, path, keys[who]);
        return new SitePage(page, complaints);
    }

    /// <summary>Proposes another limit, by a key, as a program would; gives the proposal's number.</summary>
    public Task<long> ProposeAsync(string who, NodeKey node, long limit, string note) => ProposeAsync(who, note, $$"""{ "setLimit": { "node": {{Json(node)}}, "limit": "{{limit}}" } }""");

    /// <summary>Proposes any command.</summary>
    public async Task<long> ProposeAsync(string who, string note, string command)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "creditgrains.v1.ApprovalService/Propose"))
        {
            Content = new StringContent($$"""{ "command": {{command}}, "note": "{{note}}" }""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[who]);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return long.Parse(json.RootElement.GetProperty("proposalId").GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>A request above the review threshold, which waits for a person then; gives the referral's number.</summary>
    public async Task<long> ReferAsync(Part part, long amount)
    {
        var outcome = await server.Engine.ExecuteAsync(new Command { Kind = CommandKind.Authorize, Id = NewId(), Facility = part.Account, Amount = amount, Currency = Eur });
        Assert.Equal(OutcomeKind.Referred, outcome.Kind);
        return outcome.Sequence;
    }

    /// <summary>A request that is declined for want of headroom; gives its decision.</summary>
    public async Task<long> DeclineAsync(Part part)
    {
        var outcome = await server.Engine.ExecuteAsync(new Command { Kind = CommandKind.Authorize, Id = NewId(), Facility = part.Account, Amount = part.Limit * 2, Currency = Eur });
        Assert.Equal(OutcomeKind.Declined, outcome.Kind);
        return outcome.Sequence;
    }

    /// <summary>The limit in force of a part's account.</summary>
    public async Task<long> LimitAsync(Part part) => (await server.Engine.GetNodeAsync(part.Account))!.Limit;

    /// <summary>Asks that a decline be reviewed, by a key.</summary>
    public async Task ReviewAsync(string who, Part part, long decision, string note)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "creditgrains.v1.RiskService/RequestReview"))
        {
            Content = new StringContent($$"""{ "requestId": "{{Convert.ToBase64String(NewId().ToGuid().ToByteArray(bigEndian: true))}}", "facility": { "tenant": {{part.Tenant}}, "legalEntity": {{part.Entity}}, "id": "{{part.Account.Id}}" }, "declinedId": "{{decision}}", "attributes": "{{Convert.ToBase64String(Encoding.UTF8.GetBytes(note))}}" }""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[who]);
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task PlantAsync(Part part)
    {
        var entity = new NodeKey(0, part.Tenant, part.Entity, NodeKind.None);
        await DoAsync(new OpenNode(part.Group, Eur, part.Limit, default, []));
        await DoAsync(new OpenNode(part.Enterprise, Eur, part.Limit, default, [new ParentShare(part.Group)]));
        await DoAsync(new OpenNode(part.Borrower, Eur, part.Limit, default, [new ParentShare(part.Enterprise)]));
        await DoAsync(new OpenFacility(part.Account, Eur, part.Limit, default, false, part.Limit / 4, [new ParentShare(part.Borrower)]));
        await DoAsync(new SetReviewThreshold(part.Account, part.Limit / 10));
        await DoAsync(new OpenNode(part.Pool, Eur, Command.AmountMax, default, []));
        await DoAsync(new DefinePool(part.Pool, Encoding.UTF8.GetBytes(PoolTerms.Replace("NAME", part.Name, StringComparison.Ordinal))));
        await DoAsync(new PutLoanInPool(part.Pool, 1, TransferKind.Purchase, new DateOnly(2026, 1, 31), new LoanCandidate
        {
            Currency = Eur, Principal = part.Limit, RatePpm = 60_000, RemainingMonths = 24, Region = 1, Industry = 1, Obligor = 1, Origination = new DateOnly(2025, 6, 30),
        }));
        var registrar = new RiskRegistrar(server.Engine, NewId);
        using var policy = new StreamReader(typeof(CreditGrainsServer).Assembly.GetManifestResourceStream("demo/policy-authorize.dmn")!);
        Assert.Equal(Reason.None, (await registrar.RegisterPolicyAsync(entity, $"policy-{part.Name}", 1, Encoding.UTF8.GetBytes(await policy.ReadToEndAsync()), "Request")).Outcome.Reason);
        var hold = await server.Engine.ExecuteAsync(new Command { Kind = CommandKind.Authorize, Id = NewId(), Facility = part.Account, Amount = part.Hold, Currency = Eur });
        Assert.Equal(OutcomeKind.Approved, hold.Kind);
        await ReferAsync(part, part.Limit / 5 + 7);
    }

    private async Task DoAsync(ControlCommand control)
    {
        var outcome = await server.Engine.ExecuteAsync(Command.Of(NewId(), control));
        Assert.True(outcome.Kind == OutcomeKind.Posted, $"{control.Kind}: {outcome.Reason} {outcome.Message}");
    }

    private KeyEntry Key(string name, ushort tenant, string[] roles, params ushort[] entities)
    {
        var key = keys[name] = ApiKey.Create();
        return new KeyEntry { Id = ApiKey.IdOf(key)!, Name = name, KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = roles, Tenant = tenant, LegalEntities = entities };
    }

    private static string Json(NodeKey key) => $$"""{ "tenant": {{key.Tenant}}, "legalEntity": {{key.LegalEntity}}, "id": "{{key.Id}}", "kind": "NODE_KIND_{{key.Kind.ToString().ToUpperInvariant()}}" }""";

    private static RequestId NewId() => RequestId.FromGuid(Guid.CreateVersion7());
}

/// <summary>What is planted in one part of the book.</summary>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Entity">Its legal entity.</param>
/// <param name="Name">Within names that stand nowhere else.</param>
/// <param name="First">Numbers and amounts begin here.</param>
public sealed record Part(ushort Tenant, ushort Entity, string Name, long First)
{
    public NodeKey Account => Key(NodeKind.Facility, 1);

    public NodeKey Borrower => Key(NodeKind.Borrower, 2);

    public NodeKey Enterprise => Key(NodeKind.Enterprise, 3);

    public NodeKey Group => Key(NodeKind.ObligorGroup, 4);

    public NodeKey Pool => Key(NodeKind.Pool, 5);

    /// <summary>Minor units.</summary>
    public long Limit => First;

    /// <summary>Minor units.</summary>
    public long Hold => First / 20;

    /// <summary>Addresses of its things.</summary>
    public IReadOnlyList<string> Paths => [$"account/{Entity}/{Account.Id}", $"group/enterprise/{Entity}/{Enterprise.Id}", $"group/obligorgroup/{Entity}/{Group.Id}", $"group/borrower/{Entity}/{Borrower.Id}", $"pool/live-{Entity}-{Pool.Id}", $"risk/{Entity}", $"approvals/{Entity}"];

    /// <summary>What would give it away, were it on a page of somebody else: numbers, names, and its limit and hold as they are written.</summary>
    public IReadOnlyList<string> Marks =>
    [
        .. new[] { Account, Borrower, Enterprise, Group, Pool }.Select(key => key.Id.ToString(CultureInfo.InvariantCulture)), $"pool-{Name}", $"trigger-{Name}", $"rule-{Name}", $"alert-{Name}", $"policy-{Name}", $"why-{Name}",
        Written(Limit), Written(Hold), Written(Limit / 5 + 7),
    ];

    private NodeKey Key(NodeKind kind, long place) => new(First + place, Tenant, Entity, kind);

    private static string Written(long minor) => (minor / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
