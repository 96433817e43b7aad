using System.Globalization;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Server;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What the server says and the kernel says of it, second by second. Asking never holds the load up.</summary>
internal sealed class ServerWatch(ServerTarget target)
{
    private const double ClockTicksPerSecond = 100;
    private Task<GetStatusReply> asking = target.StatusAsync();
    private GetStatusReply? before;
    private double cpuBefore = CpuSeconds(target.Process?.Id);

    /// <summary>What changed since the last look.</summary>
    /// <param name="seconds">Time since then.</param>
    public ServerSecond Look(double seconds)
    {
        var cpu = CpuSeconds(target.Process?.Id);
        var memory = target.Process is { HasExited: false } process ? ProcessMemory.Read(process.Id) : null;
        var now = new ServerSecond(Math.Max(0, cpu - cpuBefore) / seconds, (memory?.Resident ?? double.NaN) / (1L << 30), double.NaN, 0, 0);
        cpuBefore = cpu;
        if (asking is { IsCompletedSuccessfully: true } answered)
        {
            var status = answered.Result;
            if (before is not null && status.LastDecisionId >= before.LastDecisionId)
            {
                now = now with
                {
                    JournalMiB = (status.JournalBytes - before.JournalBytes) / (double)(1 << 20),
                    Flushes = status.FlushCount - before.FlushCount,
                    CollectorMs = (status.CollectorPauseMicros - before.CollectorPauseMicros) / 1e3,
                };
            }

            before = status;
        }

        // A server that is gone leaves the question unanswered or failed; the next second asks again.
        if (asking.IsCompleted) asking = target.StatusAsync();
        return now;
    }

    /// <summary>User and system time of a process; 0 where there is no /proc or no such process.</summary>
    private static double CpuSeconds(int? processId)
    {
        var file = $"/proc/{processId}/stat";
        if (processId is null || !File.Exists(file)) return 0;
        // The name, in brackets, may have spaces; the fields after it do not. 14 and 15 are utime and stime.
        var text = File.ReadAllText(file);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / ClockTicksPerSecond;
    }
}

/// <summary>One second of a server.</summary>
/// <param name="Cores">Processor time ÷ time.</param>
/// <param name="ResidentGiB">Resident memory; NaN when there is no process to ask the kernel about.</param>
/// <param name="CollectorMs">Time its collector held its threads; NaN when it did not say.</param>
/// <param name="Flushes">Syncs of the journal.</param>
/// <param name="JournalMiB">Growth of the journal.</param>
internal readonly record struct ServerSecond(double Cores, double ResidentGiB, double CollectorMs, long Flushes, double JournalMiB)
{
    /// <summary>Nobody looked.</summary>
    public static ServerSecond NotSeen => new(0, double.NaN, double.NaN, 0, 0);
}
