namespace CreditGrains.Cli.Bench.Arrivals;

/// <summary>
/// Requests a second over time, in steps. Request number n (from 0) is due when n + 1 requests have come due, so nothing is due at
/// time zero and a rate of R has exactly R requests due after the first second.
/// </summary>
internal sealed class RateProfile
{
    private readonly RateStep[] steps;
    private readonly double[] dueBefore;

    /// <param name="steps">In order of time, one at least, rates at least 0; the first starts at 0; the last lasts for ever.</param>
    public RateProfile(params RateStep[] steps)
    {
        if (steps.Length == 0 || steps[0].FromSeconds != 0) throw new ArgumentException("the first step starts at 0", nameof(steps));
        dueBefore = new double[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            if (!(steps[i].PerSecond >= 0)) throw new ArgumentException("a rate is at least 0", nameof(steps));
            if (i == 0) continue;
            if (steps[i].FromSeconds <= steps[i - 1].FromSeconds) throw new ArgumentException("steps are in order of time", nameof(steps));
            dueBefore[i] = dueBefore[i - 1] + (steps[i].FromSeconds - steps[i - 1].FromSeconds) * steps[i - 1].PerSecond;
        }

        this.steps = steps;
    }

    /// <summary>The same rate all the time.</summary>
    public static RateProfile Constant(double perSecond) => new(new RateStep(0, perSecond));

    /// <summary>The rate at a time, requests a second.</summary>
    public double At(double seconds) => steps[StepAt(seconds)].PerSecond;

    /// <summary>Requests due by a time since the start; 0 before it.</summary>
    public long DueBy(double seconds)
    {
        if (seconds <= 0) return 0;
        var step = StepAt(seconds);
        return (long)(dueBefore[step] + (seconds - steps[step].FromSeconds) * steps[step].PerSecond);
    }

    /// <summary>Seconds after the start at which a request, numbered from 0, is due; infinity when it never is.</summary>
    public double DueAt(long number)
    {
        var wanted = number + 1;
        var step = steps.Length - 1;
        while (step > 0 && dueBefore[step] >= wanted) step--;
        return steps[step].PerSecond == 0 ? double.PositiveInfinity : steps[step].FromSeconds + (wanted - dueBefore[step]) / steps[step].PerSecond;
    }

    private int StepAt(double seconds)
    {
        var step = steps.Length - 1;
        while (step > 0 && steps[step].FromSeconds > seconds) step--;
        return step;
    }
}

/// <summary>A rate from a time on.</summary>
/// <param name="FromSeconds">Since the start of the load.</param>
/// <param name="PerSecond">Requests a second.</param>
internal readonly record struct RateStep(double FromSeconds, double PerSecond);
