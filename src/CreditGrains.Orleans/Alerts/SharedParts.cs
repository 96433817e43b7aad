using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// What partitions told of figures that lie in several of them, added up. A partition that does not answer, or reads its journal again after a move, counts with what it told before. Not thread-safe.
/// </summary>
/// <param name="partitions">How many partitions hold accounts; they are numbered from 1.</param>
internal sealed class SharedParts(int partitions)
{
    private readonly Dictionary<(int Rule, AlertSubject Subject), double> sums = [];
    private readonly Dictionary<(int Rule, AlertSubject Subject), long> moved = [];
    private Told[] told = NewTold(partitions);

    /// <summary>Whether every partition has told something since the last <see cref="Clear"/>.</summary>
    public bool IsComplete => Array.TrueForAll(told, one => one.Desk != 0);

    /// <summary>Event time of the newest event that was looked at anywhere.</summary>
    public long Micros { get; private set; }

    /// <summary>Subjects that partitions left out.</summary>
    public long Unwatched => told.Sum(one => one.Unwatched);

    /// <summary>Why a partition does not tell, the first of them; null when all do.</summary>
    public string? Fault => told.Select((one, i) => one.Fault is null ? null : $"partition {i + 1}: {one.Fault}").FirstOrDefault(fault => fault is not null);

    /// <summary>Figures that are not 0.</summary>
    public IEnumerable<(int Rule, AlertSubject Subject)> Subjects => sums.Keys;

    /// <summary>Forgets everything, as other rules are in force.</summary>
    public void Clear()
    {
        sums.Clear();
        moved.Clear();
        told = NewTold(partitions);
    }

    /// <summary>What to ask a partition.</summary>
    public AlertAsk AskOf(int partition) => new(told[partition - 1].Desk, told[partition - 1].Number, 0, Micros);

    /// <summary>The figure of a subject, over all partitions.</summary>
    public double SumOf(int rule, in AlertSubject subject) => sums.GetValueOrDefault((rule, subject));

    /// <summary>A partition could not be asked.</summary>
    public void Miss(int partition, string why) => told[partition - 1].Fault = why;

    /// <summary>Takes what a partition told.</summary>
    /// <param name="partition">Which.</param>
    /// <param name="report">What it told.</param>
    /// <param name="stamp">Of the rules here: figures by other rules are not taken.</param>
    public void Take(int partition, AlertPartsReport report, string stamp)
    {
        var one = told[partition - 1];
        // An activation that was taken over and does not know is not listened to.
        if (report.State.Desk != 0 && report.State.Desk < one.Desk) return;
        if (report.State.Fault is not null || report.State.Stamp != stamp)
        {
            one.Fault = report.State.Fault ?? "its silo has other alert rules; give every silo the same file";
            return;
        }

        if (report.IsWhole)
        {
            var before = one.Values.Keys.ToHashSet();
            foreach (var part in report.Parts) before.Remove((part.Rule, part.Subject));
            foreach (var (rule, subject) in before) Set(one, rule, subject, 0, report.State.Sequence);
        }
        foreach (var part in report.Parts) Set(one, part.Rule, part.Subject, part.Value, report.State.Sequence);
        (one.Desk, one.Number, one.Fault, one.Unwatched) = (report.State.Desk, report.Told, null, report.Unwatched);
        Micros = Math.Max(Micros, report.State.Micros);
    }

    /// <summary>The figures that moved since this was asked last, each with the event up to which the partition that moved it had looked.</summary>
    public IReadOnlyList<(int Rule, AlertSubject Subject, long Sequence)> TakeMoved()
    {
        var taken = moved.Select(pair => (pair.Key.Rule, pair.Key.Subject, pair.Value)).ToArray();
        moved.Clear();
        return taken;
    }

    private void Set(Told one, int rule, in AlertSubject subject, double value, long sequence)
    {
        var key = (rule, subject);
        var before = one.Values.GetValueOrDefault(key);
        if (value == before) return;
        if (value == 0) one.Values.Remove(key);
        else one.Values[key] = value;
        // Parts are whole numbers, so that sums are exact.
        var sum = sums.GetValueOrDefault(key) + value - before;
        if (sum == 0) sums.Remove(key);
        else sums[key] = sum;
        moved[key] = sequence;
    }

    private static Told[] NewTold(int count) => [.. Enumerable.Range(0, count).Select(_ => new Told { Fault = "it has not told yet" })];

    private sealed class Told
    {
        public readonly Dictionary<(int Rule, AlertSubject Subject), double> Values = [];
        public long Desk;
        public long Number;
        public long Unwatched;
        public string? Fault;
    }
}
