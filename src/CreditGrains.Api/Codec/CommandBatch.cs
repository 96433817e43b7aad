using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;

namespace CreditGrains.Api.Codec;

/// <summary>
/// A batch on its way: its commands, then their outcomes at the same places. An item that no command can hold goes to the
/// engine as a command of kind None, which is refused there, and gets its own refusal back afterwards; so places stay as
/// they are. Used again after <see cref="Clear"/>, which keeps the memory. Not thread-safe.
/// </summary>
internal sealed class CommandBatch
{
    private const int LengthKept = 1_024;
    private readonly List<(int Place, Refusal Refusal)> refusals = [];
    private Command[] commands = new Command[16];
    private Outcome[] outcomes = [];

    /// <summary>The caller's tag, returned with the reply.</summary>
    public ulong Tag { get; set; }

    /// <summary>Items added.</summary>
    public int Count { get; private set; }

    public ReadOnlyMemory<Command> Commands => commands.AsMemory(0, Count);

    /// <summary>Valid after <see cref="ExecuteAsync"/>.</summary>
    public ReadOnlyMemory<Outcome> Outcomes => outcomes.AsMemory(0, Count);

    /// <summary>Adds an item and returns its place, to be read into: commands are too long to copy about.</summary>
    /// <exception cref="RpcException">InvalidArgument: the batch is full.</exception>
    public ref Command Add()
    {
        if (Count == ICreditEngine.BatchLengthMax)
            throw new RpcException(StatusCode.InvalidArgument, $"The batch has more than {ICreditEngine.BatchLengthMax} items; send several.");
        if (Count == commands.Length) Array.Resize(ref commands, Math.Min(ICreditEngine.BatchLengthMax, Count * 2));
        return ref commands[Count++];
    }

    /// <summary>Notes why the item added last is no command.</summary>
    public void Refuse(Refusal refusal) => refusals.Add((Count - 1, refusal));

    /// <summary>Completes when every outcome is durable.</summary>
    /// <param name="engine">Executes it.</param>
    /// <param name="deadlineMicros">See <see cref="ICreditEngine"/>.</param>
    /// <exception cref="RpcException">InvalidArgument: the batch is empty.</exception>
    public ValueTask ExecuteAsync(ICreditEngine engine, long deadlineMicros)
    {
        if (Count == 0) throw new RpcException(StatusCode.InvalidArgument, "The batch is empty; send 1 to 10,000 items.");
        if (outcomes.Length < Count) outcomes = new Outcome[commands.Length];
        var executed = engine.ExecuteAsync(Commands, outcomes.AsMemory(0, Count), deadlineMicros);
        return refusals.Count == 0 ? executed : RefuseAfter(executed);
    }

    /// <summary>Makes the batch empty. Memory of a long batch is given back.</summary>
    public void Clear()
    {
        Tag = 0;
        refusals.Clear();
        if (commands.Length > LengthKept)
        {
            commands = new Command[16];
            outcomes = [];
        }
        else
        {
            commands.AsSpan(0, Count).Clear();
            outcomes.AsSpan(0, Math.Min(Count, outcomes.Length)).Clear();
        }

        Count = 0;
    }

    private async ValueTask RefuseAfter(ValueTask executed)
    {
        await executed;
        foreach (var (place, refusal) in refusals) outcomes[place] = refusal.ToOutcome();
    }
}
