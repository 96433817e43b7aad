using System.Diagnostics;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Loads on an engine in this process: submissions of many commands, or many callers with one each. Closed loops.</summary>
internal sealed class EngineLoad(BenchSettings settings, ICreditEngine engine)
{
    /// <summary>Submissions of some commands, some at a time.</summary>
    public Task<LoadResult> BatchesAsync(int length, int inFlight) => RunAsync(inFlight, (run, caller) => SubmitBatchesAsync(run, caller, length));

    /// <summary>Callers that each wait for their answer before the next request.</summary>
    public Task<LoadResult> SinglesAsync(int callers) => RunAsync(callers, SubmitSinglesAsync);

    private async Task<LoadResult> RunAsync(int callers, Func<Measurement, int, Task> submit)
    {
        using var run = new Measurement();
        var tasks = Enumerable.Range(0, callers).Select(caller => Task.Run(() => submit(run, caller))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(settings.WarmUpSeconds));
        run.Start();
        await Task.Delay(TimeSpan.FromSeconds(settings.Seconds));
        run.Stop();
        await Task.WhenAll(tasks);
        return run.Result();
    }

    private async Task SubmitBatchesAsync(Measurement run, int caller, int length)
    {
        var source = SourceOf(caller);
        var commands = new Command[length];
        var outcomes = new Outcome[length];
        while (!run.IsOver)
        {
            source.Refresh();
            for (var i = 0; i < length; i++) source.Next(ref commands[i]);
            var sentAt = Stopwatch.GetTimestamp();
            await engine.ExecuteAsync(commands, outcomes);
            var receivedAt = Stopwatch.GetTimestamp();
            if (!run.IsCounting) continue;
            var tally = run.Tally;
            var decided = 0;
            foreach (ref readonly var outcome in outcomes.AsSpan())
                if (tally.Count(outcome.Kind, outcome.Reason, outcome.Duplicate)) decided++;
            tally.CompleteBatch(decided, sentAt, receivedAt);
        }
    }

    private async Task SubmitSinglesAsync(Measurement run, int caller)
    {
        var source = SourceOf(caller);
        var command = default(Command);
        while (!run.IsOver)
        {
            source.Refresh();
            source.Next(ref command);
            var sentAt = Stopwatch.GetTimestamp();
            var outcome = await engine.ExecuteAsync(command);
            if (run.IsCounting) run.Tally.Complete(outcome.Kind, outcome.Reason, outcome.Duplicate, sentAt, Stopwatch.GetTimestamp());
        }
    }

    private AuthorizationSource SourceOf(int caller) => new(
        settings.Shape.Facilities, unchecked(settings.Seed * 0x9E3779B97F4A7C15 + (ulong)DateTimeOffset.UtcNow.Ticks + (ulong)caller * 0xD1B54A32D192ED03), TimeProvider.System);

    /// <summary>One measurement: a tally for each thread that completes, added up at the end.</summary>
    private sealed class Measurement : IDisposable
    {
        private readonly ThreadLocal<Tally> tallies = new(() => new Tally(), trackAllValues: true);
        private volatile int phase;
        private long startedAt;
        private long stoppedAt;
        private TimeSpan cpu;

        public bool IsCounting => phase == 1;

        public bool IsOver => phase == 2;

        public Tally Tally => tallies.Value!;

        public void Start()
        {
            cpu = Environment.CpuUsage.TotalTime;
            startedAt = Stopwatch.GetTimestamp();
            phase = 1;
        }

        public void Stop()
        {
            phase = 2;
            stoppedAt = Stopwatch.GetTimestamp();
            cpu = Environment.CpuUsage.TotalTime - cpu;
        }

        /// <summary>Once every caller has ended. The processor time is of engine and callers together.</summary>
        public LoadResult Result()
        {
            var sum = new Tally();
            foreach (var tally in tallies.Values) sum.Add(tally);
            return new LoadResult(sum, Stopwatch.GetElapsedTime(startedAt, stoppedAt).TotalSeconds, cpu.TotalSeconds);
        }

        public void Dispose() => tallies.Dispose();
    }
}
