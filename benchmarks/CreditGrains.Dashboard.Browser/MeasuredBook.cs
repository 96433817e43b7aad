using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Dashboard.Browser;

/// <summary>A large book: two accounts a borrower, borrowers in regions, accounts in products, a thousand enterprises beside.</summary>
internal static class MeasuredBook
{
    private const ushort Tenant = 1;
    private const ulong Session = 0xDA5_4B0A_0D00_0001;
    private const int Regions = 20;
    private const int Products = 5;
    private const int Enterprises = 1_000;
    private static readonly Currency Eur = Currency.Parse("EUR");

    /// <summary>Opens everything. Each account owes something.</summary>
    public static async Task FillAsync(ICreditEngine engine, int accounts)
    {
        long place = 0;
        var commands = new List<Command>(ICreditEngine.BatchLengthMax);
        var outcomes = new Outcome[ICreditEngine.BatchLengthMax];
        foreach (var control in Controls(accounts))
        {
            commands.Add(Command.Of(RequestId.ForSession(Session, ++place), control));
            if (commands.Count == ICreditEngine.BatchLengthMax) await FlushAsync();
        }
        await FlushAsync();

        async Task FlushAsync()
        {
            if (commands.Count == 0) return;
            await engine.ExecuteAsync(commands.ToArray(), outcomes);
            for (var i = 0; i < commands.Count; i++)
                if (outcomes[i].Kind != OutcomeKind.Posted) throw new InvalidOperationException($"{commands[i].Kind} was answered {outcomes[i].Reason}.");
            commands.Clear();
        }
    }

    /// <summary>A small request on an account of the book.</summary>
    public static Command Authorize(long account) => new() { Kind = CommandKind.Authorize, Id = RequestId.FromGuid(Guid.CreateVersion7()), Facility = Facility(account), Amount = 1, Currency = Eur, LifetimeSeconds = 60 };

    private static IEnumerable<ControlCommand> Controls(int accounts)
    {
        var portfolio = Key(NodeKind.Portfolio, 1);
        yield return Node(portfolio, Command.AmountMax);
        for (var i = 1; i <= Products; i++) yield return Node(Key(NodeKind.Product, i), 1L << 50, portfolio);
        for (var i = 1; i <= Regions; i++) yield return Node(Key(NodeKind.Region, i), 1L << 48);
        for (var i = 1; i <= Enterprises; i++) yield return Node(Key(NodeKind.Enterprise, i), 1_000_000_00 + i);
        for (var i = 1; i <= accounts; i++)
        {
            var borrower = Key(NodeKind.Borrower, (i + 1) / 2);
            if (i % 2 == 1) yield return i % 1_000 == 1 ? Node(borrower, 60_000_00, Key(NodeKind.Region, 1 + i % Regions), Key(NodeKind.Enterprise, 1 + i / 1_000 % Enterprises)) : Node(borrower, 60_000_00, Key(NodeKind.Region, 1 + i % Regions));
            yield return new OpenFacility(Facility(i), Eur, 20_000_00, default, false, 1_000_00 + i % 900_000, [new ParentShare(borrower), new ParentShare(Key(NodeKind.Product, 1 + i % Products))]);
        }
    }

    private static OpenNode Node(NodeKey key, long limit, params NodeKey[] parents) => new(key, Eur, limit, default, [.. parents.Select(parent => new ParentShare(parent))]);

    private static NodeKey Facility(long id) => NodeKey.Facility(Tenant, 1, id);

    private static NodeKey Key(NodeKind kind, long id) => new(id, Tenant, 1, kind);
}
