namespace CreditGrains.Cluster.Simulation.World;

/// <summary>A silo's clock, or that of clients: the timeline, a little ahead or behind. Its timers stand still while the silo does and end with it.</summary>
internal sealed class SimClock(Timeline time, SimSilo? silo, long skewMicros) : TimeProvider
{
    /// <summary>When runs begin, microseconds since the Unix epoch.</summary>
    public const long StartMicros = 1_800_000_000_000_000;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000;

    /// <summary>Now, microseconds since the Unix epoch.</summary>
    public long NowMicros => StartMicros + time.Now + skewMicros;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(NowMicros);

    /// <inheritdoc/>
    public override long GetTimestamp() => time.Now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimClock clock, TimerCallback callback, object? state) : ITimer
    {
        private int version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var mine = ++version;
            if (dueTime >= TimeSpan.Zero) clock.Time.After(Math.Max(1, (long)dueTime.TotalMicroseconds), () => Fire(mine, period));
            return true;
        }

        public void Dispose() => version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire(int mine, TimeSpan period)
        {
            if (mine != version || clock.Silo is { IsGone: true }) return;
            if (clock.Silo is { IsPaused: true })
            {
                clock.Silo.WhenResumed(() => Fire(mine, period));
                return;
            }
            if (period > TimeSpan.Zero) clock.Time.After((long)period.TotalMicroseconds, () => Fire(mine, period));
            callback(state);
        }
    }

    private Timeline Time => time;

    private SimSilo? Silo => silo;
}
