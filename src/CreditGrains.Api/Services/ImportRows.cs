using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Services;

/// <summary>The well-formed rows of one batch with their row numbers, and room for their outcomes. Used again.</summary>
internal sealed class ImportRows
{
    private Command[] commands = [];
    private long[] rows = [];
    private Outcome[] outcomes = [];

    public int Count { get; private set; }

    public long RowAt(int place) => rows[place];

    public Memory<Command> CommandsFrom(int start) => commands.AsMemory(start, Count - start);

    public Memory<Outcome> OutcomesFrom(int start) => outcomes.AsMemory(start, Count - start);

    public void Clear(int capacity)
    {
        if (commands.Length < capacity)
        {
            commands = new Command[capacity];
            rows = new long[capacity];
            outcomes = new Outcome[capacity];
        }

        Count = 0;
    }

    public void Add(long row, in Command command)
    {
        rows[Count] = row;
        commands[Count++] = command;
    }
}
