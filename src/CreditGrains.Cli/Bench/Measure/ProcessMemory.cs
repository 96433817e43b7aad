using System.Globalization;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>Resident memory of a process as the kernel counts it, bytes.</summary>
/// <param name="Resident">VmRSS.</param>
/// <param name="Peak">VmHWM: the most it ever was.</param>
/// <param name="Anonymous">RssAnon: the part that is no file.</param>
internal readonly record struct ProcessMemory(long Resident, long Peak, long Anonymous)
{
    /// <summary>Reads it.</summary>
    /// <returns>Null where there is no /proc or no such process.</returns>
    public static ProcessMemory? Read(int processId)
    {
        var file = $"/proc/{processId}/status";
        if (!File.Exists(file)) return null;
        var lines = File.ReadAllLines(file);
        return new ProcessMemory(Kilobytes(lines, "VmRSS:"), Kilobytes(lines, "VmHWM:"), Kilobytes(lines, "RssAnon:"));
    }

    private static long Kilobytes(string[] lines, string name)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(name.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }
}
