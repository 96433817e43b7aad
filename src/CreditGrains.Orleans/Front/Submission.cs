using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Orleans.Front;

/// <summary>
/// Commands on their way to partitions, in parts: each lane reads its part's commands from here and puts the outcomes at the same places. Completes with the
/// last part; when one failed, with its failure, for the outcomes of the others stand and the same request ids tell them again.
/// </summary>
/// <param name="commands">The commands; unchanged until it completes.</param>
/// <param name="outcomes">Gets their outcomes at the same places.</param>
/// <param name="parts">How many parts there are, from 1.</param>
/// <param name="deadlineMicros">When the caller stops waiting.</param>
internal sealed class Submission(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, int parts, long deadlineMicros)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int[]? elsewhere;
    private Exception? fault;
    private int left = parts;

    /// <summary>The commands.</summary>
    public ReadOnlySpan<Command> Commands => commands.Span;

    /// <summary>Their outcomes.</summary>
    public Span<Outcome> Outcomes => outcomes.Span;

    /// <summary>When the caller stops waiting, microseconds since the Unix epoch.</summary>
    public long DeadlineMicros => deadlineMicros;

    /// <summary>Completes with the last part.</summary>
    public Task Task => done.Task;

    /// <summary>By place, the partitions of facilities that live elsewhere, 0 for the others; null when there are none.</summary>
    public int[]? Elsewhere => Volatile.Read(ref elsewhere);

    /// <summary>Says where a command belongs. Any lane.</summary>
    public void SendElsewhere(int place, int partition)
    {
        var places = Elsewhere;
        if (places is null)
        {
            var made = new int[commands.Length];
            places = Interlocked.CompareExchange(ref elsewhere, made, null) ?? made;
        }
        places[place] = partition;
    }

    /// <summary>A part is done.</summary>
    /// <param name="failure">Why it has no outcomes; null when it has.</param>
    public void EndPart(Exception? failure = null)
    {
        if (failure is not null) Interlocked.CompareExchange(ref fault, failure, null);
        if (Interlocked.Decrement(ref left) > 0) return;
        if (Volatile.Read(ref fault) is { } failed) done.SetException(failed);
        else done.SetResult();
    }
}

/// <summary>The part of a submission that goes to one partition: places in order.</summary>
/// <param name="Whole">The submission.</param>
/// <param name="Places">Places of its commands; a run of an array shared with other parts.</param>
internal readonly record struct SubmissionPart(Submission Whole, ArraySegment<int> Places)
{
    /// <summary>Answers every command of the part alike.</summary>
    public void Refuse(Reason reason)
    {
        foreach (var place in Places) Whole.Outcomes[place] = new Outcome { Reason = reason, Message = Engine.Execution.Outcomes.MessageOf(reason) };
        Whole.EndPart();
    }
}
