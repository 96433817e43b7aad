using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Orleans.Tests.Cluster;

/// <summary>A tenant's book behind any engine port; each test has a tenant of its own.</summary>
internal sealed class Book(ICreditEngine engine)
{
    public static readonly Currency Eur = Currency.Parse("EUR");
    private static int tenants;
    private readonly ushort tenant = (ushort)Interlocked.Increment(ref tenants);

    public ICreditEngine Engine { get; set; } = engine;

    public NodeKey F(long id) => NodeKey.Facility(tenant, 1, id);

    public NodeKey Node(NodeKind kind, long id = 1) => new(id, tenant, 1, kind);

    public static RequestId NextId() => RequestId.FromGuid(Guid.CreateVersion7());

    public async Task<Outcome> Do(ControlCommand control) => await Engine.ExecuteAsync(Command.Of(NextId(), control));

    public async Task<Outcome> Do(CommandKind kind, long facility, long amount = 0, long reference = 0, RequestId? id = null) => await Engine.ExecuteAsync(new Command
    {
        Kind = kind, Id = id ?? NextId(), Facility = F(facility), Amount = amount, Reference = reference, Currency = amount != 0 ? Eur : default,
    });

    public async Task<NodeKey> Open(NodeKind kind, long id, long limit, params NodeKey[] parents)
    {
        var outcome = await Do(new OpenNode(Node(kind, id), Eur, limit, default, [.. parents.Select(p => new ParentShare(p))]));
        Assert.Equal((OutcomeKind.Posted, Reason.None, null), (outcome.Kind, outcome.Reason, outcome.Message));
        return Node(kind, id);
    }

    public async Task OpenLine(long id, long limit, params NodeKey[] parents)
    {
        var outcome = await Do(new OpenFacility(F(id), Eur, limit, default, false, 0, [.. parents.Select(p => new ParentShare(p))]));
        Assert.Equal((OutcomeKind.Posted, Reason.None, null), (outcome.Kind, outcome.Reason, outcome.Message));
    }

    /// <summary>Borrowers 1 to a count, each with a facility of its own number, under one enterprise.</summary>
    public async Task OpenUnderOneEnterprise(int borrowers, long enterpriseLimit, long limit = 1_000)
    {
        var enterprise = await Open(NodeKind.Enterprise, 1, enterpriseLimit);
        for (var i = 1; i <= borrowers; i++)
        {
            var borrower = await Open(NodeKind.Borrower, i, limit, enterprise);
            await OpenLine(i, limit, borrower);
        }
    }

    public async Task<NodeView> View(NodeKey key) => (await Engine.GetNodeAsync(key))!;
}
