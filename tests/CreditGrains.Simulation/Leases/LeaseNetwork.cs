using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Leases;

/// <summary>Messages in flight: each is lost, comes once or twice, and takes its own time, so order means nothing.</summary>
internal sealed class LeaseNetwork(Dice dice, LeaseSimulationOptions options)
{
    private readonly PriorityQueue<object, (long At, long Order)> flight = new();
    private long sent;

    public bool IsFaulty { get; set; } = true;

    public int Count => flight.Count;

    public long Sent => sent;

    public void Send(object message, long now)
    {
        if (!IsFaulty)
        {
            flight.Enqueue(message, (now, sent++));
            return;
        }
        if (dice.Percent(options.LossPercent)) return;
        Put(message, now);
        if (dice.Percent(options.DuplicatePercent)) Put(message, now);
    }

    /// <summary>The next message that is due, or null.</summary>
    public object? Take(long now) => flight.TryPeek(out _, out var due) && due.At <= now ? flight.Dequeue() : null;

    private void Put(object message, long now) =>
        flight.Enqueue(message, (now + 1 + dice.Below(dice.Percent(options.LatePercent) ? options.LateTicksMax : 3), sent++));
}
