namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>A clock that a test moves; its timers fire as it passes them.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Due> timers = [];
    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public void Pass(TimeSpan time)
    {
        Due[] due;
        lock (gate)
        {
            now += time;
            due = [.. timers.Where(timer => timer.At <= now)];
            timers.RemoveAll(timer => timer.At <= now);
        }
        foreach (var timer in due) timer.Callback();
    }

    /// <summary>Lets time pass, in steps between which others run, until something is so.</summary>
    public async Task PassUntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 10_000; i++)
        {
            if (isSo()) return;
            Pass(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }
        Assert.Fail("it did not come to that");
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Due(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Due(ManualClock clock, Action callback) : ITimer
    {
        public DateTimeOffset At { get; private set; }

        public Action Callback => callback;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                At = clock.now + dueTime;
                clock.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
