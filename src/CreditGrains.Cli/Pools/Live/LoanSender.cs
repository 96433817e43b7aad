using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Importing;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>
/// Sends commands about loans in order, each under the next place of a session named by the file: sent again, the same file changes nothing. What the server declines is kept
/// with its row, rule and reason.
/// </summary>
internal sealed class LoanSender(OrderedSession session)
{
    private Batch filling = new();
    private Batch sent = new();
    private Task inFlight = Task.CompletedTask;

    /// <summary>Commands that took effect, now or in an earlier run.</summary>
    public long Posted { get; private set; }

    /// <summary>Of those answered, the ones of an earlier run.</summary>
    public long Repeated { get; private set; }

    public List<RejectedRow> Declined { get; } = [];

    /// <summary>Adds a command of a row. One batch is under way while the next is filled.</summary>
    public ValueTask AddAsync(long row, ControlCommand command, CancellationToken cancellationToken) => AddAsync(row, Command.Of(default, command), cancellationToken);

    /// <summary>The same of any command.</summary>
    public ValueTask AddAsync(long row, Command command, CancellationToken cancellationToken)
    {
        filling.Commands[filling.Count] = command;
        filling.Rows[filling.Count++] = row;
        return filling.Count < IBook.BatchLengthMax ? ValueTask.CompletedTask : new ValueTask(SendAsync(cancellationToken));
    }

    /// <summary>Sends what waits, and waits for all answers.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        await TakeAsync();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await TakeAsync();
        if (filling.Count == 0) return;
        (filling, sent) = (sent, filling);
        inFlight = session.ExecuteAsync(sent.Commands.AsMemory(0, sent.Count), sent.Outcomes.AsMemory(0, sent.Count), cancellationToken);
    }

    private async Task TakeAsync()
    {
        await inFlight;
        for (var i = 0; i < sent.Count; i++)
        {
            ref readonly var outcome = ref sent.Outcomes[i];
            if (outcome.Duplicate) Repeated++;
            if (outcome.Kind == OutcomeKind.Posted) Posted++;
            else Declined.Add(new RejectedRow(sent.Rows[i], RuleOf(outcome), outcome.Reason.ToString(), outcome.Message ?? ""));
        }

        sent.Count = 0;
    }

    /// <summary>The rule that failed, as the server names it at the start of its message; else the loan.</summary>
    private static string RuleOf(in Outcome outcome)
    {
        const string Head = "rule '";
        if (outcome.Message is not { } message || !message.StartsWith(Head, StringComparison.Ordinal)) return "loan";
        var end = message.IndexOf("': ", Head.Length, StringComparison.Ordinal);
        return end < 0 ? "loan" : message[Head.Length..end];
    }

    private sealed class Batch
    {
        public Command[] Commands { get; } = new Command[IBook.BatchLengthMax];

        public long[] Rows { get; } = new long[IBook.BatchLengthMax];

        public Outcome[] Outcomes { get; } = new Outcome[IBook.BatchLengthMax];

        public int Count { get; set; }
    }
}
