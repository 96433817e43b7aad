using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Contract;

/// <summary>Queries, history, feed and batches, and that sums hold after many commands at once.</summary>
public abstract class QueryContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    private static readonly TimeSpan FeedWithin = TimeSpan.FromSeconds(30);

    [ContractFact]
    public async Task Unknown_IsNull()
    {
        Assert.Null(await Book.Engine.GetFacilityAsync(Book.F(1)));
        Assert.Null(await Book.Engine.GetNodeAsync(Book.Node(NodeKind.Borrower)));
        Assert.Null(await Book.Engine.GetNodeAsync(Book.Node(NodeKind.Enterprise)));
        Assert.Null(await Book.Engine.GetDecisionAsync(Book.Tenant, Contract.Book.NextId()));
        Assert.Null(await Book.Engine.GetFacilityAsOfAsync(Book.F(1), long.MaxValue));
        Assert.Empty((await Book.Engine.GetHistoryAsync(Book.F(1), 0, 10)).Events);
    }

    [ContractFact]
    public async Task Decision_IsFoundBySequenceAndById()
    {
        await Book.OpenOneLine();
        var id = Contract.Book.NextId();
        var decided = await Book.Do(CommandKind.Authorize, 1, 123, id: id);
        var bySequence = await Book.Engine.GetDecisionAsync(decided.Sequence);
        var byId = await Book.Engine.GetDecisionAsync(Book.Tenant, id);
        Assert.Equal((id, 123, OutcomeKind.Approved), (bySequence!.Id, bySequence.Amount, bySequence.Outcome));
        Assert.Equal(decided.Sequence, byId!.Sequence);
    }

    [ContractFact]
    public async Task History_NewestFirst_InPagesWithoutGap()
    {
        await Book.OpenOneLine();
        var sequences = new List<long>();
        for (var i = 1; i <= 7; i++) sequences.Add((await Book.Hold(i)).Sequence);
        var seen = new List<EventRecord>();
        var before = 0L;
        do
        {
            var page = await Book.Engine.GetHistoryAsync(Book.F(1), before, 3);
            Assert.InRange(page.Events.Count, 0, 3);
            seen.AddRange(page.Events);
            before = page.NextBefore;
        }
        while (before != 0);
        Assert.Equal(Enumerable.Reverse(sequences), seen.Where(e => e.Kind == CommandKind.Authorize).Select(e => e.Sequence));
        Assert.Equal(CommandKind.OpenFacility, seen[^1].Kind);
    }

    [ContractFact]
    public async Task FacilityAsOf_APastMoment_HasItsBalances()
    {
        await Book.OpenOneLine();
        var first = await Book.Hold(100);
        Outcome second;
        // Writer time stands still for a moment at most.
        do second = await Book.Hold(1);
        while (second.RecordedAtMicros == first.RecordedAtMicros);
        var past = await Book.Engine.GetFacilityAsOfAsync(Book.F(1), second.RecordedAtMicros - 1);
        Assert.Equal((await Book.Balances()).Held - 1, past!.Balances.Held);
    }

    [ContractFact]
    public async Task NodeAsOf_APastMoment_HasWhatItsFacilitiesAddedUpToThen()
    {
        await Book.OpenUnderOneEnterprise(borrowers: 6, enterpriseLimit: 10_000);
        var moment = 0L;
        for (var i = 1; i <= 6; i++) moment = (await Book.Hold(10 * i, i)).RecordedAtMicros;
        await Book.Set(new SetLimit(Book.Node(NodeKind.Enterprise), 9_000));
        for (var i = 1; i <= 6; i++)
        {
            Outcome later;
            do later = await Book.Hold(1, i);
            while (later.RecordedAtMicros <= moment);
        }
        var enterprise = await Book.Engine.GetNodeAsOfAsync(Book.Node(NodeKind.Enterprise), moment, CancellationToken.None);
        Assert.Equal((10_000, 210, 9_790, 6, true), (enterprise!.Limit, enterprise.Exposure!.Value, enterprise.Headroom!.Value, enterprise.FacilityCount, enterprise.IsExact));
        Assert.Equal(30, (await Book.Engine.GetNodeAsOfAsync(Book.Node(NodeKind.Borrower, 3), moment, CancellationToken.None))!.Exposure);
        Assert.Null(await Book.Engine.GetNodeAsOfAsync(Book.Node(NodeKind.Enterprise), 1, CancellationToken.None));
        Assert.True((await Book.View(Book.Node(NodeKind.Enterprise))).Exposure >= 216);
    }

    [ContractFact]
    public async Task Nodes_InPages_ComeOnceInKeyOrder()
    {
        var portfolio = await Book.Open(NodeKind.Portfolio, 1, 100);
        for (var i = 1; i <= 7; i++) await Book.Open(NodeKind.Borrower, i, 100, portfolio);
        var seen = new List<NodeKey>();
        IReadOnlyList<NodeView> page;
        do
        {
            page = await Book.Engine.ListNodesAsync(Book.Tenant, NodeKind.None, seen.Count == 0 ? default : seen[^1], 3);
            seen.AddRange(page.Select(n => n.Key));
        }
        while (page.Count > 0);
        Assert.Equal(8, seen.Distinct().Count());
        Assert.Equal(8, seen.Count);
        var borrowers = await Book.Engine.ListNodesAsync(Book.Tenant, NodeKind.Borrower, default, 100);
        Assert.Equal(Enumerable.Range(1, 7).Select(i => (long)i), borrowers.Select(n => n.Key.Id));
    }

    [ContractFact]
    public async Task Sweep_InShortLooks_FindsEveryNodeButBorrowers()
    {
        var portfolio = await Book.Open(NodeKind.Portfolio, 1, 100);
        var enterprise = await Book.Open(NodeKind.Enterprise, 2, 100, portfolio);
        for (var i = 1; i <= 9; i++) await Book.Open(NodeKind.Borrower, i, 100, enterprise);
        var region = await Book.Open(NodeKind.Region, 3, 100);
        var seen = new List<NodeKey>();
        var place = 0L;
        do
        {
            var look = await Book.Engine.SweepNodesAsync(Book.Tenant, place, 4);
            Assert.InRange(look.Nodes.Count, 0, 4);
            seen.AddRange(look.Nodes.Select(n => n.Key));
            place = look.NextPlace;
        }
        while (place != 0);
        Assert.Equal(new[] { portfolio, enterprise, region }.Order(Comparer<NodeKey>.Create((a, b) => a.Kind.CompareTo(b.Kind))), seen.Order(Comparer<NodeKey>.Create((a, b) => a.Kind.CompareTo(b.Kind))));
    }

    [ContractFact]
    public async Task Children_WhereTheEngineListsThem_ComeOnceNewestFirst()
    {
        var enterprise = await Book.Open(NodeKind.Enterprise, 1, 100);
        for (var i = 1; i <= 7; i++) await Book.Open(NodeKind.Borrower, i, 100, enterprise);
        if (await Book.Engine.ListChildrenAsync(enterprise, default, 1) is null) return;
        var seen = new List<NodeKey>();
        ChildrenPage page;
        do
        {
            page = (await Book.Engine.ListChildrenAsync(enterprise, seen.Count == 0 ? default : seen[^1], 3))!;
            Assert.Equal(7, page.Count);
            seen.AddRange(page.Children.Select(child => child.Key));
        }
        while (page.Children.Count > 0);
        Assert.Equal(Enumerable.Range(1, 7).Reverse().Select(i => Book.Node(NodeKind.Borrower, i)), seen);
        Assert.Null(await Book.Engine.ListChildrenAsync(Book.Node(NodeKind.Enterprise, 99), default, 3));
    }

    [ContractFact]
    public async Task Feed_FromItsEnd_GivesEveryLaterEventOnceAndGoesOnFromAnyCursor()
    {
        var end = await Book.Engine.GetFeedEndAsync();
        await Book.OpenUnderOneEnterprise(borrowers: 5, enterpriseLimit: 1_000);
        var holds = new List<long>();
        for (var i = 1; i <= 5; i++) holds.Add((await Book.Hold(10, i)).Sequence);
        var last = await Book.Do(CommandKind.Drawdown, 1, 1);
        var seen = await ReadAsync(end, last.Sequence);
        Assert.Equal(seen.Count, seen.Select(e => e.Sequence).Distinct().Count());
        Assert.Equal([CommandKind.OpenNode, .. Enumerable.Repeat(CommandKind.OpenNode, 5), .. Enumerable.Repeat(CommandKind.OpenFacility, 5)],
            seen.Where(e => e.Kind is CommandKind.OpenNode or CommandKind.OpenFacility).Select(e => e.Kind).Order());
        Assert.Equal(holds.Order(), seen.Where(e => e.Kind == CommandKind.Authorize).Select(e => e.Sequence).Order());
        var rest = await ReadAsync(seen[3].Sequence, last.Sequence);
        Assert.Equal(seen.Skip(4).Select(e => e.Sequence), rest.Select(e => e.Sequence));
    }

    [ContractFact]
    public async Task Batch_OfManyKinds_IsDecidedInOrder()
    {
        var enterprise = Book.Node(NodeKind.Enterprise);
        var borrower = Book.Node(NodeKind.Borrower);
        var outcomes = await Book.DoAll(
            Command.Of(Contract.Book.NextId(), new OpenNode(enterprise, Contract.Book.Eur, 500, default, [])),
            Command.Of(Contract.Book.NextId(), new OpenNode(borrower, Contract.Book.Eur, 500, default, [new ParentShare(enterprise)])),
            Command.Of(Contract.Book.NextId(), new OpenFacility(Book.F(1), Contract.Book.Eur, 300, default, false, 0, [new ParentShare(borrower)])),
            Book.Of(CommandKind.Authorize, 1, 200),
            Book.Of(CommandKind.Authorize, 1, -5),
            Book.Of(CommandKind.Authorize, 1, 200),
            Book.Of(CommandKind.Authorize, 1, 100));
        Assert.Equal(
            [OutcomeKind.Posted, OutcomeKind.Posted, OutcomeKind.Posted, OutcomeKind.Approved, OutcomeKind.Refused, OutcomeKind.Declined, OutcomeKind.Approved],
            outcomes.Select(o => o.Kind));
    }

    [ContractFact]
    public async Task ManyCommandsAtOnce_LeaveEveryNodeTheSumOfItsFacilities()
    {
        const int Lines = 24;
        await Book.OpenUnderOneEnterprise(Lines, enterpriseLimit: 5_000, limit: 1_000);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            var draw = new Random(client);
            var holds = new Queue<(int Line, long Hold)>();
            for (var i = 0; i < 60; i++)
            {
                var line = draw.Next(1, Lines + 1);
                var asked = await Book.Do(CommandKind.Authorize, line, draw.Next(1, 200));
                if (asked.Kind == OutcomeKind.Approved) holds.Enqueue((line, asked.Sequence));
                if (holds.Count > 0 && draw.Next(3) == 0 && holds.Dequeue() is var (of, hold)) await Book.Do(CommandKind.Void, of, reference: hold);
                if (draw.Next(4) == 0) await Book.Do(CommandKind.Repay, line, draw.Next(1, 50));
            }
        }));
        var sum = 0L;
        for (var i = 1; i <= Lines; i++)
        {
            var view = await Book.View(i);
            var own = view.Balances.Drawn + view.Balances.Held;
            Assert.Equal(own, (await Book.View(Book.Node(NodeKind.Borrower, i))).Exposure);
            sum += own;
        }
        var enterprise = await Book.View(Book.Node(NodeKind.Enterprise));
        Assert.Equal((5_000, sum, Lines), (enterprise.Limit, enterprise.Exposure, (int)enterprise.FacilityCount));
        Assert.InRange(sum, 1, 5_000);
    }

    private async Task<List<EventRecord>> ReadAsync(long after, long until)
    {
        using var patience = new CancellationTokenSource(FeedWithin);
        var seen = new List<EventRecord>();
        await foreach (var e in Book.Engine.ReadFeedAsync(after, patience.Token))
        {
            if (e.Key.Tenant == Book.Tenant) seen.Add(e);
            if (e.Sequence == until) break;
        }
        return seen;
    }
}
