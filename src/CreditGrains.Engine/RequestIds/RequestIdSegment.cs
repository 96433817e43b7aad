namespace CreditGrains.Engine.RequestIds;

/// <summary>One time segment: what is written now, what is sealed and on its way to disk, and the runs there.</summary>
internal sealed class RequestIdSegment(long number, long startMillis)
{
    public long Number { get; } = number;

    public long StartMillis { get; } = startMillis;

    /// <summary>Takes additions; null when there are none since the last seal.</summary>
    public RequestIdTable? Active { get; set; }

    /// <summary>Frozen until its run is installed; null when none is under way.</summary>
    public RequestIdTable? Sealed { get; set; }

    /// <summary>Newest first.</summary>
    public RunFile[] Runs { get; set; } = [];
}
