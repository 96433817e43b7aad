namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// Asks several partitions again and again, each at most once at a time: one that does not answer, for the two minutes after which a call is lost, holds up no other.
/// <see cref="PassAsync"/> and <see cref="Silent"/> have one caller.
/// </summary>
/// <param name="count">How many are asked.</param>
/// <param name="clock">Of the waits.</param>
internal sealed class OpenAsks(int count, TimeProvider clock)
{
    /// <summary>After how long without an answer a partition counts as silent.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(5);

    private readonly Task[] asked = [.. Enumerable.Repeat(Task.CompletedTask, count)];
    private readonly long[] beganAt = new long[count];

    /// <summary>Asks those that have answered; ends when all have, or after a while.</summary>
    /// <param name="ask">Asks the one at a place; never fails.</param>
    /// <param name="waitMax">How long answers are waited for.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task PassAsync(Func<int, Task> ask, TimeSpan waitMax, CancellationToken stop)
    {
        for (var i = 0; i < asked.Length; i++)
        {
            if (!asked[i].IsCompleted) continue;
            Begin(i);
            asked[i] = ask(i);
        }
        await Task.WhenAll(asked).WaitAsync(waitMax, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>A question goes out to the one at a place.</summary>
    public void Begin(int place) => Volatile.Write(ref beganAt[place], clock.GetTimestamp());

    /// <summary>Those that have not answered for long, and for how many seconds.</summary>
    public IEnumerable<(int Place, int Seconds)> Silent()
    {
        for (var i = 0; i < asked.Length; i++)
            if (!asked[i].IsCompleted && clock.GetElapsedTime(Volatile.Read(ref beganAt[i])) is var silent && silent >= SilentAfter) yield return (i, (int)silent.TotalSeconds);
    }
}
