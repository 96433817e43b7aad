using System.Diagnostics;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Draws;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>
/// What features cost: bytes an account, an event into a row, a read of all features, with rows in the cache and with rows of many accounts; and the same inside the
/// engine, with the export of what its decisions saw.
/// </summary>
internal static class FeatureRuns
{
    private const int EventCount = 1 << 14;
    private const long Start = 1_760_000_000;
    private const int FewRows = 64;
    private const long SecondsBetweenEvents = 1_200;

    public static void Run(BenchSettings settings, FeatureCatalogue catalogue, int accounts, Report report, List<Figure> figures)
    {
        report.Detail($"{catalogue.Name}: {catalogue.Features.Length} features; of ten events six are requests, one a repayment, three captures, which the default set does not look at");
        figures.Add(new Figure($"{catalogue.Features.Length} features, a facility's row", "bytes", catalogue.FacilityRowLength, Demand.AtMost, 304));
        Measure(settings, catalogue, FewRows, "rows in the cache", report, figures);
        Measure(settings, catalogue, accounts, $"rows of {accounts:N0} accounts", report, figures);
    }

    /// <summary>Events, then reads as of the last of them.</summary>
    private static void Measure(BenchSettings settings, FeatureCatalogue catalogue, int rows, string where, Report report, List<Figure> figures)
    {
        var table = new BenchRows(catalogue.FacilityRowLength, rows);
        var events = Events(rows);
        // As much time goes by that each account has an event in a while, or buckets would never move.
        var step = Math.Max(1, SecondsBetweenEvents * 1_000_000 / rows);
        var now = Start * 1_000_000;
        for (var i = 0; i < rows * 8L; i++) Observe(i);
        figures.Add(new Figure($"an event into its row, {where}", "ns", Measured(settings, report, $"event, {where}", Observe)));
        var values = new long[catalogue.Features.Length];
        var sum = 0L;
        figures.Add(new Figure($"all features read, {where}", "ns", Measured(settings, report, $"read, {where}", i =>
        {
            catalogue.Read(table.Row(Scattered(i, rows)), default, new FeatureMoment { RecordedAtMicros = now, AmountAsked = 12_900, Limit = 500_000, Principal = 100_000, Held = 20_000 }, values);
            sum ^= values[0];
        })));
        report.Detail($"check sum {sum}");

        void Observe(int i)
        {
            ref var e = ref events[i & (EventCount - 1)];
            e.RecordedAtMicros = now += step;
            catalogue.Observe(FeatureEntity.Facility, table.Row(Scattered(i, rows)), e);
        }
    }

    private static int Scattered(int i, int rows) => unchecked((int)((uint)i * 2_654_435_761u % (uint)rows));

    private static FeatureEvent[] Events(int accounts)
    {
        var draws = new Xoshiro256((ulong)accounts);
        var events = new FeatureEvent[EventCount];
        foreach (ref var e in events.AsSpan())
        {
            var kind = draws.Below(10) switch { 0 => CommandKind.Repay, 1 or 2 or 3 => CommandKind.Capture, _ => CommandKind.Authorize };
            var amount = 100 + draws.Below(50_000);
            var isDeclined = kind == CommandKind.Authorize && draws.Below(12) == 0;
            e = new FeatureEvent
            {
                Kind = kind,
                Outcome = kind != CommandKind.Authorize ? OutcomeKind.Posted : isDeclined ? OutcomeKind.Declined : OutcomeKind.Approved,
                Channel = kind == CommandKind.Authorize ? (Channel)draws.Below(4) : Channel.Unspecified,
                MerchantCategory = kind == CommandKind.Authorize ? (ushort)(5_000 + draws.Below(20)) : (ushort)0,
                Amount = isDeclined ? 0 : amount,
                AmountAsked = amount,
                Limit = 500_000,
                Drawn = draws.Below(300_000),
                Held = draws.Below(50_000),
            };
        }
        return events;
    }

    /// <summary>Nanoseconds of one call: the median of nine rounds.</summary>
    private static double Measured(BenchSettings settings, Report report, string what, Action<int> work)
    {
        var budget = Math.Max(0.45, settings.Seconds) / 9;
        var calls = 0;
        var warm = Stopwatch.StartNew();
        while (warm.Elapsed.TotalSeconds < Math.Max(0.5, settings.WarmUpSeconds)) work(calls++);
        var rounds = new double[9];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds.Length; round++)
        {
            var first = calls;
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed.TotalSeconds < budget)
                for (var i = 0; i < 256; i++) work(calls++);
            rounds[round] = clock.Elapsed.TotalNanoseconds / (calls - first);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.Sort(rounds);
        report.Detail($"{what}: {rounds[4]:F0} ns, of nine rounds {rounds[0]:F0} to {rounds[8]:F0}; {allocated} bytes allocated over {calls:N0} calls");
        return rounds[4];
    }
}
