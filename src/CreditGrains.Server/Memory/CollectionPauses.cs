using System.Diagnostics.Tracing;

namespace CreditGrains.Server.Memory;

/// <summary>
/// How long the runtime stood still: from the order to suspend all threads to the last one going on, as the runtime's own events say. The newest
/// <see cref="KeptMax"/> are kept. Any thread. One listens for the whole process and as long as it lives: listeners of the runtime's events that come and go beside each other can wait for each other for ever.
/// </summary>
internal sealed class CollectionPauses : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Collections = (EventKeywords)1;
    private const int KeptMax = 8_192;
    private readonly Lock gate = new();

    private CollectionPauses()
    {
    }

    /// <summary>Those of this process, from the first time they are asked for.</summary>
    public static CollectionPauses OfProcess { get; } = new();

    private readonly Queue<Pause> pauses = new();
    private DateTime began;
    private DateTime stood;
    private int generation = -1;

    /// <summary>What there was since a moment, as far as it is kept.</summary>
    /// <param name="since">UTC.</param>
    public PauseSum Since(DateTime since)
    {
        lock (gate)
        {
            var sum = default(PauseSum);
            foreach (var pause in pauses)
            {
                if (pause.Began < since) continue;
                var isLongest = pause.Millis > sum.LongestMillis;
                sum = new PauseSum(sum.Count + 1, Math.Max(sum.LongestMillis, pause.Millis), sum.TotalMillis + pause.Millis,
                    isLongest ? pause.Generation : sum.LongestGeneration, isLongest ? pause.StoppingMillis : sum.LongestStoppingMillis);
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
        if (name.StartsWith("GCSuspendEEBegin", StringComparison.Ordinal)) (began, stood, generation) = (eventData!.TimeStamp, default, -1);
        else if (name.StartsWith("GCSuspendEEEnd", StringComparison.Ordinal)) stood = eventData!.TimeStamp;
        else if (name.StartsWith("GCStart", StringComparison.Ordinal)) generation = Depth(eventData!);
        else if (name.StartsWith("GCRestartEEEnd", StringComparison.Ordinal) && began != default) Note(eventData!.TimeStamp);
    }

    private void Note(DateTime ended)
    {
        lock (gate)
        {
            pauses.Enqueue(new Pause(began, (ended - began).TotalMilliseconds, stood == default ? 0 : (stood - began).TotalMilliseconds, generation));
            if (pauses.Count > KeptMax) pauses.Dequeue();
        }
        began = default;
    }

    private static int Depth(EventWrittenEventArgs started) =>
        started.PayloadNames?.IndexOf("Depth") is >= 0 and var at && started.Payload?[at] is uint depth ? (int)depth : -1;

    private readonly record struct Pause(DateTime Began, double Millis, double StoppingMillis, int Generation);
}

/// <summary>Pauses added up.</summary>
/// <param name="Count">How many.</param>
/// <param name="LongestMillis">The longest, milliseconds.</param>
/// <param name="TotalMillis">All together, milliseconds.</param>
/// <param name="LongestGeneration">What was collected in the longest: 0, 1 or 2; −1 when no collection began in it, as in the second pause of a concurrent one.</param>
/// <param name="LongestStoppingMillis">Of the longest, the time until all threads stood: on a busy machine the wait for a processor.</param>
internal readonly record struct PauseSum(int Count, double LongestMillis, double TotalMillis, int LongestGeneration, double LongestStoppingMillis);
