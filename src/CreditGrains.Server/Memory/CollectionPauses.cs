using System.Diagnostics.Tracing;

namespace CreditGrains.Server.Memory;

/// <summary>
/// How long the runtime stood still: from the order to suspend all threads to the last one going on, as the runtime's own events say. The newest
/// <see cref="KeptMax"/> are kept. Any thread.
/// </summary>
internal sealed class CollectionPauses : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Collections = (EventKeywords)1;
    private const int KeptMax = 8_192;
    private readonly Lock gate = new();
    private readonly Queue<(DateTime Began, TimeSpan Length)> pauses = new();
    private DateTime began;

    /// <summary>What there was since a moment, as far as it is kept.</summary>
    /// <param name="since">UTC.</param>
    public PauseSum Since(DateTime since)
    {
        lock (gate)
        {
            var sum = default(PauseSum);
            foreach (var (at, length) in pauses)
            {
                if (at < since) continue;
                sum = new PauseSum(sum.Count + 1, Math.Max(sum.LongestMillis, length.TotalMilliseconds), sum.TotalMillis + length.TotalMilliseconds);
            }
            return sum;
        }
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource?.Name == Runtime) EnableEvents(eventSource, EventLevel.Informational, Collections);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var name = eventData?.EventName ?? "";
        if (name.StartsWith("GCSuspendEEBegin", StringComparison.Ordinal)) began = eventData!.TimeStamp;
        else if (name.StartsWith("GCRestartEEEnd", StringComparison.Ordinal) && began != default) Note(eventData!.TimeStamp);
    }

    private void Note(DateTime ended)
    {
        lock (gate)
        {
            pauses.Enqueue((began, ended - began));
            if (pauses.Count > KeptMax) pauses.Dequeue();
        }
        began = default;
    }
}

/// <summary>Pauses added up.</summary>
/// <param name="Count">How many.</param>
/// <param name="LongestMillis">The longest, milliseconds.</param>
/// <param name="TotalMillis">All together, milliseconds.</param>
internal readonly record struct PauseSum(int Count, double LongestMillis, double TotalMillis);
