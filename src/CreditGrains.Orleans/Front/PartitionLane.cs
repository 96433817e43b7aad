using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>
/// One front door's way to one partition: one call is under way, and what comes meanwhile goes together in the next. So order is kept, and callers share
/// calls. A call that fails is sent again with the same request ids until the patience ends; what was decided stands, once.
/// </summary>
internal sealed class PartitionLane(IPartitionGrain partition, TimeProvider clock, TimeSpan patience, int queuedMax, TaskScheduler workers)
{
    private const int CommandsOfCallMax = 4_096;
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);
    private readonly Lock gate = new();
    private readonly Queue<SubmissionPart> waiting = new();
    private int waitingCommands;
    private bool isSending;

    /// <summary>Sends a part's commands; the part ends when their outcomes are filled in.</summary>
    public void Send(in SubmissionPart part)
    {
        var isFull = false;
        lock (gate)
        {
            if (waitingCommands > 0 && waitingCommands + part.Places.Count > queuedMax) isFull = true;
            else
            {
                waitingCommands += part.Places.Count;
                waiting.Enqueue(part);
                if (isSending) return;
                isSending = true;
            }
        }
        if (isFull) part.Refuse(Reason.Overloaded);
        else _ = workers.Run(SendAllAsync);
    }

    private async Task SendAllAsync()
    {
        var parts = new List<SubmissionPart>();
        while (Take(parts))
        {
            try
            {
                OutcomeWire.Read(await ExecuteAsync(CommandWire.Write(parts)), parts);
            }
            catch (Exception failure)
            {
                var fault = new EngineFaultException($"A partition did not answer for {patience.TotalSeconds:0} s. {failure.Message}", failure);
                foreach (var part in parts) part.Whole.EndPart(fault);
                continue;
            }
            foreach (var part in parts) part.Whole.EndPart();
        }
    }

    private bool Take(List<SubmissionPart> parts)
    {
        parts.Clear();
        lock (gate)
        {
            var commands = 0;
            while (waiting.TryPeek(out var next) && (commands == 0 || commands + next.Places.Count <= CommandsOfCallMax))
            {
                waiting.Dequeue();
                waitingCommands -= next.Places.Count;
                // Checked once, here: what is sent is decided, however late its answer.
                if (next.Whole.DeadlineMicros <= clock.UnixMicros())
                {
                    next.Refuse(Reason.DeadlineExceeded);
                    continue;
                }
                parts.Add(next);
                commands += next.Places.Count;
            }
            isSending = parts.Count > 0;
            return isSending;
        }
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
}
