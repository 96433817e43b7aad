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
    private readonly Command[] commands = new Command[IBook.BatchLengthMax];
    private readonly long[] rows = new long[IBook.BatchLengthMax];
    private readonly Outcome[] outcomes = new Outcome[IBook.BatchLengthMax];
    private int waiting;

    /// <summary>Commands that took effect, now or in an earlier run.</summary>
    public long Posted { get; private set; }

    /// <summary>Of them, those of an earlier run.</summary>
    public long Repeated { get; private set; }

    public List<RejectedRow> Declined { get; } = [];

    /// <summary>Adds a command of a row.</summary>
    public ValueTask AddAsync(long row, ControlCommand command, CancellationToken cancellationToken)
    {
        commands[waiting] = Command.Of(default, command);
        rows[waiting++] = row;
        return waiting < commands.Length ? ValueTask.CompletedTask : FlushAsync(cancellationToken);
    }

    /// <summary>Sends what waits.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (waiting == 0) return;
        await session.ExecuteAsync(commands.AsMemory(0, waiting), outcomes.AsMemory(0, waiting), cancellationToken);
        for (var i = 0; i < waiting; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            if (outcome.Duplicate) Repeated++;
            if (outcome.Kind == OutcomeKind.Posted) Posted++;
            else Declined.Add(new RejectedRow(rows[i], RuleOf(outcome), outcome.Reason.ToString(), outcome.Message ?? ""));
        }

        waiting = 0;
    }

    /// <summary>The rule that failed, as the server names it at the start of its message; else the loan.</summary>
    private static string RuleOf(in Outcome outcome)
    {
        const string Head = "rule '";
        if (outcome.Message is not { } message || !message.StartsWith(Head, StringComparison.Ordinal)) return "loan";
        var end = message.IndexOf("': ", Head.Length, StringComparison.Ordinal);
        return end < 0 ? "loan" : message[Head.Length..end];
    }
}
