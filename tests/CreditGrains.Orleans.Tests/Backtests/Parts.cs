using CreditGrains.Engine.Scoring;

namespace CreditGrains.Orleans.Tests.Backtests;

/// <summary>Parts of backtests, and a clock whose pauses are over at once.</summary>
internal static class Parts
{
    /// <summary>A part with something in each of its fields.</summary>
    public static BacktestPart Of(long requests) => new(
        new BacktestCounts { Requests = requests, ApprovedThen = 2, ApprovedNow = 3, SwapsIn = 4, SwapsOut = 5, AmountThen = 6, AmountNow = 7, AmountIn = 8, AmountOut = 9, LeftOut = 10, LimitsBelowExposure = 11 },
        [new(1, 0, 0), new(2, 1, 0), new(3, 2, 1), new(4, 4, 4)], new(StringComparer.Ordinal) { ["EUR"] = 5, ["USD"] = 6 }, new(StringComparer.Ordinal) { ["EUR"] = 7 },
        [(0.5, true), (-1, false)], [12.25]);
}

/// <summary>Pauses end at once, and each takes its time from the clock.</summary>
internal sealed class InstantClock : TimeProvider
{
    private long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref now);

    public void Pass(TimeSpan time) => Interlocked.Add(ref now, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero)
        {
            Pass(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Spent();
    }

    private sealed class Spent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
            // Nothing is left of it.
        }

        public ValueTask DisposeAsync() => default;
    }
}
