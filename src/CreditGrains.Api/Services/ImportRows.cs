using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Api.Services;

/// <summary>
/// The rows of one batch as commands, and room for their outcomes. A malformed row keeps its place in the session by a
/// command that is always declined. Used again.
/// </summary>
internal sealed class ImportRows
{
    private Command[] commands = [];
    private bool[] malformed = [];
    private Outcome[] outcomes = [];

    /// <summary>Number of the first row.</summary>
    public long FirstRow { get; private set; }

    public int Count { get; private set; }

    public bool IsMalformed(int place) => malformed[place];

    public ReadOnlyMemory<Command> CommandsFrom(int start) => commands.AsMemory(start, Count - start);

    public Memory<Outcome> OutcomesFrom(int start) => outcomes.AsMemory(start, Count - start);

    public void Clear(long firstRow, int capacity)
    {
        if (commands.Length < capacity)
        {
            commands = new Command[capacity];
            malformed = new bool[capacity];
            outcomes = new Outcome[capacity];
        }

        Array.Clear(malformed);
        FirstRow = firstRow;
        Count = 0;
    }

    public void Add(in Command command) => commands[Count++] = command;

    /// <summary>Puts a Void of no hold, under the row's id, in its place.</summary>
    public void MarkMalformed(int place, in Command row, ushort tenant)
    {
        malformed[place] = true;
        commands[place] = new Command { Kind = CommandKind.Void, Id = row.Id, Facility = NodeKey.Facility(tenant, 1, long.MaxValue), Reference = long.MaxValue };
    }
}
