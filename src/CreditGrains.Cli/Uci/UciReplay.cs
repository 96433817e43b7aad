using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;

namespace CreditGrains.Cli.Uci;

/// <summary>
/// Replays the accounts: opened at their first bill, then five movements. In a movement each account's payment is posted
/// first, since it settles the bill before; then its drawdown is tried as a request, or posted as a refund when negative;
/// then what was declined is posted as a fact. Sessions are named by the file's hash and what they hold, so a second run gets the
/// first one's answers, posts the same facts and changes nothing.
/// </summary>
internal sealed class UciReplay(IBook book, UciBook layout, IReadOnlyList<UciAccount> accounts, byte[] fileHash, IWorkProgress progress, Func<UciAccount, int, byte[]?>? attributesOf = null)
{
    private const int AccountsPerChunk = 2_000;
    private const int CommandsPerAccountMax = 2;
    private readonly FacilityBalances[] balances = new FacilityBalances[accounts.Count];
    private readonly Command[] commands = new Command[AccountsPerChunk * CommandsPerAccountMax];
    private readonly Outcome[] outcomes = new Outcome[AccountsPerChunk * CommandsPerAccountMax];
    private readonly int[] owners = new int[AccountsPerChunk * CommandsPerAccountMax];
    private readonly bool[] wasOverLimit = new bool[accounts.Count];
    private int count;

    /// <summary>Parts that <see cref="IWorkProgress"/> is told of.</summary>
    public static long PartsOf(int accountCount) => (long)accountCount * (UciAccount.MovementCount + 2);

    public UciTally Tally { get; } = new();

    /// <summary>Balances that did not equal the bill, in the order found; the first few.</summary>
    public List<UciMismatch> Mismatches { get; } = [];

    /// <summary>Balances compared, and how many were wrong.</summary>
    public long Compared { get; private set; }

    public long MismatchCount { get; private set; }

    /// <summary>What each account owes and is owed at the end, as read from the engine; in the order of the accounts.</summary>
    public FacilityBalances[] Held { get; } = new FacilityBalances[accounts.Count];

    /// <summary>Accounts whose balance was above their limit after opening or after some movement.</summary>
    public int OverLimitCount => wasOverLimit.Count(over => over);

    /// <summary>Opens the book and replays all movements.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        for (var movement = 0; movement < UciAccount.MovementCount; movement++) await MoveAsync(movement, cancellationToken);
        await CompareWithEngineAsync(cancellationToken);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var session = Session("open");
        foreach (var chunk in layout.OpenCommands().Chunk(commands.Length))
        {
            foreach (var control in chunk) Add(-1, Command.Of(default, control));
            await SendAsync(session, cancellationToken);
            for (var i = 0; i < count; i++)
                if (outcomes[i].Kind == OutcomeKind.Declined) throw NotOpened(commands[i], outcomes[i]);
            Tally.Opened += count;
            count = 0;
        }

        // What was opened is what was asked: the answer to a control command carries no balances.
        for (var i = 0; i < accounts.Count; i++)
            balances[i] = new FacilityBalances(Math.Max(0, accounts[i].Bills[0]) * UciBook.MinorPerDollar, 0, 0, 0, 0, 0, 0, 0);
        await OpenCreditsAsync(cancellationToken);
        NoteOverLimit();
    }

    /// <summary>A negative first bill is money the bank owes: the facility opens with nothing owed and is repaid by that much.</summary>
    private async Task OpenCreditsAsync(CancellationToken cancellationToken)
    {
        var session = Session("opening credit");
        foreach (var chunk in Enumerable.Range(0, accounts.Count).Where(i => accounts[i].Bills[0] < 0).Chunk(AccountsPerChunk))
        {
            foreach (var i in chunk) Add(i, Make(CommandKind.Repay, i, -accounts[i].Bills[0], month: 0));
            await SendAsync(session, cancellationToken);
            Tally.OpeningCredits += count;
            Keep();
        }
    }

    private async Task MoveAsync(int movement, CancellationToken cancellationToken)
    {
        var month = movement + 1;
        var tried = Session(FormattableString.Invariant($"movement {month}"));
        var forced = Session(FormattableString.Invariant($"movement {month} forced"));
        for (var first = 0; first < accounts.Count; first += AccountsPerChunk)
        {
            var end = Math.Min(accounts.Count, first + AccountsPerChunk);
            for (var i = first; i < end; i++) AddMovement(i, movement, month);
            await SendAsync(tried, cancellationToken);
            var declined = KeepAndCollectDeclined();
            foreach (var i in declined) Add(i, Make(CommandKind.ClearWithoutHold, i, accounts[i].Movement(movement).Drawdown, month));
            await SendAsync(forced, cancellationToken);
            for (var i = 0; i < count; i++) Tally.AddForced(outcomes[i]);
            Keep();
            progress.Report((long)accounts.Count * month + end);
        }

        for (var i = 0; i < accounts.Count; i++) Check(i, month, balances[i]);
        NoteOverLimit();
    }

    private void AddMovement(int i, int movement, int month)
    {
        var (payment, drawdown) = accounts[i].Movement(movement);
        if (payment > 0)
        {
            Add(i, Make(CommandKind.Repay, i, payment, month));
            Tally.Payments++;
        }

        if (drawdown > 0)
        {
            Add(i, Make(CommandKind.Drawdown, i, drawdown, month));
            Tally.Requests++;
        }
        else if (drawdown < 0)
        {
            Add(i, Make(CommandKind.Refund, i, -drawdown, month));
            Tally.Refunds++;
        }
    }

    private List<int> KeepAndCollectDeclined()
    {
        var declined = new List<int>();
        for (var i = 0; i < count; i++)
        {
            if (commands[i].Kind != CommandKind.Drawdown) continue;
            if (outcomes[i].Kind == OutcomeKind.Approved)
            {
                Tally.Approved++;
                continue;
            }

            Tally.AddDecline(outcomes[i]);
            declined.Add(owners[i]);
        }

        Keep();
        return declined;
    }

    private void Keep()
    {
        for (var i = 0; i < count; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            if (outcome.Kind == OutcomeKind.Declined && commands[i].Kind != CommandKind.Drawdown) throw NotPosted(commands[i], outcome);
            balances[owners[i]] = outcome.Balances;
        }

        count = 0;
    }

    private async Task SendAsync(OrderedSession session, CancellationToken cancellationToken)
    {
        if (count == 0) return;
        await session.ExecuteAsync(commands.AsMemory(0, count), outcomes.AsMemory(0, count), cancellationToken);
        for (var i = 0; i < count; i++) Tally.Add(outcomes[i]);
    }

    private void Add(int owner, in Command command)
    {
        owners[count] = owner;
        commands[count++] = command;
    }

    private Command Make(CommandKind kind, int i, long dollars, int month) => new()
    {
        Kind = kind,
        Facility = layout.Facility(accounts[i]),
        Amount = dollars * UciBook.MinorPerDollar,
        Currency = UciBook.Currency,
        OccurredAtMicros = UciCalendar.BillMicros(month),
        Attributes = kind == CommandKind.Drawdown ? attributesOf?.Invoke(accounts[i], month) : null,
    };

    private void NoteOverLimit()
    {
        for (var i = 0; i < accounts.Count; i++)
            wasOverLimit[i] |= balances[i].Drawn - balances[i].Credit > accounts[i].Limit * UciBook.MinorPerDollar;
    }

    /// <summary>After the last movement every facility is read from the engine: what it holds, not only what it answered.</summary>
    private async Task CompareWithEngineAsync(CancellationToken cancellationToken)
    {
        var reads = new OrderedReads<int, FacilityState?>(i => book.GetFacilityAsync(layout.Facility(accounts[i]), cancellationToken));
        await foreach (var (i, state) in reads.ReadAsync(Enumerable.Range(0, accounts.Count)))
        {
            Held[i] = state?.Balances ?? default;
            Check(i, UciAccount.BillCount - 1, Held[i]);
            progress.Report((long)accounts.Count * (UciAccount.MovementCount + 1) + i);
        }
    }

    private void Check(int i, int month, in FacilityBalances held)
    {
        Compared++;
        var bill = accounts[i].Bills[month] * UciBook.MinorPerDollar;
        if (held.Drawn - held.Credit == bill && (held.Drawn == 0 || held.Credit == 0)) return;
        MismatchCount++;
        if (Mismatches.Count < UciMismatch.ShownMax) Mismatches.Add(new UciMismatch(accounts[i].Id, month, bill, held.Drawn - held.Credit));
    }

    private OrderedSession Session(string purpose) => new(book, layout.Tenant, OrderedSession.NameOf(fileHash, (attributesOf is null ? "uci replay: " : "uci replay, scored: ") + purpose));

    private static CommandFault NotOpened(in Command command, in Outcome outcome) => CommandFault.Usage(
        outcome.Reason.ToString(), $"{command.Facility} was not opened ({outcome.Reason}); tenant {command.Facility.Tenant} holds another book, use another --tenant");

    private static CommandFault NotPosted(in Command command, in Outcome outcome) => CommandFault.Usage(
        outcome.Reason.ToString(), $"a {command.Kind} on {command.Facility} was not posted ({outcome.Reason}); someone else changes this tenant's book, use another --tenant");
}
