using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>Where and what a run measured: figures mean nothing without it.</summary>
/// <param name="Processor">Its model.</param>
/// <param name="Cores">Those this process may use.</param>
/// <param name="MemoryGiB">What this process may use.</param>
/// <param name="System">Name, version, architecture.</param>
/// <param name="Runtime">That this program runs on.</param>
/// <param name="Commit">Of this program, which measures; a server that it measures may be another build. It ends in "-modified" when the build had changes that were not committed.</param>
/// <param name="LoadAverage">Of the last minute, at the start.</param>
internal sealed record Machine(string Processor, int Cores, double MemoryGiB, string System, string Runtime, string Commit, double LoadAverage)
{
    private const int CommitDigits = 12;

    /// <summary>Commit of this program.</summary>
    public static string CommitHere { get; } = CommitOf(Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    /// <summary>This machine now. What it does not tell is "unknown".</summary>
    public static Machine Read() => new(
        ValueOf("/proc/cpuinfo", "model name") ?? "unknown processor",
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        CommitHere,
        LoadNow());

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Processor}, {Cores} cores, {MemoryGiB:F0} GiB; {System}; {Runtime}; commit of this program {Commit}; load average {LoadAverage:F2} at the start");

    /// <summary>The commit is what the build put behind the version's plus sign.</summary>
    public static string CommitOf(string? version)
    {
        var plus = version?.IndexOf('+', StringComparison.Ordinal) ?? -1;
        if (plus < 0) return "unknown";
        var commit = version![(plus + 1)..];
        var mark = commit.IndexOf('-', StringComparison.Ordinal);
        return mark < 0 ? commit[..Math.Min(commit.Length, CommitDigits)] : $"{commit[..Math.Min(mark, CommitDigits)]}{commit[mark..]}";
    }

    private static double LoadNow() =>
        File.Exists("/proc/loadavg") && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : 0;

    private static string? ValueOf(string file, string name) => !File.Exists(file)
        ? null
        : File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
