using System.Globalization;
using CreditGrains.Dashboard.Browser;
using Microsoft.Playwright;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>What waits for a second person is approved, refused and withdrawn on the page, by who is signed in and never by who asked.</summary>
[Collection(nameof(Site))]
public sealed class ApprovalPageTests(Site site)
{
    private readonly TwoTenants tenants = site.Tenants;

    [BrowserFact]
    public async Task Proposal_MadeMeanwhile_AppearsWithBeforeAndAfter_AndIsApprovedByKeyboard()
    {
        await using var visit = await tenants.SignInAsync("bob", "approvals");
        await visit.Page.EvaluateAsync("window.notReloaded = true");
        var limit = await tenants.LimitAsync(TwoTenants.Branch);
        var id = await tenants.ProposeAsync("ann", TwoTenants.Branch.Account, limit + 1_000_00, "salary rose");
        var card = visit.Page.Locator($"#proposal-{id}");
        await card.WaitForAsync();
        var text = await card.InnerTextAsync();
        foreach (var part in (string[])["salary rose", "key:ann", Text(limit), Text(limit + 1_000_00)]) Assert.Contains(part, text, StringComparison.Ordinal);
        await visit.Page.FillAsync($"#proposal-{id}-reason", "seen the contract");
        await visit.Page.FocusAsync($"#proposal-{id}-reason");
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        await card.GetByText("It is executed at once.").WaitForAsync();
        await visit.Page.WaitForFunctionAsync("id => document.activeElement.closest(`#proposal-${id}`) && document.activeElement.innerText === 'Yes, do it'", id);
        await visit.Page.Keyboard.PressAsync("Enter");
        await card.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        var row = await RowAsync(visit.Page, $"Proposal {id}:");
        foreach (var part in (string[])["approved and executed", "key:ann", "key:bob", "seen the contract"]) Assert.Contains(part, row, StringComparison.Ordinal);
        Assert.Equal(limit + 1_000_00, await tenants.LimitAsync(TwoTenants.Branch));
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.notReloaded === true"));
    }

    [BrowserFact]
    public async Task Proposal_OfOnesOwn_CannotBeApproved_AndIsWithdrawnWithAReason()
    {
        var id = await tenants.ProposeAsync("ann", TwoTenants.One.Account, 5_00, "a slip");
        await using var visit = await tenants.SignInAsync("ann", "approvals");
        var card = visit.Page.Locator($"#proposal-{id}");
        await card.GetByText("somebody else must approve it").WaitForAsync();
        Assert.Equal(0, await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Approve" }).CountAsync());
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Withdraw" }).ClickAsync();
        await card.GetByText("Give a reason first.").WaitForAsync();
        await visit.Page.FillAsync($"#proposal-{id}-reason", "wrong account");
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Withdraw" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Yes, do it" }).ClickAsync();
        await visit.Page.Locator("#said", new PageLocatorOptions { HasText = "withdrawn" }).WaitForAsync();
        Assert.Contains("wrong account", await RowAsync(visit.Page, $"Proposal {id}:"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Proposal_RefusedInChinese_KeepsItsReason_AndChangesNothing()
    {
        var limit = await tenants.LimitAsync(TwoTenants.One);
        var id = await tenants.ProposeAsync("ann", "unfreeze", $$"""{ "unfreeze": { "node": { "tenant": 1, "legalEntity": 1, "id": "{{TwoTenants.One.Account.Id}}", "kind": "NODE_KIND_FACILITY" } } }""");
        await using var visit = await tenants.SignInAsync("bob", "approvals", new PageLook(Language: "zh-CN"));
        var card = visit.Page.Locator($"#proposal-{id}");
        await card.WaitForAsync();
        await visit.Page.FillAsync($"#proposal-{id}-reason", "资料不全");
        await card.Locator("button.danger").ClickAsync();
        await card.Locator("button.main").ClickAsync();
        await card.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        var row = await RowAsync(visit.Page, $"提案 {id}:");
        foreach (var part in (string[])["已拒绝", "资料不全", "key:bob"]) Assert.Contains(part, row, StringComparison.Ordinal);
        Assert.Equal(limit, await tenants.LimitAsync(TwoTenants.One));
    }

    [BrowserFact]
    public async Task Referral_IsExplained_AndTurnedDownWithAReason()
    {
        var id = await tenants.ReferAsync(TwoTenants.One, TwoTenants.One.Limit / 6);
        await using var visit = await tenants.SignInAsync("bob", "approvals");
        var card = visit.Page.Locator($"#review-{id}");
        await card.WaitForAsync();
        var text = await card.InnerTextAsync();
        foreach (var part in (string[])["referred", Text(TwoTenants.One.Limit / 6), "review threshold of", "Least headroom"]) Assert.Contains(part, text, StringComparison.Ordinal);
        await visit.Page.FillAsync($"#review-{id}-reason", "income not shown");
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Turn down" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Yes, do it" }).ClickAsync();
        await card.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        var row = await RowAsync(visit.Page, $"Referral {id}");
        foreach (var part in (string[])["turned down", "income not shown", "key:bob"]) Assert.Contains(part, row, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Review_AskedForByOneself_IsDecidedBySomebodyElse()
    {
        var decline = await tenants.DeclineAsync(TwoTenants.One);
        await tenants.ReviewAsync("bob", TwoTenants.One, decline, "by=bob;note=long a customer");
        await using var own = await tenants.SignInAsync("bob", "approvals");
        var card = own.Page.Locator(".review", new PageLocatorOptions { HasText = "long a customer" });
        await card.WaitForAsync();
        await DecideAsync(card, "Accept");
        await own.Page.Locator("#said", new PageLocatorOptions { HasText = "somebody else decides" }).WaitForAsync();
        Assert.True(await card.IsVisibleAsync());
        await using var other = await tenants.SignInAsync("ann", "approvals");
        // Every limit is checked again: there is no more headroom than before.
        await DecideAsync(other.Page.Locator(".review", new PageLocatorOptions { HasText = "long a customer" }), "Accept");
        await other.Page.Locator("#said", new PageLocatorOptions { HasText = "declined" }).WaitForAsync();
        await card.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
    }

    [BrowserFact]
    public async Task ManyProposals_AreShownADozenAtATime()
    {
        // In the second tenant, whose page no other test counts on.
        for (var i = 0; i < 13; i++) await tenants.ProposeAsync("tia", TwoTenants.Two.Account, TwoTenants.Two.Limit + 100 + i, $"one of many {i}");
        await using var visit = await tenants.SignInAsync("tia", "approvals");
        await visit.Page.WaitForFunctionAsync("() => document.querySelectorAll('.proposal').length === 12");
        await visit.Page.ClickAsync("#more-proposals");
        await visit.Page.WaitForFunctionAsync("() => document.querySelectorAll('.proposal').length === Math.min(24, Number(document.querySelector('#proposals').dataset.count))");
        Assert.True(await visit.Page.Locator(".proposal").CountAsync() >= 13);
    }

    [BrowserFact]
    public async Task WhoMayOnlyRead_SeesWhatWaits_AndCanDecideNothing()
    {
        await using var visit = await tenants.SignInAsync("eve", "approvals");
        await visit.Page.Locator(".proposal", new PageLocatorOptions { HasText = "Approving needs the role risk." }).First.WaitForAsync();
        await visit.Page.Locator(".review", new PageLocatorOptions { HasText = "Deciding needs the role risk." }).First.WaitForAsync();
        Assert.Equal(0, await visit.Page.Locator(".decide").CountAsync());
        Assert.NotEqual("0", await visit.Page.GetAttributeAsync("[data-waiting]", "data-waiting"));
    }

    [BrowserFact]
    public async Task OpenServer_SaysThatItAsksForNoSecondPerson()
    {
        await using var visit = await site.VisitAsync("approvals");
        await visit.Page.GetByText("This server asks for no second person").WaitForAsync();
    }

    private static async Task DecideAsync(ILocator card, string button)
    {
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = button }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Yes, do it" }).ClickAsync();
    }

    private static async Task<string> RowAsync(IPage page, string name)
    {
        var row = page.Locator("#trail tbody tr", new PageLocatorOptions { HasText = name });
        await row.First.WaitForAsync();
        return await row.First.InnerTextAsync();
    }

    private static string Text(long minor) => (minor / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
