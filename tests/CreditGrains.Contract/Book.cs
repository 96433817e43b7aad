using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Contract;

/// <summary>A tenant's book behind any engine port; each has a tenant of its own, so that tests share an engine without seeing each other.</summary>
internal sealed class Book(ICreditEngine engine)
{
    public static readonly Currency Eur = Currency.Parse("EUR"), Usd = Currency.Parse("USD");
    private static int tenants;

    public ICreditEngine Engine { get; set; } = engine;

    public ushort Tenant { get; } = (ushort)Interlocked.Increment(ref tenants);

    public static RequestId NextId() => RequestId.FromGuid(Guid.CreateVersion7());

    public NodeKey F(long id) => NodeKey.Facility(Tenant, 1, id);

    public NodeKey Node(NodeKind kind, long id = 1) => new(id, Tenant, 1, kind);

    public async Task<Outcome> Do(ControlCommand control) => await Engine.ExecuteAsync(Command.Of(NextId(), control));

    public async Task<Outcome> Do(Command command) => await Engine.ExecuteAsync(command.Id == default ? command with { Id = NextId() } : command);

    public Task<Outcome> Do(CommandKind kind, long facility, long amount = 0, long reference = 0, RequestId? id = null) => Do(Of(kind, facility, amount, reference, id));

    public Command Of(CommandKind kind, long facility, long amount = 0, long reference = 0, RequestId? id = null) => new()
    {
        Kind = kind, Id = id ?? NextId(), Facility = F(facility), Amount = amount, Reference = reference, Currency = amount != 0 ? Eur : default,
    };

    public async Task<Outcome[]> DoAll(params Command[] commands)
    {
        var outcomes = new Outcome[commands.Length];
        await Engine.ExecuteAsync(commands, outcomes);
        return outcomes;
    }

    /// <summary>A control command that must be applied.</summary>
    public async Task<Outcome> Set(ControlCommand control)
    {
        var outcome = await Do(control);
        Assert.Equal((OutcomeKind.Posted, Reason.None), (outcome.Kind, outcome.Reason));
        return outcome;
    }

    public async Task<NodeKey> Open(NodeKind kind, long id, long limit, params NodeKey[] parents)
    {
        await Set(new OpenNode(Node(kind, id), Eur, limit, default, [.. parents.Select(p => new ParentShare(p))]));
        return Node(kind, id);
    }

    public Task OpenLine(long id, long limit, params NodeKey[] parents) =>
        Set(new OpenFacility(F(id), Eur, limit, default, false, 0, [.. parents.Select(p => new ParentShare(p))]));

    /// <summary>Facility 1 (limit 1,000) under borrower 1 (2,000) under portfolio 1 (10,000), in euro cents.</summary>
    public async Task OpenOneLine()
    {
        var portfolio = await Open(NodeKind.Portfolio, 1, 10_000);
        await OpenLine(1, 1_000, await Open(NodeKind.Borrower, 1, 2_000, portfolio));
    }

    /// <summary>Borrowers 1 to a count, each with a facility of its own number, under one enterprise.</summary>
    public async Task OpenUnderOneEnterprise(int borrowers, long enterpriseLimit, long limit = 1_000)
    {
        var enterprise = await Open(NodeKind.Enterprise, 1, enterpriseLimit);
        for (var i = 1; i <= borrowers; i++) await OpenLine(i, limit, await Open(NodeKind.Borrower, i, limit, enterprise));
    }

    /// <summary>Places a hold that must be approved.</summary>
    public async Task<Outcome> Hold(long amount, long facility = 1)
    {
        var outcome = await Do(CommandKind.Authorize, facility, amount);
        Assert.Equal((OutcomeKind.Approved, amount), (outcome.Kind, outcome.Amount));
        return outcome;
    }

    public async Task<NodeView> View(NodeKey key) => (await Engine.GetNodeAsync(key))!;

    public async Task<FacilityView> View(long facility = 1) => (await Engine.GetFacilityAsync(F(facility)))!;

    public async Task<FacilityBalances> Balances(long facility = 1) => (await View(facility)).Balances;

    public async Task AssertExposures(long[] expected, params NodeKey[] nodes)
    {
        var exposures = await Task.WhenAll(nodes.Select(async n => (await View(n)).Exposure!.Value));
        Assert.Equal(expected, exposures);
    }
}
