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

    public static void Run(BenchSettings settings, FeatureCatalogue catalogue, int accounts, Report report, List<Figure> figures)
    {
        report.Detail($"{catalogue.Name}: {catalogue.Features.Length} features, {accounts:N0} accounts");
        figures.Add(new Figure($"{catalogue.Features.Length} features, a facility's row", "bytes", catalogue.FacilityRowLength, Demand.AtMost, 400));
        var table = new BenchRows(catalogue.FacilityRowLength, accounts);
        var events = Events(accounts);
        Fill(catalogue, table, events);
        report.Detail($"the events: of ten six requests, one repayment, and three captures, which the default set does not look at");
        figures.Add(new Figure("an event into its row, rows in the cache", "ns", Measured(settings, report, "event, few rows", i =>
        {
            ref var e = ref events[i & (EventCount - 1)];
            Renew(ref e, i);
            catalogue.Observe(FeatureEntity.Facility, table.Row(i & 63), e);
        })));
        figures.Add(new Figure("an event into its row, rows of all accounts", "ns", Measured(settings, report, "event, all rows", i =>
        {
            ref var e = ref events[i & (EventCount - 1)];
            Renew(ref e, i);
            catalogue.Observe(FeatureEntity.Facility, table.Row(Scattered(i, accounts)), e);
        })));
        var values = new long[catalogue.Features.Length];
        var sum = 0L;
        var moment = new FeatureMoment { OccurredAtMicros = (Start + 40_000) * 1_000_000, RecordedAtMicros = (Start + 40_000) * 1_000_000, AmountAsked = 12_900, Limit = 500_000, Principal = 100_000, Held = 20_000 };
        figures.Add(new Figure("all features read, rows in the cache", "ns", Measured(settings, report, "read, few rows", i =>
        {
            catalogue.Read(table.Row(i & 63), default, moment, values);
            sum += values[0];
        })));
        figures.Add(new Figure("all features read, rows of all accounts", "ns", Measured(settings, report, "read, all rows", i =>
        {
            catalogue.Read(table.Row(Scattered(i, accounts)), default, moment, values);
            sum += values[0];
        })));
        report.Detail($"check sum {sum}");
    }

    private static int Scattered(int i, int accounts) => unchecked((int)((uint)i * 2_654_435_761u % (uint)accounts));

    // Time goes on, so that buckets move as they do in a day's traffic.
    private static void Renew(ref FeatureEvent e, int i)
    {
        e.RecordedAtMicros = (Start + 40_000) * 1_000_000 + i * 50L;
        e.OccurredAtMicros = 0;
    }

    private static void Fill(FeatureCatalogue catalogue, BenchRows table, FeatureEvent[] events)
    {
        for (var i = 0; i < table.Count * 4; i++)
        {
            var e = events[i & (EventCount - 1)];
            e.RecordedAtMicros = (Start + i % 4 * 10_000) * 1_000_000;
            catalogue.Observe(FeatureEntity.Facility, table.Row(i % table.Count), e);
        }
    }

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
