using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>Where and what a run measured: figures mean nothing without it.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGiB, string System, string Runtime, string Commit, double LoadAverage)
{
    /// <summary>This machine now. What it does not tell is "unknown".</summary>
    public static Machine Read() => new(
        ValueOf("/proc/cpuinfo", "model name") ?? "unknown processor",
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        CommitOf(Assembly.GetExecutingAssembly()),
        LoadNow());

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Processor}, {Cores} cores, {MemoryGiB:F0} GiB; {System}; {Runtime}; commit {Commit}; load average {LoadAverage:F2} at the start");

    /// <summary>The commit is what the build put behind the version's plus sign.</summary>
    private static string CommitOf(Assembly assembly)
    {
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..Math.Min(version.Length, plus + 13)];
    }

    private static double LoadNow() =>
        File.Exists("/proc/loadavg") && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : 0;

    private static string? ValueOf(string file, string name) => !File.Exists(file)
        ? null
        : File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
