using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Scoring;

/// <summary>Work in the background, as it was at one moment.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Entity">Tenant and legal entity it is of.</param>
/// <param name="Title">What it does.</param>
/// <param name="State"><see cref="Running"/>, <see cref="Done"/>, <see cref="Failed"/> or <see cref="Cancelled"/>; only the first is ever left.</param>
/// <param name="ProgressPermille">Done parts in a thousand.</param>
/// <param name="Report">JSON; null unless done.</param>
/// <param name="Fault">Why it failed; null otherwise.</param>
public sealed record RiskJob(string Id, NodeKey Entity, string Title, string State, int ProgressPermille, string? Report, string? Fault)
{
    /// <summary>It works, or was told to stop and has not yet.</summary>
    public const string Running = "Running";

    /// <summary>It has a report.</summary>
    public const string Done = "Done";

    /// <summary>It has none, and says why.</summary>
    public const string Failed = "Failed";

    /// <summary>Somebody cancelled it, or its process ended.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>Whether it has not ended.</summary>
    public bool IsRunning => State == Running;
}

/// <summary>As many jobs run as may: nothing was started. The message begins with TooManyJobs and says what to do.</summary>
public sealed class TooManyJobsException(string message) : Exception($"TooManyJobs: {message}");
