using System.Diagnostics;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>What became of the inputs of one target.</summary>
internal sealed record FuzzResult(string Target, long Inputs, long Taken, long Refused, IReadOnlyList<FuzzFinding> Findings, double Seconds);

/// <summary>An input that did harm.</summary>
/// <param name="Kind">crash, hang or leak.</param>
/// <param name="Number">The input's number; -1 when it is of all together.</param>
/// <param name="What">What it did.</param>
internal sealed record FuzzFinding(string Kind, long Number, string What);

/// <summary>Gives a target its inputs from several threads and watches for what does not come back.</summary>
internal sealed class FuzzRun(IFuzzTarget target, ulong seed, long inputs, int threads, TimeSpan hangAfter)
{
    private const int FindingsMax = 20;
    private readonly Mutator mutator = new(target.Corpus, target.LengthMax);
    private readonly List<FuzzFinding> findings = [];
    private readonly Lock gate = new();
    private long next;
    private long taken;
    private long refused;

    /// <summary>Runs all inputs, or until something hangs or too much was found.</summary>
    public FuzzResult Run(Action<long>? progress = null)
    {
        var start = Stopwatch.GetTimestamp();
        var begun = new long[threads];
        var current = new long[threads];
        var workers = Enumerable.Range(0, threads).Select(place => new Thread(() => Work(begun, current, place)) { IsBackground = true }).ToArray();
        foreach (var worker in workers) worker.Start();
        while (workers.Any(worker => worker.IsAlive) && !IsHanging(begun, current))
        {
            workers.First(worker => worker.IsAlive).Join(TimeSpan.FromMilliseconds(200));
            progress?.Invoke(Math.Min(Interlocked.Read(ref next), inputs));
        }

        if (findings.All(finding => finding.Kind != "hang")) Finish();
        return new FuzzResult(target.Name, taken + refused + findings.Count(f => f.Number >= 0), taken, refused, findings, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The input of a number, to look at what it did.</summary>
    public byte[] InputOf(long number) => mutator.Make(seed, number);

    private void Work(long[] begun, long[] current, int place)
    {
        while (true)
        {
            var number = Interlocked.Increment(ref next) - 1;
            if (number >= inputs || findings.Count >= FindingsMax) break;
            var input = mutator.Make(seed, number);
            Volatile.Write(ref current[place], number);
            Volatile.Write(ref begun[place], Stopwatch.GetTimestamp());
            Try(input, number);
        }

        Volatile.Write(ref begun[place], 0);
    }

    private void Try(byte[] input, long number)
    {
        try
        {
            if (target.Take(input)) Interlocked.Increment(ref taken);
            else Interlocked.Increment(ref refused);
        }
        catch (LeakException leak)
        {
            Find(new FuzzFinding("leak", number, leak.Message));
        }
#pragma warning disable CA1031 // Whatever is not a named refusal is what is looked for.
        catch (Exception crash)
#pragma warning restore CA1031
        {
            Find(new FuzzFinding("crash", number, $"{crash.GetType().Name}: {crash.Message} {crash.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}"));
        }
    }

    private bool IsHanging(long[] begun, long[] current)
    {
        for (var place = 0; place < threads; place++)
        {
            var since = Volatile.Read(ref begun[place]);
            if (since == 0 || Stopwatch.GetElapsedTime(since) < hangAfter) continue;
            Find(new FuzzFinding("hang", Volatile.Read(ref current[place]), $"it was not done after {hangAfter.TotalSeconds} s"));
            return true;
        }

        return false;
    }

    private void Finish()
    {
        try
        {
            target.Finish();
        }
        catch (LeakException leak)
        {
            Find(new FuzzFinding("leak", -1, leak.Message));
        }
    }

    private void Find(FuzzFinding finding)
    {
        lock (gate) findings.Add(finding);
    }
}
