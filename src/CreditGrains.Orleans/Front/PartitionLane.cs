using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Execution;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>
/// One front door's way to one partition: one call is under way, and what comes meanwhile goes together in the next. So order is kept, and callers share
/// calls. A call that fails is sent again with the same request ids until the patience ends; what was decided stands, once.
/// </summary>
internal sealed class PartitionLane(IPartitionGrain partition, TimeProvider clock, TimeSpan patience, int queuedMax)
{
    private const int CommandsOfCallMax = 4_096;
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);
    private readonly Lock gate = new();
    private readonly Queue<Part> waiting = new();
    private int waitingCommands;
    private bool isSending;

    /// <summary>Sends commands; their outcomes are filled in when it completes.</summary>
    public Task SendAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, Memory<int> elsewhere, long deadlineMicros)
    {
        var part = new Part(commands, outcomes, elsewhere, deadlineMicros);
        lock (gate)
        {
            if (waitingCommands > 0 && waitingCommands + commands.Length > queuedMax)
            {
                outcomes.Span.Fill(new Outcome { Reason = Reason.Overloaded, Message = Outcomes.MessageOf(Reason.Overloaded) });
                return Task.CompletedTask;
            }
            waitingCommands += commands.Length;
            waiting.Enqueue(part);
            if (isSending) return part.Done.Task;
            isSending = true;
        }
        _ = Task.Run(SendAllAsync);
        return part.Done.Task;
    }

    private async Task SendAllAsync()
    {
        var parts = new List<Part>();
        while (Take(parts))
        {
            try
            {
                await CallAsync(parts);
            }
            catch (Exception failure)
            {
                var fault = new EngineFaultException($"A partition did not answer for {patience.TotalSeconds:0} s. {failure.Message}", failure);
                foreach (var part in parts) part.Done.TrySetException(fault);
            }
        }
    }

    private long NowMicros => (clock.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / 10;

    private bool Take(List<Part> parts)
    {
        parts.Clear();
        lock (gate)
        {
            var commands = 0;
            while (waiting.TryPeek(out var next) && (commands == 0 || commands + next.Commands.Length <= CommandsOfCallMax))
            {
                waiting.Dequeue();
                waitingCommands -= next.Commands.Length;
                // Checked once, here: what is sent is decided, however late its answer.
                if (next.DeadlineMicros <= NowMicros)
                {
                    next.Outcomes.Span.Fill(new Outcome { Reason = Reason.DeadlineExceeded, Message = Outcomes.MessageOf(Reason.DeadlineExceeded) });
                    next.Done.TrySetResult();
                    continue;
                }
                parts.Add(next);
                commands += next.Commands.Length;
            }
            isSending = parts.Count > 0;
            return isSending;
        }
    }

    private async Task CallAsync(List<Part> parts)
    {
        var count = parts.Sum(p => p.Commands.Length);
        var commands = new Command[count];
        var at = 0;
        foreach (var part in parts)
        {
            part.Commands.CopyTo(commands.AsMemory(at));
            at += part.Commands.Length;
        }
        var outcomes = new Outcome[count];
        var elsewhere = OutcomeWire.Read(await ExecuteAsync(CommandWire.Write(commands)), outcomes);
        at = 0;
        foreach (var part in parts)
        {
            outcomes.AsMemory(at, part.Commands.Length).CopyTo(part.Outcomes);
            if (elsewhere is not null) elsewhere.AsMemory(at, part.Commands.Length).CopyTo(part.Elsewhere);
            at += part.Commands.Length;
        }
        foreach (var part in parts) part.Done.TrySetResult();
    }

    private async Task<Payload> ExecuteAsync(Payload commands)
    {
        var start = clock.GetTimestamp();
        for (var pause = PauseFirst; ; pause = pause * 2 > PauseMax ? PauseMax : pause * 2)
        {
            try
            {
                return await partition.ExecuteAsync(commands);
            }
            catch (Exception failure) when (Transient.Is(failure) && clock.GetElapsedTime(start) < patience)
            {
                // Whether it took effect is not known; the request ids make sending again safe.
                await Task.Delay(pause, clock);
            }
        }
    }

    private sealed record Part(ReadOnlyMemory<Command> Commands, Memory<Outcome> Outcomes, Memory<int> Elsewhere, long DeadlineMicros)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
