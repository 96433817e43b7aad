using System.Diagnostics;

namespace CreditGrains.Cli.Bench.Arrivals;

/// <summary>
/// An open loop: requests are due by a rate over time, evenly spaced, whether or not the server keeps up. What nobody took within
/// the patience of a caller is given up and counted, as a caller behind a stuck server would give up.
/// </summary>
internal sealed class OpenArrivals : IArrivals
{
    private readonly RateProfile profile;
    private readonly long start;
    private readonly long patienceTicks;
    private long taken;
    private long endsAt = long.MaxValue;

    /// <param name="profile">Rate over time from the start.</param>
    /// <param name="start">Stopwatch ticks.</param>
    /// <param name="patience">How long a request waits to be sent; zero is for ever.</param>
    public OpenArrivals(RateProfile profile, long start, TimeSpan patience)
    {
        this.profile = profile;
        this.start = start;
        patienceTicks = (long)(patience.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Requests given up before they were sent.</summary>
    public long GivenUp { get; private set; }

    public bool IsEnded => endsAt != long.MaxValue;

    /// <summary>Requests due since the start, taken or not.</summary>
    public long Offered(long now) => profile.DueBy(Seconds(Math.Min(now, endsAt)));

    /// <summary>No request comes due after a time; those that are due stay so.</summary>
    /// <param name="at">Stopwatch ticks.</param>
    public void End(long at) => endsAt = at;

    public long Due(long now)
    {
        if (patienceTicks > 0)
        {
            var late = Offered(now - patienceTicks) - taken;
            if (late > 0)
            {
                GivenUp += late;
                taken += late;
            }
        }

        return Offered(now) - taken;
    }

    public long Take(int count, long now)
    {
        var due = DueAt(taken);
        taken += count;
        return due;
    }

    public long OldestAt(long now) => DueAt(taken);

    public long Until(int count, long now) => Math.Max(0, DueAt(taken + count - 1) - now);

    private long DueAt(long number)
    {
        var seconds = profile.DueAt(number);
        return double.IsPositiveInfinity(seconds) ? long.MaxValue / 2 : start + (long)(seconds * Stopwatch.Frequency);
    }

    private double Seconds(long now) => (now - start) / (double)Stopwatch.Frequency;
}
